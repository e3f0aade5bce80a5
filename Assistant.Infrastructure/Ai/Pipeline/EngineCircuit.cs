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
    private bool _isProbing;
    private DateTimeOffset? _openUntil;
    private Phrase? _lastError;
    private DateTimeOffset? _lastSuccess;
    private bool _wasCalled;

    /// <summary>Lets a call pass, or says why not. Every call let in ends in at most one of <see cref="Succeeded"/>, <see cref="Failed"/> and <see cref="Abandoned"/>.</summary>
    public EngineFault? Enter()
    {
        lock (_gate)
        {
            _wasCalled = true;
            if (_openUntil is not { } until)
            {
                return null;
            }

            if (_isProbing || time.GetUtcNow() < until)
            {
                return FaultWords.Resting(_isProbing ? null : until, _lastError);
            }

            _isProbing = true;
            return null;
        }
    }

    /// <summary>
    /// The first token came: a probe need not keep others away until the last, which may take minutes. Whether the engine works is known only
    /// then, so what failed before still counts. A caller who leaves from here on says nothing about the engine.
    /// </summary>
    public void Began()
    {
        lock (_gate)
        {
            if (_isProbing)
            {
                (_isProbing, _openUntil) = (false, null);
            }
        }
    }

    /// <summary>The answer came to its end.</summary>
    public void Succeeded()
    {
        lock (_gate)
        {
            (_failures, _openings, _isProbing, _openUntil) = (0, 0, false, null);
            _lastSuccess = time.GetUtcNow();
        }
    }

    public void Failed(EngineFault fault)
    {
        lock (_gate)
        {
            _lastError = fault.Reason;
            if (!fault.CountsAgainstEngine)
            {
                _isProbing = false;
                return;
            }

            _failures++;
            if (_isProbing || _failures >= policy.FailuresToOpen)
            {
                Open(fault.RetryAfter);
            }
        }
    }

    /// <summary>The caller went away before the engine could show anything.</summary>
    public void Abandoned()
    {
        lock (_gate)
        {
            _isProbing = false;
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

    private void Open(TimeSpan? asked)
    {
        // Calls that were under way when it opened fail, too: they must not prolong it.
        if (_openUntil is not null && !_isProbing)
        {
            return;
        }

        var duration = policy.OpenDuration * Math.Pow(2, Math.Min(_openings, 16));
        duration = asked > duration ? asked.Value : duration;
        _openings++;
        _isProbing = false;
        _openUntil = time.GetUtcNow() + (duration < policy.MaxOpenDuration ? duration : policy.MaxOpenDuration);
    }
}
