using Assistant.Domain.Tenancy;
using Assistant.Testing.Contracts;
using Microsoft.Extensions.Time.Testing;

namespace Assistant.Testing.InMemory.House;

/// <summary>The in-memory house under the suites of the databases, so that tests built on it can be believed.</summary>
public static class MemoryPorts
{
    public static Task<PathPorts> OpenAsync()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 24, 9, 0, 0, TimeSpan.Zero));
        var users = new InMemoryUserDirectory(new InMemoryAuditLog(), clock, TenantId.Default, new TenantId("office"));
        var house = new InMemoryHouse(clock) { Users = users };
        return Task.FromResult(new PathPorts(
            clock, house, house, house, house, house, house, house, house, house, house, house, house, house, house, house, users, house, house, house, house, house, house, ProjectAsync: _ => Task.CompletedTask));
    }
}
