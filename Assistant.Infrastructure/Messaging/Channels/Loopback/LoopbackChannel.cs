using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Messaging.Channels.Loopback;

/// <summary>A messenger inside this process, for tests and benchmarks: <see cref="LoopbackPort"/> is its other end.</summary>
[ActsFor("the senders its access policy admits")]
[Audits(AuditActions.MessageReceived, AuditActions.MessageEdited, AuditActions.MessageDeleted, AuditActions.MessageRefused, AuditActions.PairingRequested)]
internal sealed class LoopbackChannel(LoopbackPort port) : IChannel
{
    private const string Loop = "M12 4V1L8 5l4 4V6a6 6 0 1 1-6 6H4a8 8 0 1 0 8-8z";
    private const int MaxText = 4096;

    public ChannelManifest Manifest { get; } = new(
        "loopback",
        "Loopback",
        Loop,
        SetupUrl: null,
        ChannelCapabilities.Buttons | ChannelCapabilities.Typing | ChannelCapabilities.InboundEdits | ChannelCapabilities.InboundDeletions
            | ChannelCapabilities.IdempotentSend,
        new TextLimit(MaxText),
        [])
    {
        Readers = new("Nobody: nothing leaves this installation.", "没有人：内容不会离开本安装。"),
    };

    public IChannelSession Open(Connection connection) => new Session(connection.Id, port);

    public Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken)
    {
        var check = settings.All.Count == 0
            ? new ConnectionCheck(Phrase.Of("loopback.check"), true, Phrase.Of("loopback.nothing-to-reach"))
            : new ConnectionCheck(Phrase.Of("loopback.check"), false, Phrase.Of("loopback.no-settings"), Phrase.Of("loopback.no-settings-fix"));
        return Task.FromResult(new ConnectionTest([check], TimeSpan.Zero));
    }

    private sealed class Session(ConnectionId connection, LoopbackPort port) : IChannelSession, ITypingIndicator
    {
        public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
        {
            port.Attach(connection, host);
            host.Report(ConnectionState.Up, Phrase.Of("loopback.up"));
            var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using (cancellationToken.Register(stopped.SetResult))
            {
                await stopped.Task;
            }

            port.Detach(connection);
        }

        public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => Task.FromResult(port.Show(message));

        public Task ShowTypingAsync(ExternalChat chat, CancellationToken cancellationToken)
        {
            port.ShowTyping(connection, chat);
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
