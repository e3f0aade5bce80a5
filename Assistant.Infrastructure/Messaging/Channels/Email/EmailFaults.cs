using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Outgoing;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

/// <summary>What the faults of mail servers mean, in plain words. Never carries a secret.</summary>
internal static partial class EmailFaults
{
    private static readonly TimeSpan WrongCredentialsPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(1);

    /// <summary>Whether a fault is one of the way to a server, or of the server, and none of ours.</summary>
    public static bool IsOfServer(Exception fault)
        => fault is IOException or SocketException or DestinationRefusedException or AuthenticationException or SslHandshakeException or ProtocolException or CommandException
            or ServiceNotConnectedException or ServiceNotAuthenticatedException or FolderNotFoundException or MessageNotFoundException
            or NotSupportedException or PhrasedException or OperationCanceledException;

    /// <summary>What to say about a fault for which <see cref="IsOfServer"/> holds.</summary>
    public static Phrase Explain(Exception fault, string server) => fault switch
    {
        PhrasedException said => said.Reason,
        AuthenticationException => Phrase.Of("email.sign-in-refused", ("server", server)),
        SslHandshakeException => Phrase.Of("email.certificate", ("server", server)),
        DestinationRefusedException => Phrase.Of("channel.forbidden-address", ("name", server)),
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData } => Phrase.Of("channel.unresolved", ("name", server)),
        SocketException => Phrase.Of("channel.unreachable", ("name", server)),
        OperationCanceledException => Phrase.Of("channel.no-answer", ("name", server)),
        NotSupportedException => Phrase.Of("email.lacks", ("server", server)),
        FolderNotFoundException folder => Phrase.Of("email.no-folder", ("folder", folder.FolderName)),
        ImapCommandException refused => Phrase.Of("channel.refuses", ("name", server), ("says", refused.ResponseText ?? "")),
        SmtpCommandException refused => Phrase.Of("channel.refuses", ("name", server), ("says", Says(refused))),
        _ => Phrase.Of("channel.broke-off", ("name", server)),
    };

    /// <summary>Nothing was handed over: the way was not there, or the sign-in failed.</summary>
    public static SendOutcome NotSent(Exception fault, string server) => fault is AuthenticationException or PhrasedException
        ? new SendOutcome.RetryAfter(WrongCredentialsPause, Explain(fault, server), PauseScope.Connection)
        : new SendOutcome.RetryAfter(null, Explain(fault, server), PauseScope.Connection);

    /// <summary>The server answered, and not with yes (RFC 5321, section 4.2.1): 4 means later, 5 means never.</summary>
    public static SendOutcome Refused(SmtpCommandException answer, string server)
    {
        var reason = Explain(answer, server);
        return (int)answer.StatusCode switch
        {
            (int)SmtpStatusCode.ServiceNotAvailable => new SendOutcome.RetryAfter(DelayOf(answer.Message), reason, PauseScope.Connection),
            >= 400 and < 500 => new SendOutcome.RetryAfter(DelayOf(answer.Message), reason),
            (int)SmtpStatusCode.AuthenticationRequired or (int)SmtpStatusCode.AuthenticationInvalidCredentials
                => new SendOutcome.RetryAfter(WrongCredentialsPause, Phrase.Of("email.sign-in-refused", ("server", server)), PauseScope.Connection),
            _ => new SendOutcome.Rejected(reason),
        };
    }

    // SMTP has no field for it; servers that hold back unknown senders write it in words.
    private static TimeSpan? DelayOf(string says)
    {
        if (Delay().Match(says) is not { Success: true } found
            || !int.TryParse(found.Groups["count"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return null;
        }

        var delay = char.ToLowerInvariant(found.Groups["unit"].ValueSpan[0]) switch
        {
            'h' => TimeSpan.FromHours(count),
            'm' => TimeSpan.FromMinutes(count),
            _ => TimeSpan.FromSeconds(count),
        };
        return delay > LongestPause ? LongestPause : delay;
    }

    private static string Says(SmtpCommandException refused)
        => string.Create(CultureInfo.InvariantCulture, $"{(int)refused.StatusCode} {refused.Message.ReplaceLineEndings(" ").Trim()}");

    [GeneratedRegex(@"\b(?<count>[0-9]{1,5}) ?(?<unit>s|sec|secs|seconds?|m|min|mins|minutes?|h|hours?)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Delay();
}
