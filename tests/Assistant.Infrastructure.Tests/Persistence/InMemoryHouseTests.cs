using Assistant.Testing.Contracts;
using Assistant.Testing.InMemory.House;

namespace Assistant.Infrastructure.Tests.Persistence;

public sealed class InMemoryInboxTests : InboxContract
{
    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();
}

public sealed class InMemoryPeopleStoreTests : PeopleStoreContract
{
    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();
}

public sealed class InMemoryTurnStoreTests : TurnStoreContract
{
    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();
}

public sealed class InMemoryOutboxTests : OutboxContract
{
    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();
}

public sealed class InMemoryMessageDeliveryTests : MessageDeliveryContract
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

public sealed class InMemoryErasureStoreTests : ErasureStoreContract
{
    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();
}

public sealed class InMemoryForgettingTests : ForgettingContract
{
    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();
}

public sealed class InMemoryIndexingStoreTests : IndexingStoreContract
{
    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();
}

public sealed class InMemoryPersonAccountStoreTests : PersonAccountStoreContract
{
    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();
}

public sealed class InMemoryPersonLinkStoreTests : PersonLinkStoreContract
{
    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();
}

public sealed class InMemoryPersonActStoreTests : PersonActStoreContract
{
    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();
}

public sealed class InMemoryAttachmentStoreTests : AttachmentStoreContract
{
    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();
}

public sealed class InMemoryDirectChatsTests : DirectChatsContract
{
    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();
}

public sealed class InMemoryReactionTests : ReactionContract
{
    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();
}
