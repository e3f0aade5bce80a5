using Assistant.Domain.Attachments;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.People;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.People.Links;
using Assistant.Domain.People.Acts;
using Assistant.Domain.People.Reach;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Keys;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>The ports of a message's path over one store, as every implementation offers them together.</summary>
public sealed record PathPorts(
    FakeTimeProvider Clock,
    ITenantDirectory Tenants,
    IConnectionStore Connections,
    IInbox Inbox,
    ITurnStore Turns,
    IOutbox Outbox,
    IConversationStore Conversations,
    IConversationQueries Queries,
    IDeadLetterQueries DeadLetters,
    IPeopleStore People,
    IRecall Recall,
    IAuditLog Audit,
    IPersonSealer Persons,
    IErasureStore Erasures,
    IPersonRecords Records,
    IIndexingStore Indexing,
    IUserDirectory Users,
    IPersonAccountStore Accounts,
    IPersonLinkStore Links,
    IPersonActStore Acts,
    IPersonNotices Notices,
    IDirectChats Chats,
    IAttachmentStore Attachments,
    Func<CancellationToken, Task> ProjectAsync,
    IAsyncDisposable? Owner = null);

/// <summary>What the suites of the path share: two tenants with a connection each, and short words for common steps.</summary>
public abstract class PathContract : IAsyncLifetime
{
    protected static readonly TenantId Home = TenantId.Default;
    protected static readonly TenantId Office = new("office");
    protected static readonly UserRef Anna = new(new UserId(Guid.Parse("11111111-1111-7111-8111-111111111111")), "Anna");
    protected static readonly UserRef Bo = new(new UserId(Guid.Parse("22222222-2222-7222-8222-222222222222")), "Bo");

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected PathPorts Ports { get; private set; } = null!;

    protected Connection HomeLine { get; private set; } = null!;

