using System.Runtime.ExceptionServices;

namespace Assistant.Infrastructure.Messaging.Calls;

/// <summary>A token a messenger gave out.</summary>
/// <param name="Lifetime">As the messenger says.</param>
internal sealed record IssuedToken(string Value, TimeSpan Lifetime);

/// <summary>
/// The token all calls of a session share: fetched once however many ask at the same time, renewed before it ends and when the messenger no longer
/// takes it. Safe for concurrent use.
/// </summary>
/// <param name="issue">Fetches a new one; its fault rises to everybody who waits for it.</param>
internal sealed class AccessTokens(Func<CancellationToken, Task<IssuedToken>> issue, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _turn = new(1);
    private volatile Held? _held;
    private volatile ExceptionDispatchInfo? _fault;

    /// <summary>A token that is good for a while yet.</summary>
    public async Task<string> GetAsync(CancellationToken cancellationToken)
    {
        if (_held is { } held && held.RenewAt > time.GetUtcNow())
        {
            return held.Value;
        }

        var before = _fault;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_held is { } fresh && fresh.RenewAt > time.GetUtcNow())
            {
                return fresh.Value;
            }

            // Whoever waited while it failed asks nothing more: where no answer comes, each would wait for the failures of all before it.
            if (_fault is { } fault && fault != before)
            {
                fault.Throw();
            }

            var issued = await AskAsync(cancellationToken);
            _held = new Held(issued.Value, time.GetUtcNow() + (issued.Lifetime > 2 * Margin ? issued.Lifetime - Margin : issued.Lifetime / 2));
            return issued.Value;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The messenger no longer takes this token: the next call gets another, unless somebody has fetched one meanwhile.</summary>
    public void Refused(string token)
    {
        if (_held is { } held && held.Value == token)
        {
            Interlocked.CompareExchange(ref _held, null, held);
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<IssuedToken> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await issue(cancellationToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            _fault = ExceptionDispatchInfo.Capture(fault);
            throw;
        }
    }

    private sealed record Held(string Value, DateTimeOffset RenewAt);
}
