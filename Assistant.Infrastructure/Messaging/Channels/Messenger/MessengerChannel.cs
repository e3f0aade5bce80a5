using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Messenger;

/// <summary>Facebook Messenger, as a page.</summary>
[ActsFor("the senders its access policy admits")]
[Audits(AuditActions.MessageReceived, AuditActions.MessageEdited, AuditActions.MessageReacted, AuditActions.MessageRefused, AuditActions.PairingRequested)]
internal sealed class MessengerChannel(MessengerHttp http, TimeProvider time) : IChannel
{
    public const string Name = "Messenger";

    /// <summary>Longest text of one message.</summary>
    public static TextLimit Limit { get; } = new(2000);

    /// <inheritdoc />
    public ChannelManifest Manifest { get; } = new(
        Type: "messenger",
        DisplayName: "Facebook Messenger",
        Glyph: "M12 2C6.400 2 2 6.100 2 11.500c0 2.900 1.200 5.400 3.200 7.100V22l3.100-1.700c1.100.400 2.400.600 3.700.600 5.600 0 10-4.100 10-9.400S17.600 2 12 2zM6 14.500l4.500-5 2.500 2.500 5-2.500-4.500 5-2.500-2.500z",
        SetupUrl: new Uri("https://developers.facebook.com/docs/messenger-platform/get-started"),
        Capabilities: ChannelCapabilities.Buttons | ChannelCapabilities.Typing | ChannelCapabilities.InboundEdits | ChannelCapabilities.InboundAttachments | ChannelCapabilities.InboundReactions
            | ChannelCapabilities.OutboundAttachments | ChannelCapabilities.Webhook,
        TextLimit: Limit,
        Settings: MessengerSettings.Fields)
    {
        LargestFile = MessengerFiles.Largest,
        ReplyWindow = TimeSpan.FromHours(24),
        Readers = new(
            "Meta reads everything: chats with pages are not end-to-end encrypted. Everybody who manages the page reads them in its inbox.",
            "Meta 可以读取全部内容：与主页的聊天不是端到端加密的。主页的所有管理者也可以在收件箱中查看。"),
    };

    /// <inheritdoc />
    public IChannelSession Open(Connection connection) => new MessengerSession(connection, http.Of(connection.Id), time);

    /// <inheritdoc />
    public async Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var api = new MessengerApi(MessengerSettings.Read(settings), http);
        var answer = await api.ReadPageAsync(cancellationToken);
        var check = MessengerFaults.All.CheckOf(answer, MessengerApi.PageOf(answer)?.Name ?? "");
        return new ConnectionTest([api.WrongPage(answer) is { } reason ? Checks.WrongCredentials(Name, reason) : check], time.GetElapsedTime(started));
    }
}
