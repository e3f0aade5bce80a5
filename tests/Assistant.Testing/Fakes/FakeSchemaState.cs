using Assistant.Domain.Diagnostics;

namespace Assistant.Testing.Fakes;

/// <summary>A database whose tables are there, or are not.</summary>
public sealed class FakeSchemaState(bool isCurrent = true) : ISchemaState
{
    public Task<bool> IsCurrentAsync(CancellationToken cancellationToken) => Task.FromResult(isCurrent);
}
