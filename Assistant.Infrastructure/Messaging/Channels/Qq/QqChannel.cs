using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Qq;

/// <summary>QQ, through the open platform for bots: signed callbacks in, its HTTP interface out.</summary>
[ActsFor("the senders its access policy admits")]
[Audits(AuditActions.MessageReceived, AuditActions.MessageRefused, AuditActions.PairingRequested)]
internal sealed class QqChannel(MessengerHttp http, TimeProvider time) : IChannel
{
    /// <summary>As people know it.</summary>
    public const string Name = "QQ";

    /// <inheritdoc />
    public ChannelManifest Manifest { get; } = new(
        Type: "qq",
        DisplayName: Name,
        Glyph: "M12 2.5C8.4 2.5 6.3 5.1 6.3 8.6V10.2L4.4 14.4C3.9 15.7 4.1 17 4.6 17 5 17 5.5 16.6 6 15.9 6.3 17 6.9 18 7.7 18.7 6.6 19.2 6 19.9 6.3 20.6 6.7 21.6 10.3 21.7 12 20.6"
            + " 13.7 21.7 17.3 21.6 17.7 20.6 18 19.9 17.4 19.2 16.3 18.7 17.1 18 17.7 17 18 15.9 18.5 16.6 19 17 19.4 17 19.9 17 20.1 15.7 19.6 14.4L17.7 10.2V8.6C17.7 5.1 15.6 2.5 12 2.5Z",
        SetupUrl: new Uri("https://q.qq.com/"),
        Capabilities: ChannelCapabilities.InboundAttachments | ChannelCapabilities.OutboundAttachments | ChannelCapabilities.Webhook,
        TextLimit: QqText.Limit,
        Settings: QqSettings.Fields)
    {
        ReplyWindow = TimeSpan.FromHours(1),
        LargestFile = QqMedia.Largest,
        FileTypes = QqMedia.Types,
        FetchesFilesWithin = QqMedia.FetchedWithin,
        Readers = new("Tencent reads everything: chats with bots on QQ are not end-to-end encrypted.", "腾讯可以读取全部内容：QQ 机器人的聊天不是端到端加密的。"),
    };

    /// <inheritdoc />
    public IChannelSession Open(Connection connection) => new QqSession(connection, http.Of(connection.Id), time);

    /// <inheritdoc />
    public async Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var api = new QqApi(http, QqSettings.Read(settings), time);
        var check = Checks.Missing(QqSettings.Fields, settings, "appId", "appSecret") ?? await SignInAsync(api, cancellationToken);
        return new ConnectionTest([check], time.GetElapsedTime(started));
    }

    private static async Task<ConnectionCheck> SignInAsync(QqApi api, CancellationToken cancellationToken)
    {
        var answer = await api.ReadSelfAsync(cancellationToken);
        if (answer.IsSuccess)
        {
            return Checks.SignedIn(Name, answer.Read?.Username ?? "");
        }

        var says = QqFaults.Explain(answer);
        return QqFaults.IsCredentials(answer) ? Checks.WrongCredentials(Name, says) : Checks.Unreachable(Name, says);
    }
}
