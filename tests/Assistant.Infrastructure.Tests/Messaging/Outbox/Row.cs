using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Tenancy;

namespace Assistant.Infrastructure.Tests.Messaging.Outbox;

/// <summary>Claimed rows for tests that need no store.</summary>
internal static class Row
{
    public static readonly ConnectionId Line = new("line");

    public static OutboxEntry Of(ConversationId conversation, long version = 1, bool byAssistant = true) => new(
        Guid.CreateVersion7(), TenantId.Default, conversation, Line, new ExternalChat("chat-1"), 1, 0, true, new MessageBody("hi"), null, byAssistant,
        1, false, version, DateTimeOffset.UnixEpoch);

    public static ConversationId NewConversation() => new(Guid.CreateVersion7());
}
