using Assistant.Domain.Attachments;
using Assistant.Domain.Conversations;
using Assistant.Domain.Idempotency;
using Assistant.Domain.Messaging;
using Assistant.Domain.Observability;
using Assistant.Domain.People;
using Assistant.Domain.People.Reach;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Assistant.Testing.InMemory.House;
using Assistant.Web.Components.Live;
using Assistant.Web.Components.Pages.Conversations;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Assistant.Web.Tests.Components.Pages;

/// <summary>An installation in memory: two tenants, one Telegram connection, an operator and a colleague.</summary>
internal sealed class DeskFixture
{
    public static readonly TenantId Acme = new("acme");
    public static readonly TenantId Other = new("other");
    public static readonly ConnectionId Telegram = new("tg");
    public static readonly ConnectionId Web = new("web");

    private static readonly ChannelManifest Manifest = new(
        "telegram", "Telegram", "M0 0h24v24H0z", null, ChannelCapabilities.OutboundAttachments, new TextLimit(4096), [])
    { LargestFile = 1_000 };

    public DeskFixture()
    {
        Conversations = new InMemoryConversations(Clock, Audit);
        People = new InMemoryPeople(Clock, Audit);
        Connections = new InMemoryConnections(Audit);
        DeadLetters = new InMemoryDeadLetters(Audit);
        Answers = new FakeIdempotency(Clock);
        Me = Operator("Mira", Acme);
        Anna = Operator("Anna", Acme);
        Connections.Put(new Connection(
            Telegram, Acme, "telegram", "Telegram", AccessPolicy.Open, IsEnabled: true, IsProvisioned: false, SettingValues.Empty, Clock.GetUtcNow(), Clock.GetUtcNow()));
        Desk = DeskOver(Conversations);
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 24, 9, 0, 0, TimeSpan.Zero));

    public InMemoryAuditLog Audit { get; } = new();

    public InMemoryLiveFeed Feed { get; } = new();

    public RecordingSignals Signals { get; } = new();

    public InMemoryConversations Conversations { get; }

    public InMemoryPeople People { get; }

    public InMemoryConnections Connections { get; }

    public InMemoryDeadLetters DeadLetters { get; }

    public IIdempotencyStore Answers { get; init; }

    public ConversationDesk Desk { get; }

    public Caller Me { get; }

    public Caller Anna { get; }

    public PairingDesk Pairing => PairingOver(People);

    public DeadLetterDesk DeadLetterDesk => DeadLettersOver(DeadLetters);

    public ConversationDesk DeskOver(IConversationStore store) => new(
        store, Conversations, Connections, new DescribedChannels(Manifest), Signals, Signals, Feed, AttachmentLimits.Default, FakeFileAddresses.None, Clock);

    public PairingDesk PairingOver(IPeopleStore store) => new(store, Signals, Signals, Feed, Clock);

    public DeadLetterDesk DeadLettersOver(IDeadLetterQueries queries) => new(queries, DeadLetters, DeadLetters, Signals, Signals, Feed, Clock);

    public ConversationListModel List() => new(Conversations, Me);

    public ThreadModel Thread(IConversationQueries? queries = null) => new(queries ?? Conversations, Me, Clock);

    /// <param name="queries">In place of <see cref="Conversations"/>, as is <paramref name="store"/>: ones that are slow, say.</param>
    public ConversationsPageModel Room(
        Caller? caller = null, IConversationQueries? queries = null, IConversationStore? store = null, ConversationDesk? desk = null)
    {
        var me = caller ?? Me;
        return new ConversationsPageModel(
            new ConversationListModel(queries ?? Conversations, me), new ThreadModel(queries ?? Conversations, me, Clock),
            new ContextModel(store ?? Conversations, Pairing, People, me), Reach(me, store ?? Conversations), desk ?? Desk,
            new SentOnce(Answers, me, Clock), me, Clock, NullLogger<ConversationsPageModel>.Instance);
    }

    private ReachModel Reach(Caller me, IConversationStore store)
    {
        var house = new InMemoryHouse(Clock);
        var reach = new ReachDesk(house, house, store, new DescribedChannels(Manifest), Signals, Feed, Clock);
        return new ReachModel(reach, new ContinuationDesk(reach, Desk, store, Clock), store, me);
    }

    public static Caller Operator(string name, TenantId tenant, string role = Roles.Operator) =>
        new(new Actor("user", Guid.CreateVersion7().ToString(), name), tenant, Roles.PermissionsOf(role), "local");

    public static LiveBatch Batch(params LiveEvent[] events) => new(events, Lost: 0);

    public static LiveEvent Changed(Message message) => new LiveEvent.MessageChanged(Acme, message);
}
