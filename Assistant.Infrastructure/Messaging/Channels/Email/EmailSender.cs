using System.Diagnostics.CodeAnalysis;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using MailKit;
using MailKit.Net.Smtp;
using MimeKit;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

// One connection for each mail: what was on the line when it broke is then never in doubt, and a mailbox sends too little for it to matter.
// SMTP's own hole stays: between the last byte of a mail and the server's answer nobody knows whether it was taken (RFC 1047). Such a send
// is uncertain; repeated, it has the id it had.

/// <summary>Hands mails to the submission server.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A send that outlives the session still gives its place back; without a wait handle nothing is held.")]
internal sealed class EmailSender(
    EmailSettings settings, EmailDialer dialer, AccessTokens? tokens, EmailThreads threads, EmailArchive archive, EmailOptions options, TimeProvider time)
{
    private static readonly TimeSpan FarewellPatience = TimeSpan.FromSeconds(2);

    // Not disposed: it holds nothing to release, and a send that outlives its session still gives its place back.
    private readonly SemaphoreSlim _lines = new(options.MaxSends);

    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
        => SendAsync(message, () => Task.FromResult(EmailComposer.TextOf(message.Body.Markdown)), options.CommandTimeout, cancellationToken);

    /// <summary>Sends a file as a mail of its own, in the thread where the message is to stand.</summary>
    public Task<SendOutcome> SendFileAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
        => SendAsync(message, async () => EmailComposer.FileOf(file, await OpenAsync(file, cancellationToken)), options.FileTimeout, cancellationToken);

    /// <param name="timeout">How long handing over the mail may take.</param>
    private async Task<SendOutcome> SendAsync(OutboundMessage message, Func<Task<MailContent>> read, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (!EmailAddresses.TryParse(message.Chat, out var to))
        {
            return SessionReports.NoSuchChat("Email", message.Chat);
        }

        await _lines.WaitAsync(cancellationToken);
        try
        {
            var thread = threads.Find(message) ?? await archive.FindThreadAsync(message, cancellationToken);
            using var mail = EmailComposer.Compose(message, await read(), to, thread, settings, time.GetUtcNow());
            var outcome = await SendAsync(mail, timeout, cancellationToken);
            if (outcome is SendOutcome.Delivered { ExternalId: var id })
            {
                // What comes next in the thread answers this.
                threads.Note(message.Chat, new MailThread(thread?.Subject ?? "", [.. mail.References.Select(reference => $"<{reference}>"), id]), id);
            }

            return outcome;
        }
        finally
        {
            _lines.Release();
        }
    }

    // The size of a mail is told before it is sent, so it is read twice.
    private static async Task<Stream> OpenAsync(OutboundFile file, CancellationToken cancellationToken)
    {
        var content = await file.OpenAsync(cancellationToken);
        if (content.CanSeek)
        {
            return content;
        }

        await using (content)
        {
            var whole = new MemoryStream();
            await content.CopyToAsync(whole, cancellationToken);
            whole.Position = 0;
            return whole;
        }
    }

    private async Task<SendOutcome> SendAsync(MimeMessage mail, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var patience = new Patience(options.CommandTimeout, time, cancellationToken);
        SmtpClient client;
        try
        {
            client = await dialer.OpenSmtpAsync(settings, tokens, patience.Token);
        }
        catch (SmtpCommandException answer)
        {
            return EmailFaults.Refused(answer, settings.Smtp.Host);
        }
        catch (Exception fault) when (EmailFaults.IsOfServer(fault) && !cancellationToken.IsCancellationRequested)
        {
            return EmailFaults.NotSent(fault, settings.Smtp.Host);
        }

        using (client)
        {
            return await HandOverAsync(client, mail, timeout, cancellationToken);
        }
    }

    private async Task<SendOutcome> HandOverAsync(SmtpClient client, MimeMessage mail, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var patience = new Patience(timeout, time, cancellationToken);
        var progress = new Progress();
        try
        {
            await client.SendAsync(Format, mail, patience.Token, progress);
        }
        catch (SmtpCommandException answer)
        {
            return EmailFaults.Refused(answer, settings.Smtp.Host);
        }
        catch (NotSupportedException)
        {
            return new SendOutcome.Rejected(Phrase.Of("email.no-unicode-address", ("server", settings.Smtp.Host)));
        }
        catch (Exception fault) when (EmailFaults.IsOfServer(fault) && !cancellationToken.IsCancellationRequested)
        {
            return progress.HasBegun
                ? new SendOutcome.Uncertain(EmailFaults.Explain(fault, settings.Smtp.Host))
                : new SendOutcome.RetryAfter(null, EmailFaults.Explain(fault, settings.Smtp.Host));
        }

        await SayGoodbyeAsync(client, cancellationToken);
        return new SendOutcome.Delivered($"<{mail.MessageId}>");
    }

    /// <summary>The mail is taken; whether the server hears us out changes nothing.</summary>
    private async Task SayGoodbyeAsync(SmtpClient client, CancellationToken cancellationToken)
    {
        using var patience = new Patience(FarewellPatience, time, cancellationToken);
        try
        {
            await client.DisconnectAsync(quit: true, patience.Token);
        }
        catch (Exception fault) when (EmailFaults.IsOfServer(fault))
        {
            // Nothing is lost.
        }
    }

    private static FormatOptions Format { get; } = new() { NewLineFormat = NewLineFormat.Dos, EnsureNewLine = true };

    /// <summary>Whether any of the mail went out.</summary>
    private sealed class Progress : ITransferProgress
    {
        private volatile bool _hasBegun;

        public bool HasBegun => _hasBegun;

        public void Report(long bytesTransferred, long totalSize) => _hasBegun = true;

        public void Report(long bytesTransferred) => _hasBegun = true;
    }
}
