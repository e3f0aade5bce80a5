using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Testing.Fakes;

namespace Assistant.Infrastructure.Tests.Messaging;

/// <summary>A channel whose sessions take their time to end.</summary>
internal sealed class LingeringChannel : IChannel, IChannelCatalog
{
    private readonly FakeChannel _fake = new();

    public TaskCompletionSource Lingers { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<LingeringSession> Opened { get; } = [];

    /// <summary>Whose settings are no use.</summary>
    public ConnectionId? Unusable { get; set; }

    /// <summary>What is said of them.</summary>
    public Exception Refusal { get; init; } = new UriFormatException("Invalid port specified.");

    public ChannelManifest Manifest => _fake.Manifest;

    public IReadOnlyList<IChannel> All => [this];

    public IChannel? Find(string type) => type == Manifest.Type ? this : null;

    public IChannelSession Open(Connection connection)
    {
        if (connection.Id == Unusable)
        {
            throw Refusal;
        }

        var session = new LingeringSession(Lingers.Task);
        Opened.Add(session);
        return session;
    }

    public Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken) => throw new NotSupportedException();
}

internal sealed class LingeringSession(Task lingers) : IChannelSession
{
    private readonly TaskCompletionSource _running = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ending = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Running => _running.Task;

    public Task Ending => _ending.Task;

    public Action OnDispose { get; set; } = () => { };

    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        _running.TrySetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.TrySetResult();
        await lingers;
    }

    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync()
    {
        OnDispose();
        return ValueTask.CompletedTask;
    }
}
