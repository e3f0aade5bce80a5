using System.Globalization;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using MailKit;
using MailKit.Security;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

/// <summary>Tries settings against both servers. Changes nothing there: the folder is opened for reading, and no mail is sent.</summary>
internal sealed class EmailCheck(EmailDialer dialer, EmailOptions options, TimeProvider time)
{
    private static readonly Phrase Receiving = Phrase.Of("email.check-receiving");
    private static readonly Phrase Sending = Phrase.Of("email.check-sending");

    public async Task<ConnectionTest> RunAsync(EmailSettings settings, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var checks = new List<ConnectionCheck>();
        if (settings.Problem is { } problem)
        {
            checks.Add(problem);
        }
        else
        {
            using var tokens = settings.TokenSource is { } source ? dialer.NewTokens(source) : null;
            if (await TryAsync(checks, Receiving, settings.Imap.Host, token => ReceiveAsync(settings, tokens, token), cancellationToken)
                && await TryAsync(checks, Sending, settings.Smtp.Host, token => SendAsync(settings, tokens, token), cancellationToken))
            {
                checks.Add(new(Phrase.Of("email.check-senders"), true, settings.AuthservId is { } judge
                    ? Phrase.Of("email.senders-proven", ("judge", judge))
                    : Phrase.Of("email.senders-unproven")));
            }
        }

        return new ConnectionTest(checks, time.GetElapsedTime(started));
    }

    private async Task<bool> TryAsync(
        List<ConnectionCheck> checks, Phrase name, string server, Func<CancellationToken, Task<Phrase>> look, CancellationToken cancellationToken)
    {
        using var patience = new Patience(options.CommandTimeout, time, cancellationToken);
        try
        {
            checks.Add(new(name, true, await look(patience.Token)));
            return true;
        }
        catch (Exception fault) when (EmailFaults.IsOfServer(fault) && !cancellationToken.IsCancellationRequested)
        {
            checks.Add(new(name, false, EmailFaults.Explain(fault, server), FixOf(fault, server)));
            return false;
        }
    }

    private async Task<Phrase> ReceiveAsync(EmailSettings settings, AccessTokens? tokens, CancellationToken cancellationToken)
    {
        using var client = await dialer.OpenImapAsync(settings, tokens, cancellationToken);
        var folder = await client.GetFolderAsync(settings.Folder, cancellationToken);
        await folder.OpenAsync(FolderAccess.ReadOnly, cancellationToken);
        return Phrase.Of("email.folder-has", ("folder", settings.Folder), ("count", folder.Count.ToString(CultureInfo.InvariantCulture)));
    }

    private async Task<Phrase> SendAsync(EmailSettings settings, AccessTokens? tokens, CancellationToken cancellationToken)
    {
        using var client = await dialer.OpenSmtpAsync(settings, tokens, cancellationToken);
        return Phrase.Of("email.sends-as", ("address", settings.Address));
    }

    /// <summary>What to do about it; <see langword="null"/> where the fault itself says so.</summary>
    private static Phrase? FixOf(Exception fault, string server) => fault switch
    {
        PhrasedException { Reason.FirstCode: "email.token-ended" } => null,
        AuthenticationException or PhrasedException => Phrase.Of("email.credentials-fix"),
        SslHandshakeException or NotSupportedException => Phrase.Of("email.encryption-choice-fix"),
        FolderNotFoundException => Phrase.Of("email.folder-fix"),
        _ => Phrase.Of("channel.network-fix", ("name", server)),
    };
}
