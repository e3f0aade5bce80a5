using System.Collections.Concurrent;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Audit.Checkpoints;

/// <summary>What is wrong with the proof of the audit at this moment, for health and the console. Safe for concurrent use.</summary>
public sealed class AuditAlarm
{
    private readonly ConcurrentDictionary<TenantId, CheckpointOutcome.Refused> _refused = new();
    private readonly ConcurrentDictionary<string, string> _failing = new(StringComparer.Ordinal);

    /// <summary>Tenants whose log is not signed, with what was found.</summary>
    public IReadOnlyDictionary<TenantId, CheckpointOutcome.Refused> Refused => _refused;

    /// <summary>Witnesses that did not take their last checkpoint or could not be given it, with the reason.</summary>
    public IReadOnlyDictionary<string, string> Failing => _failing;

    /// <param name="refused"><see langword="null"/>: it is signed again.</param>
    public void Set(TenantId tenant, CheckpointOutcome.Refused? refused)
    {
        if (refused is null)
        {
            _refused.TryRemove(tenant, out _);
        }
        else
        {
            _refused[tenant] = refused;
        }
    }

    /// <param name="reason"><see langword="null"/>: it works again.</param>
    /// <returns>Whether this is news.</returns>
    public bool Set(string witness, string? reason)
    {
        if (reason is null)
        {
            return _failing.TryRemove(witness, out _);
        }

        var isNews = !_failing.ContainsKey(witness);
        _failing[witness] = reason;
        return isNews;
    }
}
