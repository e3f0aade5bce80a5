using System.Diagnostics;

namespace Assistant.Testing.Messaging;

/// <summary>
/// What an emulated messenger posts to a webhook: one after another, each again and again until it is taken. An answer later than the messenger's deadline
/// counts. Safe for concurrent use.
/// </summary>
/// <param name="deadline">How long the messenger waits for an answer.</param>
public sealed class Deliveries(TimeSpan deadline) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly HttpClient _http = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private Task _delivering = Task.CompletedTask;
    private int _late;

    /// <summary>Answers that came too late.</summary>
    public int LateAnswers => Volatile.Read(ref _late);

    /// <summary>Posts after what was given before.</summary>
    /// <param name="request">Makes the request, once for each attempt.</param>
    public void Add(Func<HttpRequestMessage> request)
    {
        lock (_lock)
        {
            _delivering = DeliverAfterAsync(_delivering, request);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _delivering;
        _http.Dispose();
        _stopping.Dispose();
    }

    private async Task DeliverAfterAsync(Task before, Func<HttpRequestMessage> make)
    {
        await before;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                using var request = make();
                var began = Stopwatch.GetTimestamp();
                using var answer = await _http.SendAsync(request, _stopping.Token);
                if (Stopwatch.GetElapsedTime(began) > deadline)
                {
                    Interlocked.Increment(ref _late);
                }

                if (answer.IsSuccessStatusCode)
                {
                    return;
                }

                await Task.Delay(Pause, TimeProvider.System, _stopping.Token);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                // Nobody there: again, unless the test is over.
            }
        }
    }
}
