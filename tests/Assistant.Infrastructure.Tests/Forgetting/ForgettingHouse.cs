using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Security.Sealing;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing;
using Assistant.Testing.Contracts;
using Xunit;

namespace Assistant.Infrastructure.Tests.Forgetting;

/// <summary>A house of either kind in which people say things, with everything that forgets them.</summary>
internal sealed class ForgettingHouse(TestHouse house) : IAsyncDisposable
{
    public static readonly TenantId Home = TenantId.Default;
    public static readonly Caller Machine = UserDesk.LocalCaller(Home);

    private Connection _line = null!;

    public TestHouse House => house;

    /// <summary>Nobody else writes here, so it does not wait between batches.</summary>
    public ErasureRunner Runner
        => new(house.Get<IErasureStore>(), house.Get<IAuditLog>(), house.Get<ICheckpointSigner>(), house.Get<IStorageRest>(), house.Clock) { Pause = TimeSpan.Zero };

    private PathPorts Ports => house.Ports;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<ForgettingHouse> OpenAsync(bool onPostgres)
    {
        var house = new ForgettingHouse(onPostgres ? await TestHouse.OnPostgresAsync() : await TestHouse.OnSqliteAsync());
        await house.House.Get<InstallationKey>().LoadAsync(Cancel);
        await house.Ports.Tenants.EnsureAsync(Home, "Home", Cancel);
        var now = house.House.Clock.GetUtcNow();
        house._line = new Connection(new ConnectionId("line"), Home, "loopback", "line", AccessPolicy.Open, true, false, SettingValues.Empty, now, now);
        await house.Ports.Connections.PutAsync(house._line, Draft(now, AuditActions.ConnectionSaved), Cancel);
        return house;
    }

    /// <summary>Somebody who says each word in a message of its own, has one of them remembered, and is written a note about.</summary>
    public async Task<(PersonId Person, ConversationId Conversation)> LiveAsync(string sender, params string[] words)
    {
        ConversationId conversation = default;
        PersonId person = default;
        foreach (var (word, at) in words.Select((word, at) => (word, at)))
        {
            var message = new InboundMessage
            {
                Connection = _line.Id, DedupeKey = $"{sender}:{at}", Chat = new ExternalChat($"chat-{sender}"), Sender = new ExternalSender(sender, $"Name {sender}"),
                ExternalMessageId = $"{at}", Content = new InboundContent.Said($"listen: {word}"), SentAt = house.Clock.GetUtcNow(),
            };
            conversation = Assert.IsType<Domain.Messaging.Inbox.InboxOutcome.Stored>(await Ports.Inbox.StoreAsync(
                _line, message, who => AccessRules.Decide(AccessPolicy.Open, who.Standing, "en", house.Clock.GetUtcNow()), Cancel)).Conversation;
            var start = (await Ports.Turns.BeginAsync(conversation, 20, house.Clock.GetUtcNow(), Cancel))!;
            person = start.Person.Id;
            var body = new MessageBody($"you said {word}");
            var facts = at == 0 ? new[] { new Fact(Guid.CreateVersion7(), Home, person, $"{word} matters", house.Clock.GetUtcNow(), conversation, 1) } : [];
            await Ports.Turns.CommitAsync(
                new TurnCommit(
                    Guid.CreateVersion7(), start.Conversation, start.Entry, start.Conversation.Version, start.Utterance.EditedAt, TurnResult.Answered, body, [body], null, facts,
                    false, null, house.Clock.GetUtcNow()),
                Cancel);
        }

        var anna = new UserRef(new UserId(Guid.CreateVersion7()), "Anna");
        await Ports.Conversations.AddNoteAsync(Home, conversation, anna, $"about {words[0]}", Draft(house.Clock.GetUtcNow(), AuditActions.NoteAdded), Cancel);
        await Ports.ProjectAsync(Cancel);
        return (person, conversation);
    }

    /// <summary>Agrees to the preview as it is and brings it to its end.</summary>
    public async Task<(ErasurePreview Preview, Erasure Erasure)> ForgetAsync(ErasureScope scope)
    {
        var desk = house.Get<ForgettingDesk>();
        var preview = (await desk.PreviewAsync(Machine, scope, Cancel))!;
        var begun = Assert.IsType<ForgetOutcome.Begun>(await desk.ForgetAsync(Machine, scope, preview.Digest, Cancel));
        return (preview, (await Runner.RunAsync(Home, begun.Erasure.Id, Cancel))!);
    }

    public ValueTask DisposeAsync() => house.DisposeAsync();

    private static AuditDraft Draft(DateTimeOffset now, string action) => new(Home, now, Actor.System, action, "tenant/default", "local", AuditDraft.NoDetails);
}
