using Assistant.Domain.Security;
using Assistant.Domain.Security.StepUp;

namespace Assistant.Web.Components.Shared;

/// <summary>An act on a page that may want proof first: it is tried, and repeated once the proof was given.</summary>
public sealed class ProvenAct
{
    private Func<Caller, Task>? _act;

    /// <summary>The proof the act waits for, or <see langword="null"/>.</summary>
    public StepUpRequest? Wanted { get; private set; }

    /// <summary>Does the act, or says in <see cref="Wanted"/> what has to be proven first.</summary>
    /// <param name="act">What is done; called again, with the proof, by <see cref="RepeatAsync"/>.</param>
    public async Task RunAsync(Caller caller, Func<Caller, Task> act)
    {
        (Wanted, _act) = (null, act);
        try
        {
            await act(caller);
        }
        catch (StepUpRequiredException wanted)
        {
            Wanted = wanted.Request;
        }
    }

    /// <summary>Does the act, now that <see cref="Wanted"/> is proven.</summary>
    public Task RepeatAsync(Caller caller)
        => _act is { } act && Wanted is { } proven ? RunAsync(caller with { Proof = proven.Id }, act) : Task.CompletedTask;

    /// <summary>Leaves everything as it is.</summary>
    public void Forgo() => (Wanted, _act) = (null, null);
}
