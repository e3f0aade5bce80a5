using Assistant.Domain.Forgetting;

namespace Assistant.Testing.Fakes;

/// <summary>Nobody goes on with what was begun; counts how often somebody should have.</summary>
public sealed class NoWorker : IErasureSignal
{
    private int _begun;

    public int Woken => _begun;

    public void Begun() => Interlocked.Increment(ref _begun);
}
