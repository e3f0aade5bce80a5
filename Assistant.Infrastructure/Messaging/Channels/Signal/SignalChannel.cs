using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Messaging.Channels.Signal;

/// <summary>Signal, through a signal-cli daemon beside this installation.</summary>
[ActsFor("the senders its access policy admits")]
[Audits(AuditActions.MessageReceived, AuditActions.MessageEdited, AuditActions.MessageDeleted, AuditActions.MessageReacted, AuditActions.MessageRefused, AuditActions.PairingRequested)]
internal sealed class SignalChannel(MessengerHttp http, IOptions<SignalOptions> options, TimeProvider time) : IChannel
{
    /// <inheritdoc />
    public ChannelManifest Manifest { get; } = new(
        Type: "signal",
        DisplayName: "Signal",
        Glyph: "M12 3C6.800 3 3 6.600 3 11.200c0 2.100.800 4 2.200 5.500L4.300 20.500l4.200-1.200c1.100.400 2.300.600 3.500.600 5.200 0 9-3.600 9-8.500S17.200 3 12 3zM7 9h10v1.600H7zm0 3.200h7v1.600H7z",
        SetupUrl: new Uri("https://github.com/AsamK/signal-cli/wiki"),
        Capabilities: ChannelCapabilities.Typing | ChannelCapabilities.InboundEdits | ChannelCapabilities.InboundDeletions
            | ChannelCapabilities.InboundAttachments | ChannelCapabilities.InboundReactions | ChannelCapabilities.OutboundAttachments,
        TextLimit: SignalText.Limit,
        Settings: SignalSettings.Fields)
    {
        LargestFile = SignalFiles.Largest,
        Readers = new(
            "Nobody between the people's devices and the signal-cli daemon: messages are end-to-end encrypted up to it. From there they are in the clear, and the machine it runs on reads everything.",
            "人们的设备与 signal-cli 守护进程之间无人可读：消息在此之间端到端加密。离开守护进程后即为明文，其所在的机器可以读取全部内容。"),
    };

    /// <inheritdoc />
    public IChannelSession Open(Connection connection) => new SignalSession(connection, options.Value, http.Of(connection.Id), time);

    /// <inheritdoc />
    public async Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var read = new SignalSettings(settings);
        var answer = await SignalSession.AskAsync(new SignalClient(read, http), read, cancellationToken);
        var check = SignalFailure.ReasonOf(answer) switch
        {
            null => Checks.SignedIn(SignalClient.Messenger, read.Account),
            var reason when answer is CallOutcome.Answered { IsSuccess: true } => new ConnectionCheck(Phrase.Of("channel.check-sign-in"), false, reason, Phrase.Of("signal.account-fix")),
            var reason => Checks.Unreachable(SignalClient.Messenger, reason),
        };
        return new ConnectionTest([check], time.GetElapsedTime(started));
    }
}
