using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Messaging.Channels.Discord;

/// <summary>Discord, over its gateway, its HTTP interface and, where an operator wants it, its callbacks for interactions.</summary>
[ActsFor("the senders its access policy admits")]
[Audits(AuditActions.MessageReceived, AuditActions.MessageEdited, AuditActions.MessageDeleted, AuditActions.MessageReacted, AuditActions.MessageRefused, AuditActions.PairingRequested)]
internal sealed class DiscordChannel(MessengerHttp http, MessengerSockets sockets, IOptions<DiscordOptions> options, TimeProvider time) : IChannel
{
    /// <summary>As people know it.</summary>
    public const string Name = "Discord";

    /// <inheritdoc />
    public ChannelManifest Manifest { get; } = new(
        Type: "discord",
        DisplayName: Name,
        Glyph: "M4 6.5C5.7 5.2 7.6 4.4 9.6 4L10.4 5.6H13.6L14.4 4C16.4 4.4 18.3 5.2 20 6.5 21.7 9.9 22.4 13.5 22 17.4 20.4 18.7 18.7 19.5 16.8 20L15.6 18.2 17.4 17.2H6.6"
            + "L8.4 18.2 7.2 20C5.3 19.5 3.6 18.7 2 17.4 1.6 13.5 2.3 9.9 4 6.5ZM9 10.1A1.7 1.9 0 1 0 9 13.9 1.7 1.9 0 1 0 9 10.1ZM15 10.1A1.7 1.9 0 1 0 15 13.9 1.7 1.9 0 1 0 15 10.1Z",
        SetupUrl: new Uri("https://discord.com/developers/applications"),
        Capabilities: ChannelCapabilities.Buttons | ChannelCapabilities.Typing | ChannelCapabilities.InboundEdits | ChannelCapabilities.InboundDeletions
            | ChannelCapabilities.InboundAttachments | ChannelCapabilities.InboundReactions | ChannelCapabilities.OutboundAttachments | ChannelCapabilities.IdempotentSend | ChannelCapabilities.Webhook,
        TextLimit: DiscordRenderer.Limit,
        Settings: DiscordSettings.Fields)
    {
        LargestFile = 10_000_000,
        AwaitingReply = DiscordIds.CommandPrefix,
        Readers = new(
            "Discord reads everything: messages are not end-to-end encrypted. On a server, so does everybody who sees the channel.",
            "Discord 可以读取全部内容：消息不是端到端加密的。在服务器中，能看到该频道的人也都可以读取。"),
    };

    /// <inheritdoc />
    public IChannelSession Open(Connection connection) => new DiscordSession(connection, http.Of(connection.Id), sockets, options.Value, time);

    /// <inheritdoc />
    public Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken) => new DiscordCheck(http, time).RunAsync(settings, cancellationToken);
}
