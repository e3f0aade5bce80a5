using System.Collections.Concurrent;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;

namespace Assistant.Testing.Messaging;

/// <summary>The house of one session, in memory; it outlives restarts of the session.</summary>
public sealed class FakeChannelHost(IMessageGateway gateway) : IChannelHost
{
    private readonly ConcurrentQueue<(ConnectionState State, Phrase Detail)> _reports = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IMessageGateway Gateway => gateway;

    public Uri? PublicBaseUrl { get; set; }

    public string? Cursor { get; set; }

    /// <summary>A crash may lose the cursor: then nothing is saved.</summary>
    public bool LosesCursor { get; set; }

    /// <summary>The next saves fail as a broken database would.</summary>
    public int FailingSaves { get; set; }

    public IReadOnlyList<(ConnectionState State, Phrase Detail)> Reports => [.. _reports];

    public Task<string?> ReadCursorAsync(CancellationToken cancellationToken) => Task.FromResult(Cursor);

    public Task SaveCursorAsync(string cursor, CancellationToken cancellationToken)
    {
        if (FailingSaves > 0)
        {
            FailingSaves--;
            throw new IOException("The disk is full.");
        }

        Cursor = LosesCursor ? Cursor : cursor;
        return Task.CompletedTask;
    }

    public void Report(ConnectionState state, Phrase detail)
    {
        _reports.Enqueue((state, detail));
        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    /// <summary>Waits until the state has been reported.</summary>
    public async Task WaitAsync(ConnectionState state, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(TimeSpan.FromSeconds(20));
        while (true)
        {
            var changed = Volatile.Read(ref _changed).Task;
            if (Reports.Any(r => r.State == state))
            {
                return;
            }

            await changed.WaitAsync(end.Token);
        }
    }
}
