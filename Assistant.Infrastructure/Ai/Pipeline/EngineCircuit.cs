using Assistant.Domain.Ai;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Ai.Pipeline;

/// <summary>When an engine is left alone, and for how long.</summary>
internal sealed record CircuitPolicy(int FailuresToOpen, TimeSpan OpenDuration, TimeSpan MaxOpenDuration);

/// <summary>
/// The breaker of one engine. Closed: calls pass, failures in a row are counted. Open: calls are kept away until a time. Half open:
/// one probe passes; its first token closes the circuit, its failure opens it for twice as long. Only a whole answer ends the count. Safe for
/// concurrent use.
/// </summary>
internal sealed class EngineCircuit(CircuitPolicy policy, TimeProvider time)
{
    private readonly Lock _gate = new();
    private int _failures;
    private int _openings;
    private long _probes;
    private long _probe;
    private DateTimeOffset? _openUntil;
    private Phrase? _lastError;
    private DateTimeOffset? _lastSuccess;
    private bool _wasCalled;

    /// <summary>Lets a call pass, or says why not. Every call let in ends in at most one of <see cref="Succeeded"/>, <see cref="Failed"/> and <see cref="Abandoned"/>.</summary>
    /// <param name="call">What the call is known by from here on: a probe's number, 0 for any other call.</param>
    public EngineFault? Enter(out long call)
    {
        lock (_gate)
        {
            call = 0;
            _wasCalled = true;
            if (_openUntil is not { } until)
            {
                return null;
            }

            if (_probe != 0 || time.GetUtcNow() < until)
            {
                return FaultWords.Resting(_probe != 0 ? null : until, _lastError);
            }

            call = _probe = ++_probes;
            return null;
        }
    }

    /// <summary>
    /// The first token came: a probe need not keep others away until the last, which may take minutes. Whether the engine works is known only
    /// then, so what failed before still counts. A caller who leaves from here on says nothing about the engine.
    /// </summary>
    public void Began(long call)
    {
        lock (_gate)
        {
            if (IsProbe(call))
            {
                (_probe, _openUntil) = (0, null);
            }
        }
    }

    /// <summary>The answer came to its end.</summary>
    public void Succeeded()
    {
        lock (_gate)
        {
            (_failures, _openings, _probe, _openUntil) = (0, 0, 0, null);
            _lastSuccess = time.GetUtcNow();
        }
    }

    public void Failed(long call, EngineFault fault)
    {
        lock (_gate)
        {
            _lastError = fault.Reason;
            var wasProbe = EndProbe(call);
            if (!fault.CountsAgainstEngine)
            {
                return;
            }

            _failures++;
            if (wasProbe || (_failures >= policy.FailuresToOpen && _openUntil is null))
            {
                Open(fault.RetryAfter);
            }
        }
    }

    /// <summary>The caller went away before the engine could show anything.</summary>
    public void Abandoned(long call)
    {
        lock (_gate)
        {
            EndProbe(call);
        }
    }

    /// <summary>The health, or <see langword="null"/> before the first call.</summary>
    public EngineHealth? Snapshot(string name)
    {
        lock (_gate)
        {
            return _wasCalled ? new EngineHealth(name, _openUntil is not null, _openUntil, _lastError, _lastSuccess) : null;
        }
    }

    // Calls that were under way when it opened end while it is open, or while a probe is out: they neither prolong the rest nor end the probe.
    private bool IsProbe(long call) => call != 0 && call == _probe;

    private bool EndProbe(long call)
    {
        var wasProbe = IsProbe(call);
        _probe = wasProbe ? 0 : _probe;
        return wasProbe;
    }

    private void Open(TimeSpan? asked)
    {
        var duration = policy.OpenDuration * Math.Pow(2, Math.Min(_openings, 16));
        duration = asked > duration ? asked.Value : duration;
        _openings++;
        _openUntil = time.GetUtcNow() + (duration < policy.MaxOpenDuration ? duration : policy.MaxOpenDuration);
    }
}
