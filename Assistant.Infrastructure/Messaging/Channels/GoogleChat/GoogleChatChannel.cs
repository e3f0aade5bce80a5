using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Messaging.Channels.GoogleChat;

/// <summary>Google Chat, as a Chat app or an add-on called over HTTP.</summary>
[ActsFor("the senders its access policy admits")]
[Audits(AuditActions.MessageReceived, AuditActions.MessageRefused, AuditActions.PairingRequested)]
internal sealed class GoogleChatChannel(MessengerHttp http, IOptions<CallOptions> options, TimeProvider time) : IChannel
{
    /// <summary>As people know it.</summary>
    public const string Name = "Google Chat";

    /// <inheritdoc />
    public ChannelManifest Manifest { get; } = new(
        Type: "googlechat",
        DisplayName: Name,
        Glyph: "M4 3H20A1.500 1.500 0 0 1 21.500 4.500V16A1.500 1.500 0 0 1 20 17.500H10L5.500 21.500V17.500H4A1.500 1.500 0 0 1 2.500 16V4.500A1.500 1.500 0 0 1 4 3ZM7 7V9H17V7ZM7 11.500V13.500H14V11.500Z",
        SetupUrl: new Uri("https://console.cloud.google.com/apis/api/chat.googleapis.com/hangouts-chat"),
        Capabilities: ChannelCapabilities.Buttons | ChannelCapabilities.InboundAttachments | ChannelCapabilities.OutboundAttachments | ChannelCapabilities.IdempotentSend | ChannelCapabilities.Webhook,
        TextLimit: GoogleChatRenderer.Limit,
        Settings: GoogleChatSettings.Fields)
    {
        LargestFile = GoogleChatPhotos.Largest,
        FileTypes = GoogleChatPhotos.Types,
        FetchesFilesWithin = GoogleChatPhotos.FetchedWithin,
        Readers = new(
            "Google reads everything, and so can the administrators of the workspace: messages are not end-to-end encrypted.",
            "Google 可以读取全部内容，工作区的管理员也可以：消息不是端到端加密的。"),
    };

    /// <inheritdoc />
    public IChannelSession Open(Connection connection)
    {
        var settings = GoogleChatSettings.Read(connection.Settings);
        return settings.Account is { } account
            ? new GoogleChatSession(connection, settings, account, http.Of(connection.Id), options.Value, time)
            : new ClosedSession(Phrase.Of("googlechat.key-form"));
    }

    /// <inheritdoc />
    public Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken)
        => new GoogleChatCheck(http, options.Value, time).RunAsync(settings, cancellationToken);
}