    protected Connection OfficeLine { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Ports = await OpenAsync();
        await Ports.Tenants.EnsureAsync(Home, "Home", Cancel);
        await Ports.Tenants.EnsureAsync(Office, "Office", Cancel);
        HomeLine = await ConnectAsync(Home, "home-line", AccessPolicy.Open);
        OfficeLine = await ConnectAsync(Office, "office-line", AccessPolicy.Open);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Ports?.Owner is { } owner)
        {
            await owner.DisposeAsync();
        }
    }

    /// <summary>A new, empty store.</summary>
    protected abstract Task<PathPorts> OpenAsync();

    protected async Task<Connection> ConnectAsync(TenantId tenant, string name, AccessPolicy access)
    {
        var now = Ports.Clock.GetUtcNow();
        var connection = new Connection(new ConnectionId(name), tenant, "loopback", name, access, true, false, SettingValues.Empty, now, now);
        await Ports.Connections.PutAsync(connection, Draft(tenant, AuditActions.ConnectionSaved, $"connection/{name}"), Cancel);
        return connection;
    }

    protected AuditDraft Draft(TenantId tenant, string action, string subject)
        => new(tenant, Ports.Clock.GetUtcNow(), Actor.System, action, subject, "local", AuditDraft.NoDetails);

    protected InboundMessage Said(Connection connection, string id, string text, string chat = "chat-1", string sender = "user-1") => new()
    {
        Connection = connection.Id,
        DedupeKey = $"said:{chat}:{id}",
        Chat = new ExternalChat(chat),
        Sender = new ExternalSender(sender, "Li Wei", "zh-CN"),
        ExternalMessageId = id,
        Content = new InboundContent.Said(text),
        SentAt = Ports.Clock.GetUtcNow(),
    };

    protected Task<InboxOutcome> StoreAsync(Connection connection, InboundMessage message)
        => Ports.Inbox.StoreAsync(connection, message, sender => AccessRules.Decide(connection.Access, sender.Standing, "en", Ports.Clock.GetUtcNow()), Cancel);

    /// <summary>Stores a message and returns its conversation.</summary>
    protected async Task<ConversationId> HearAsync(Connection connection, string id, string text, string chat = "chat-1", string sender = "user-1")
        => Assert.IsType<InboxOutcome.Stored>(await StoreAsync(connection, Said(connection, id, text, chat, sender))).Conversation;

    protected async Task<TurnStart> BeginAsync(ConversationId conversation)
        => Assert.IsType<TurnStart>(await Ports.Turns.BeginAsync(conversation, 20, Ports.Clock.GetUtcNow(), Cancel));

    protected TurnCommit Answer(TurnStart start, params string[] parts) => new(
        Guid.CreateVersion7(Ports.Clock.GetUtcNow()), start.Conversation, start.Entry, start.Conversation.Version, start.Utterance.EditedAt, TurnResult.Answered,
        parts.Length == 0 ? null : new MessageBody(string.Join("\n\n", parts)), [.. parts.Select(p => new MessageBody(p))],
        new TurnUsage("embedded", "rules", 1, 2, null, TimeSpan.FromMilliseconds(3)), [], false, null, Ports.Clock.GetUtcNow());

    /// <summary>Begins and commits a turn; returns the claimed row.</summary>
    protected async Task<OutboxEntry?> AnswerAsync(ConversationId conversation, params string[] parts)
        => Assert.IsType<TurnCommitOutcome.Committed>(await Ports.Turns.CommitAsync(Answer(await BeginAsync(conversation), parts), Cancel)).Claimed;

    protected Task<ControlOutcome> TakeOverAsync(TenantId tenant, ConversationId conversation, UserRef user)
        => Ports.Conversations.TakeOverAsync(tenant, conversation, user, Draft(tenant, AuditActions.ConversationTakenOver, $"conversation/{conversation}"), Cancel);

    protected Task<ControlOutcome> CloseAsync(TenantId tenant, ConversationId conversation)
        => Ports.Conversations.SetStatusAsync(
            tenant, conversation, ConversationStatus.Closed, Draft(tenant, AuditActions.ConversationClosed, $"conversation/{conversation}"), Cancel);

    protected async Task<ReplyOutcome.Accepted> ReplyWithFilesAsync(ConversationId conversation, string text, params (string Name, byte[] Content)[] files)
        => Assert.IsType<ReplyOutcome.Accepted>(await TryReplyWithFilesAsync(conversation, text, files));

    /// <summary>Anna replies with files, each of them text.</summary>
    protected Task<ReplyOutcome> TryReplyWithFilesAsync(ConversationId conversation, string text, params (string Name, byte[] Content)[] files)
    {
        List<OutgoingFile> given = [.. files.Select(file => new OutgoingFile(new Attachment("file", "", file.Name, "text/plain", file.Content.Length), "text/plain", file.Content))];
        var parts = given.Select((file, at) => new MessageBody(file.Named.FileName!) { File = at + 1 });
        var reply = new OperatorReply(new MessageBody(text), text.Length == 0 ? [.. parts] : [new MessageBody(text), .. parts]) { Files = given };
        return Ports.Conversations.ReplyAsync(Home, conversation, Anna, reply, Draft(Home, AuditActions.OperatorReplied, $"conversation/{conversation}"), Cancel);
    }

    protected Task<bool> ForgetAsync(TenantId tenant, PersonId person)
        => Ports.Persons.DestroyPersonKeyAsync(tenant, person, Draft(tenant, "person.forgotten", $"person/{person}"), Cancel);

    protected Task<IReadOnlyList<Message>> ThreadAsync(TenantId tenant, ConversationId conversation)
        => Ports.Queries.ReadThreadAsync(tenant, conversation, null, 100, Cancel);

    protected async Task<List<AuditEvent>> AuditOfAsync(TenantId tenant)
    {
        var events = new List<AuditEvent>();
        await foreach (var written in Ports.Audit.ReadAsync(tenant, 1, Cancel))
        {
            events.Add(written);
        }

        return events;
    }
}
