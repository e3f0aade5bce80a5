using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Line;

/// <summary>LINE, over its Messaging API.</summary>
[ActsFor("the senders its access policy admits")]
[Audits(AuditActions.MessageReceived, AuditActions.MessageEdited, AuditActions.MessageDeleted, AuditActions.MessageRefused, AuditActions.PairingRequested)]
internal sealed class LineChannel(MessengerHttp http, TimeProvider time) : IChannel
{
    /// <summary>Longest text of one message.</summary>
    public static TextLimit Limit { get; } = new(5000);

    /// <inheritdoc />
    public ChannelManifest Manifest { get; } = new(
        Type: "line",
        DisplayName: "LINE",
        Glyph: "M12 3C6.500 3 2 6.600 2 11c0 4 3.600 7.300 8.500 7.900.6.1.7.5.6 1.100l-.3 1.700c-.1.6.3.8.8.5 2.600-1.500 6.600-4 8.400-6.300A6.900 6.900 0 0 0 22 11c0-4.400-4.500-8-10-8zM6 8.500h1.500v4H10V14H6zm5 0h1.500V14H11zm2.800 0H18V10h-2.700v.700H18v1.400h-2.700v.500H18V14h-4.200z",
        SetupUrl: new Uri("https://developers.line.biz/en/docs/messaging-api/getting-started/"),
        Capabilities: ChannelCapabilities.Buttons | ChannelCapabilities.Typing | ChannelCapabilities.InboundEdits | ChannelCapabilities.InboundDeletions
            | ChannelCapabilities.InboundAttachments | ChannelCapabilities.OutboundAttachments | ChannelCapabilities.Webhook,
        TextLimit: Limit,
        Settings: LineSettings.Fields)
    {
        LargestFile = LineFiles.Largest,
        FileTypes = LineFiles.Types,
        FetchesFilesWithin = LineFiles.FetchedWithin,
        Readers = new("LINE reads everything: chats with official accounts are not end-to-end encrypted.", "LINE 可以读取全部内容：与官方账号的聊天不是端到端加密的。"),
    };

    /// <inheritdoc />
    public IChannelSession Open(Connection connection) => new LineSession(connection, http.Of(connection.Id), time);

    /// <inheritdoc />
    public async Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var answer = await new LineClient(new LineSettings(settings), http).GetAsync("info", cancellationToken);
        var check = answer switch
        {
            CallOutcome.Answered { IsSuccess: true } known => Checks.SignedIn(LineClient.Messenger, NameOf(known)),
            CallOutcome.Answered refused => Checks.WrongCredentials(LineClient.Messenger, CallFaults.ReasonOf(LineClient.Messenger, refused)!),
            _ => Checks.Unreachable(LineClient.Messenger, CallFaults.ReasonOf(LineClient.Messenger, answer)!),
        };
        return new ConnectionTest([check], time.GetElapsedTime(started));
    }

    private static string NameOf(CallOutcome.Answered answer)
        => LineClient.Read(answer, LineJson.Default.LineBot) is { } bot ? $"{bot.DisplayName} {bot.BasicId}".Trim() : "";
}
