using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

/// <summary>Telegram, over its Bot API.</summary>
[ActsFor("the senders its access policy admits")]
[Audits(AuditActions.MessageReceived, AuditActions.MessageEdited, AuditActions.MessageReacted, AuditActions.MessageRefused, AuditActions.PairingRequested)]
internal sealed class TelegramChannel(
    TelegramHttp http, IOptions<TelegramOptions> options, IOptions<PublicAddressOptions> publicAddress, TimeProvider time, ILogger<TelegramChannel> logger) : IChannel
{
    /// <inheritdoc />
    public ChannelManifest Manifest { get; } = new(
        Type: "telegram",
        DisplayName: "Telegram",
        Glyph: "M2 11.2 21 3.5 17.8 20.5 11.4 15.9 8.3 19 8 14.1 17 6.6 6.1 13.2Z",
        SetupUrl: new Uri("https://core.telegram.org/bots#how-do-i-create-a-bot"),
        Capabilities: ChannelCapabilities.Buttons | ChannelCapabilities.Typing | ChannelCapabilities.InboundEdits
            | ChannelCapabilities.InboundAttachments | ChannelCapabilities.InboundReactions | ChannelCapabilities.OutboundAttachments | ChannelCapabilities.Webhook,
        TextLimit: TelegramText.Limit,
        Settings: TelegramSettings.Fields)
    {
        LargestFile = TelegramFiles.Largest,
        // Comments under a channel's posts stand in the group beside it: what is no reply to one is not seen there.
        RepliesInGroups = true,
        Readers = new("Telegram reads everything: chats with bots are not end-to-end encrypted.", "Telegram 可以读取全部内容：与机器人的聊天不是端到端加密的。"),
    };

    /// <inheritdoc />
    public IChannelSession Open(Connection connection)
        => TelegramSettings.HasTokenForm(TelegramSettings.TokenOf(connection.Settings))
            ? new TelegramSession(connection, http.Of(connection.Id), options.Value, time, logger)
            : new ClosedSession(Phrase.Of("telegram.no-token-form"));

    /// <inheritdoc />
    public Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken)
        => new TelegramCheck(http, publicAddress.Value.BaseUrl, time).RunAsync(settings, cancellationToken);
}
