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

public sealed class SqliteOutboxTests : OutboxContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnSqliteAsync()).Ports;
}

public sealed class PostgresOutboxTests : OutboxContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnPostgresAsync()).Ports;
}

public sealed class SqliteMessageDeliveryTests : MessageDeliveryContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnSqliteAsync()).Ports;
}

public sealed class PostgresMessageDeliveryTests : MessageDeliveryContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnPostgresAsync()).Ports;
}

public sealed class SqliteConversationStoreTests : ConversationStoreContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnSqliteAsync()).Ports;
}

public sealed class PostgresConversationStoreTests : ConversationStoreContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnPostgresAsync()).Ports;
}

public sealed class SqliteConversationQueriesTests : ConversationQueriesContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnSqliteAsync()).Ports;
}

public sealed class PostgresConversationQueriesTests : ConversationQueriesContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnPostgresAsync()).Ports;
}

public sealed class SqlitePeopleStoreTests : PeopleStoreContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnSqliteAsync()).Ports;
}

public sealed class PostgresPeopleStoreTests : PeopleStoreContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnPostgresAsync()).Ports;
}

public sealed class SqliteAuditLogTests : AuditLogContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnSqliteAsync()).Ports;
}

public sealed class PostgresAuditLogTests : AuditLogContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnPostgresAsync()).Ports;
}

public sealed class SqliteRecallTests : RecallContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnSqliteAsync()).Ports;
}

public sealed class PostgresRecallTests : RecallContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnPostgresAsync()).Ports;
}

public sealed class SqliteTenantDirectoryTests : TenantDirectoryContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnSqliteAsync()).Ports;
}

public sealed class PostgresTenantDirectoryTests : TenantDirectoryContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnPostgresAsync()).Ports;
}

public sealed class SqliteErasureStoreTests : ErasureStoreContract
{
    private TestHouse _house = null!;

    protected override async Task<PathPorts> OpenAsync() => (_house = await TestHouse.OnSqliteAsync()).Ports;

    protected override Task<IReadOnlyList<string>> FindLeftoversAsync() => _house.FindLeftoversAsync(Cancel);
}

public sealed class SqliteForgettingTests : ForgettingContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnSqliteAsync()).Ports;
}

public sealed class PostgresErasureStoreTests : ErasureStoreContract
{
    private TestHouse _house = null!;

    protected override async Task<PathPorts> OpenAsync() => (_house = await TestHouse.OnPostgresAsync()).Ports;

    protected override Task<IReadOnlyList<string>> FindLeftoversAsync() => _house.FindLeftoversAsync(Cancel);
}

public sealed class PostgresForgettingTests : ForgettingContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnPostgresAsync()).Ports;
}

public sealed class SqliteIndexingStoreTests : IndexingStoreContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnSqliteAsync()).Ports;
}

public sealed class PostgresIndexingStoreTests : IndexingStoreContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnPostgresAsync()).Ports;
}

public sealed class SqliteAttachmentStoreTests : AttachmentStoreContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnSqliteAsync()).Ports;
}

public sealed class SqlitePersonAccountStoreTests : PersonAccountStoreContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnSqliteAsync()).Ports;
}

public sealed class PostgresAttachmentStoreTests : AttachmentStoreContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnPostgresAsync()).Ports;
}

public sealed class PostgresPersonAccountStoreTests : PersonAccountStoreContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnPostgresAsync()).Ports;
}

public sealed class SqlitePersonLinkStoreTests : PersonLinkStoreContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnSqliteAsync()).Ports;
}

public sealed class SqlitePersonActStoreTests : PersonActStoreContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnSqliteAsync()).Ports;
}

public sealed class PostgresPersonLinkStoreTests : PersonLinkStoreContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnPostgresAsync()).Ports;
}

public sealed class PostgresPersonActStoreTests : PersonActStoreContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnPostgresAsync()).Ports;
}

public sealed class SqliteDirectChatsTests : DirectChatsContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnSqliteAsync()).Ports;
}

public sealed class SqliteReactionTests : ReactionContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnSqliteAsync()).Ports;
}

public sealed class PostgresDirectChatsTests : DirectChatsContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnPostgresAsync()).Ports;
}

public sealed class PostgresReactionTests : ReactionContract
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnPostgresAsync()).Ports;
}
