using Assistant.Domain.Security;
using Assistant.Domain.Security.StepUp;

namespace Assistant.Testing.Fakes;

/// <summary>Lets everybody through, for tests of other things; remembers what wanted proof.</summary>
public sealed class OpenGuard : IStepUpGuard
{
    public List<BoundOperation> Demanded { get; } = [];

    public Task DemandAsync(Caller caller, BoundOperation operation, CancellationToken cancellationToken)
    {
        caller.Demand(operation.What.Permission);
        Demanded.Add(operation);
        return Task.CompletedTask;
    }
}
