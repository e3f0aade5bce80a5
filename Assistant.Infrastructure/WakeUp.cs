namespace Assistant.Infrastructure;

/// <summary>Wakes a worker that sleeps until there is something to do; one waiting wake-up is enough. Safe for concurrent use.</summary>
internal class WakeUp : IDisposable
{
    private readonly SemaphoreSlim _due = new(0, 1);

    /// <summary>There is something to look at. After the worker has ended it does nothing.</summary>
    public void Wake()
    {
        try
        {
            _due.Release();
        }
        catch (Exception error) when (error is SemaphoreFullException or ObjectDisposedException)
        {
            // It will look anyway, or never again.
        }
    }

    /// <summary>Returns when something woke it.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _due.WaitAsync(cancellationToken);

    /// <summary>Returns when something woke it, or after the time.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => _due.WaitAsync(atMost, cancellationToken);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _due.Dispose();
        }
    }
}
