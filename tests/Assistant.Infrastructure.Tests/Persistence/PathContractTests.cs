using Assistant.Testing.Contracts;

namespace Assistant.Infrastructure.Tests.Persistence;

public sealed class SqliteInboxTests : InboxContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnSqliteAsync()).Ports;
}

public sealed class PostgresInboxTests : InboxContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnPostgresAsync()).Ports;
}

public sealed class SqliteTurnStoreTests : TurnStoreContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnSqliteAsync()).Ports;
}

public sealed class PostgresTurnStoreTests : TurnStoreContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnPostgresAsync()).Ports;
}
