using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.InMemory;

/// <summary>Checkpoints and witnesses' positions in memory.</summary>
public sealed class InMemoryCheckpointStore : ICheckpointStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(TenantId, string), WitnessPosition> _positions = [];
    private readonly List<SignedCheckpoint> _checkpoints = [];

    /// <summary>What is kept; a test may put back an older state, as an old backup would.</summary>
    public IReadOnlyList<SignedCheckpoint> Checkpoints
    {
        get
        {
            lock (_gate)
            {
                return [.. _checkpoints];
            }
        }

        set
        {
            lock (_gate)
            {
                _checkpoints.Clear();
                _checkpoints.AddRange(value);
            }
        }
    }

    public Task<bool> AddAsync(SignedCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_checkpoints.Exists(c => c.Tenant == checkpoint.Tenant && c.Head.Size == checkpoint.Head.Size))
            {
                return Task.FromResult(false);
            }

            _checkpoints.Add(checkpoint);
            return Task.FromResult(true);
        }
    }

    public Task<SignedCheckpoint?> FindNewestAsync(TenantId tenant, CancellationToken cancellationToken) => Task.FromResult(Of(tenant).LastOrDefault());

    public Task<SignedCheckpoint?> FindCoveringAsync(TenantId tenant, long seq, CancellationToken cancellationToken)
        => Task.FromResult(Of(tenant).Find(c => c.Head.Size >= seq));

    public Task<IReadOnlyList<SignedCheckpoint>> ListAsync(TenantId tenant, long afterSize, int limit, CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyList<SignedCheckpoint>>([.. Of(tenant).Where(c => c.Head.Size > afterSize).Take(limit)]);

    public Task<WitnessPosition?> FindPositionAsync(TenantId tenant, string witness, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(_positions.GetValueOrDefault((tenant, witness)));
        }
    }

    public Task SavePositionAsync(TenantId tenant, string witness, WitnessPosition position, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _positions[(tenant, witness)] = position;
        }

        return Task.CompletedTask;
    }

    private List<SignedCheckpoint> Of(TenantId tenant)
    {
        lock (_gate)
        {
            return [.. _checkpoints.Where(c => c.Tenant == tenant).OrderBy(c => c.Head.Size).Select(c => SignedCheckpoint.Read(tenant, c.Head.Size, c.Note, c.At))];
        }
    }
}
