using Assistant.Testing.Contracts;
using Assistant.Testing.InMemory.House;
using Microsoft.Extensions.Time.Testing;

namespace Assistant.Infrastructure.Tests.Persistence;

/// <summary>The in-memory house under the suites of the databases, so that tests built on it can be believed.</summary>
internal static class MemoryPorts
{
    public static Task<PathPorts> OpenAsync()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 24, 9, 0, 0, TimeSpan.Zero));
        var house = new InMemoryHouse(clock);
        return Task.FromResult(new PathPorts(
            clock, house, house, house, house, house, house, house, house, People: null!, house, house, ProjectAsync: _ => Task.CompletedTask));
    }
}

public sealed class InMemoryTurnStoreTests : TurnStoreContract
{
    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();
}

public sealed class InMemoryOutboxTests : OutboxContract
{
    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();
}

public sealed class InMemoryConversationStoreTests : ConversationStoreContract
{
    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();
}

public sealed class InMemoryConversationQueriesTests : ConversationQueriesContract
{
    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();
}

public sealed class InMemoryConnectionStoreTests : ConnectionStoreContract
{
    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();
}

public sealed class InMemoryAuditLogTests : AuditLogContract
{
    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();
}

public sealed class InMemoryRecallTests : RecallContract
{
    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();
}

public sealed class InMemoryTenantDirectoryTests : TenantDirectoryContract
{
    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();
}
