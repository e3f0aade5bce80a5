using Assistant.Domain.Attachments;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Testing;
using Assistant.Testing.Contracts;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory.House;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Domain.Tests.Forgetting;

/// <summary>A house in memory in which people say things.</summary>
internal sealed class HouseWithPeople
{
    public static readonly TenantId Home = TenantId.Default;

    private readonly Connection _line;
    private int _said;

    public HouseWithPeople()
    {
        House = new InMemoryHouse(Clock);
        var now = Clock.GetUtcNow();
        _line = new Connection(new ConnectionId("line"), Home, "loopback", "line", AccessPolicy.Open, true, false, SettingValues.Empty, now, now);
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 28, 9, 0, 0, TimeSpan.Zero));

    public InMemoryHouse House { get; }

    public RecordedSignals Signals { get; } = new();

    public NoWorker Worker { get; } = new();

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ForgettingDesk Desk(IStepUpGuard? guard = null) => new(House, guard ?? new OpenGuard(), Signals, Signals, Worker, Clock);

    public PersonExportDesk Exports(IStepUpGuard? guard = null)
        => new(House, new PersonExport(House, House, House, House, House, House, House, Clock), guard ?? new OpenGuard(), House, Clock);

    /// <summary>Keeps a file that waits.</summary>
    public async Task KeepAsync(AttachmentId id, string mediaType, byte[] content)
    {
        IAttachmentStore store = House;
        var due = (await store.ListDueAsync(Clock.GetUtcNow(), 100, 100, Cancel)).Single(one => one.Id == id);
        var claim = await store.ClaimAsync(due, Clock.GetUtcNow().AddMinutes(1), Cancel);
        await store.KeepAsync(claim!, mediaType, content, Cancel);
    }

    public Task<(PersonId Person, ConversationId Conversation)> SayAsync(string text, string sender = "user-1", string name = "Li Wei", params Attachment[] files)
        => SayAsync(text, new ExternalChat($"chat-{sender}"), sender, name, files);

    /// <returns>Who opened the chat, and its conversation.</returns>
    public async Task<(PersonId Person, ConversationId Conversation)> SayAsync(string text, ExternalChat chat, string sender, string name, params Attachment[] files)
    {
        await House.EnsureAsync(Home, "Home", Cancel);
        await House.PutAsync(_line, Draft(AuditActions.ConnectionSaved), Cancel);
        var id = $"{++_said}";
        var message = new InboundMessage
        {
            Connection = _line.Id, DedupeKey = $"{sender}:{id}", Chat = chat, Sender = new ExternalSender(sender, name, "zh-CN"),
            ExternalMessageId = id, Content = new InboundContent.Said(text, files), SentAt = Clock.GetUtcNow(),
        };
        var stored = Assert.IsType<InboxOutcome.Stored>(await House.StoreAsync(
            _line, message, who => AccessRules.Decide(AccessPolicy.Open, who.Standing, "en", Clock.GetUtcNow()), Cancel));
        return ((await ((IConversationStore)House).FindAsync(Home, stored.Conversation, Cancel))!.Person, stored.Conversation);
    }

    /// <summary>Somebody reacts to the message with this number among all that was said.</summary>
    public Task<InboxOutcome> ReactAsync(string emoji, int said, ExternalChat chat, string sender) => House.StoreAsync(
        _line,
        new InboundMessage
        {
            Connection = _line.Id, DedupeKey = $"{sender}:{said}:{emoji}", Chat = chat, Sender = new ExternalSender(sender, ""), ExternalMessageId = $"{said}",
            Content = new InboundContent.Reacted(ReactionChange.Added, [emoji]), SentAt = Clock.GetUtcNow(),
        },
        who => AccessRules.Decide(AccessPolicy.Open, who.Standing, "en", Clock.GetUtcNow()), Cancel);

    public async Task<List<AuditEvent>> EventsAsync(string action)
    {
        var events = new List<AuditEvent>();
        await foreach (var written in House.ReadAsync(Home, 1, Cancel))
        {
            events.Add(written);
        }

        return [.. events.Where(e => e.What.Action == action)];
    }

    private AuditDraft Draft(string action) => new(Home, Clock.GetUtcNow(), Actor.System, action, "connection/line", "local", AuditDraft.NoDetails);
}
