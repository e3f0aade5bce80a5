using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

/// <summary>A mailbox: IMAP in, SMTP out.</summary>
[ActsFor("the senders its access policy admits")]
[Audits(AuditActions.MessageReceived, AuditActions.MessageRefused, AuditActions.PairingRequested)]
internal sealed class EmailChannel(EmailDialer dialer, IOptions<EmailOptions> options, TimeProvider time, ILogger<EmailChannel> logger) : IChannel
{
    /// <summary>In base64 somewhat less than 25 MB, which is what most providers take of a mail. A server that takes less says so, and is quoted.</summary>
    private const long LargestFile = 18_000_000;

    /// <inheritdoc />
    public ChannelManifest Manifest { get; } = new(
        Type: "email",
        DisplayName: "Email",
        Glyph: "M2 5 12 13 22 5 22 19 2 19Z M3.5 3.5 20.5 3.5 12 10.5Z",
        SetupUrl: null,
        Capabilities: ChannelCapabilities.InboundAttachments | ChannelCapabilities.OutboundAttachments,
        TextLimit: EmailText.Limit,
        Settings: EmailSettings.Fields)
    {
        LargestFile = LargestFile,
        Readers = new(
            "The mail providers of both sides read everything, and every server a mail passes. Only the ways between them are encrypted, and not always.",
            "双方的邮件服务商以及邮件经过的每台服务器都可以读取全部内容；只有服务器之间的传输是加密的，而且并非总是如此。"),
    };

    /// <inheritdoc />
    public IChannelSession Open(Connection connection)
    {
        var settings = EmailSettings.Read(connection.Settings);
        return settings.Problem is { } problem
            ? new ClosedSession(problem.Detail)
            : new EmailSession(connection.Id, settings, dialer, options.Value, time, logger);
    }

    /// <inheritdoc />
    public Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken)
        => new EmailCheck(dialer, options.Value, time).RunAsync(EmailSettings.Read(settings), cancellationToken);
}
