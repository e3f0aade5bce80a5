using Assistant.Domain.Idempotency;

namespace Assistant.Testing.Fakes;

/// <summary>Idempotency keys in memory.</summary>
public sealed class FakeIdempotency(TimeProvider time) : IIdempotencyStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string, string, string, string), Row> _rows = [];

    public Task<IdempotencyClaim> BeginAsync(IdempotentRequest request, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var row = _rows.GetValueOrDefault(Key(request));
            if (row is null || row.ExpiresAt <= now)
            {
                _rows[Key(request)] = new(request.Fingerprint, now, now + IIdempotencyStore.Lifetime, null);
                return Task.FromResult<IdempotencyClaim>(new IdempotencyClaim.Fresh());
            }

            if (row.Fingerprint != request.Fingerprint)
            {
                return Task.FromResult<IdempotencyClaim>(new IdempotencyClaim.KeyReused());
            }

            if (row.Answer is not null)
            {
                return Task.FromResult<IdempotencyClaim>(new IdempotencyClaim.Answered(row.Answer));
            }

            if (row.ClaimedAt + IIdempotencyStore.ClaimTimeout > now)
            {
                return Task.FromResult<IdempotencyClaim>(new IdempotencyClaim.InProgress());
            }

            _rows[Key(request)] = row with { ClaimedAt = now };
            return Task.FromResult<IdempotencyClaim>(new IdempotencyClaim.Fresh());
        }
    }

    public Task CompleteAsync(IdempotentRequest request, StoredAnswer answer, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var row = _rows[Key(request)];
            _rows[Key(request)] = row with { Answer = answer, ExpiresAt = time.GetUtcNow() + IIdempotencyStore.Lifetime };
            return Task.CompletedTask;
        }
    }

    public Task AbandonAsync(IdempotentRequest request, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_rows.GetValueOrDefault(Key(request)) is { Answer: null })
            {
                _rows.Remove(Key(request));
            }

            return Task.CompletedTask;
        }
    }

    private static (string, string, string, string) Key(IdempotentRequest request)
        => (request.Tenant.Value, request.Caller, request.Route, request.Key);

    private sealed record Row(string Fingerprint, DateTimeOffset ClaimedAt, DateTimeOffset ExpiresAt, StoredAnswer? Answer);
}
