using Assistant.Domain.Attachments;
using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Audit.Tree;
using Assistant.Domain.Conversations;
using Assistant.Domain.Idempotency;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Observability;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Web.Tests.Console;

/// <summary>Conversations of one stage that tests look at.</summary>
/// <param name="Docker">The one the stage is about.</param>
/// <param name="Archive">A long one, the number of each message in its words.</param>
internal sealed record StagedConversations(ConversationId Docker, ConversationId Archive);

/// <summary>A morning at the desk: the operators' rooms with people in them, over fakes.</summary>
internal static class DeskStage
{
    private static readonly TenantId Tenant = TenantId.Default;
    private static readonly ConnectionId Telegram = new("tg");
    private static readonly ConnectionId Web = new("site");

    public static void Add(IServiceCollection services)
    {
        var clock = TimeProvider.System;
        var audit = new InMemoryAuditLog();
        var conversations = new InMemoryConversations(clock, audit);
        var people = new InMemoryPeople(clock, audit);
        var deadLetters = new InMemoryDeadLetters(audit);
        services.AddSingleton(Fill(conversations, people, deadLetters, audit, clock.GetUtcNow()));
        var connections = new InMemoryConnections(audit);
        Connect(connections, Telegram, "telegram", "Telegram", clock.GetUtcNow());
        Connect(connections, Web, "webchat", "Web site", clock.GetUtcNow());
        services.AddSingleton<IConnectionStore>(connections);
        services.AddSingleton(conversations).AddSingleton<IConversationStore>(conversations).AddSingleton<IConversationQueries>(conversations);
        services.AddSingleton<IPeopleStore>(people).AddSingleton<IRecall>(people);
        services.AddSingleton<IAuditLog>(audit);
        services.AddSingleton<IAuditTreeStore, InMemoryAuditTreeStore>().AddSingleton<AuditTree>().AddSingleton<ICheckpointStore, InMemoryCheckpointStore>();
        services.AddSingleton<ICheckpointSigner, FakeCheckpointSigner>().AddSingleton<AuditAlarm>().AddSingleton<CheckpointDesk>();
        services.AddSingleton<IDeadLetterQueries>(deadLetters).AddSingleton<IInbox>(deadLetters).AddSingleton<IOutbox>(deadLetters);
        services.AddSingleton<IIdempotencyStore>(new FakeIdempotency(clock));
        services.AddSingleton<RecordingSignals>();
        services.AddSingleton<IConversationExecutor>(provider => provider.GetRequiredService<RecordingSignals>());
        services.AddSingleton<IOutboxSignal>(provider => provider.GetRequiredService<RecordingSignals>());
        services.AddSingleton(AttachmentLimits.Default).AddSingleton<IFileAddresses>(FakeFileAddresses.None).AddSingleton<ConversationDesk>().AddSingleton<PairingDesk>().AddSingleton<DeadLetterDesk>();
    }

    /// <summary>The numbers of the archive's messages end here.</summary>
    public const int ArchiveLength = 701;

    private static StagedConversations Fill(
        InMemoryConversations conversations, InMemoryPeople people, InMemoryDeadLetters deadLetters, InMemoryAuditLog audit, DateTimeOffset now)
    {
        var liWei = people.Add(Tenant, "Li Wei", Telegram, Standing.Approved, "telegram", "zh-hans");
        people.Add(Tenant, "Anna Schmidt", Web, Standing.Approved, "webchat", "de");
        people.Add(Tenant, "王芳", Telegram, Standing.Blocked, "telegram", "zh-hans");
        people.Add(Tenant, "Tomás García", Telegram, Standing.Unknown, "telegram", "es");
        people.Ask(Tenant, "陈晨", Telegram, "K7QM2XPA", TimeSpan.FromMinutes(52));
        people.Ask(Tenant, "Robert O'Neil", Telegram, "W3HD9RTC", TimeSpan.FromMinutes(17));

        var docker = conversations.Add(Tenant, "Li Wei", Telegram, "telegram", liWei, now.AddDays(-83));
        var yesterday = now.AddDays(-1).AddHours(-2);
        conversations.Say(docker, AuthorKind.Person, "Li Wei", "Good evening! Remember that my test server is **pine** in rack 4.", yesterday);
        conversations.Say(docker, AuthorKind.Assistant, "Assistant", "I will remember: your test server is pine in rack 4.", yesterday.AddSeconds(2), DeliveryState.Sent);
        var morning = now.AddMinutes(-14);
        conversations.Say(docker, AuthorKind.Person, "Li Wei", "Docker does not start on pine since the update.", morning);
        conversations.Say(
            docker, AuthorKind.Person, "Li Wei", "It says:\n\n```\nError: listen tcp 0.0.0.0:8080: bind: address already in use\n```", morning.AddSeconds(20),
            attachments: [new Attachment("image", "x", "screenshot.png", "image/png", 184_320)]);
        conversations.Say(
            docker, AuthorKind.Assistant, "Assistant",
            "Another program already listens on port 8080. Find it, then stop it or move Docker:\n\n1. `ss -ltnp | grep 8080` names the program\n2. `systemctl stop …` stops it\n3. or map another port with `-p 8081:8080`\n\nYou asked about the same port on 1 January; then it was *nginx*. See [the manual](https://docs.docker.com/network/).",
            morning.AddSeconds(24), DeliveryState.Sent);
        conversations.Say(docker, AuthorKind.Person, "Li Wei", "It is nginx again, and I may not stop it. 可以帮我联系管理员吗？", now.AddMinutes(-4));
        conversations.Say(docker, AuthorKind.Operator, "Anna", "He is on the infra team; **Tom** decides about nginx on pine.", now.AddMinutes(-3), isNote: true);
        conversations.Say(docker, AuthorKind.Assistant, "Assistant", "I have asked a person to join. Meanwhile you could start Docker on port 8081.", now.AddMinutes(-2), DeliveryState.Stored);
        conversations.Change(docker, conversation => conversation with { WaitingSince = now.AddMinutes(-4) });
        people.Remember(new Fact(Guid.CreateVersion7(), Tenant, liWei, "my test server is pine in rack 4", yesterday, docker, 1));
        people.Remember(new Fact(Guid.CreateVersion7(), Tenant, liWei, "周五下午不要打电话", now.AddDays(-20), docker, 1));

        Talk(conversations, "Anna Schmidt", Web, "webchat", now.AddMinutes(-6), "Where do I find last month's invoice?", "Under **Billing → Documents**. Shall I send it to you?", "✓ thanks!");
        Talk(conversations, "王芳", Telegram, "telegram", now.AddMinutes(-25), "请问周末有人值班吗？", "周末由自动助手值班，紧急情况请写“人工”。", "好的，谢谢");
        var held = Talk(conversations, "Tomás García", Telegram, "telegram", now.AddMinutes(-48), "¿Puedo cambiar la dirección de entrega?");
        conversations.Change(held, conversation => conversation with { Operator = new UserRef(new UserId(Guid.CreateVersion7()), "Anna") });
        var failed = Talk(conversations, "Robert O'Neil", Telegram, "telegram", now.AddHours(-3), "Is the shop open on Monday?");
        conversations.Say(failed, AuthorKind.Assistant, "Assistant", "Yes, from nine to six.", now.AddHours(-3).AddSeconds(3), DeliveryState.Failed);
        conversations.Say(failed, AuthorKind.Assistant, "Assistant", "And on Tuesday as well.", now.AddHours(-3).AddSeconds(9), DeliveryState.Uncertain);
        for (var i = 0; i < 60; i++)
        {
            Talk(conversations, $"Visitor {i + 1}", Web, "webchat", now.AddHours(-4 - i), "Hello, is anybody there?", "Hello! I am the assistant. How can I help?");
        }

        var archive = Talk(conversations, "Long thread", Web, "webchat", now.AddDays(-9), "Let us begin.");
        for (var i = 0; i < ArchiveLength - 1; i++)
        {
            var author = i % 2 == 0 ? AuthorKind.Assistant : AuthorKind.Person;
            conversations.Say(archive, author, i % 2 == 0 ? "Assistant" : "Long thread", $"Message {i + 2} of a long afternoon.", now.AddDays(-9).AddMinutes(i));
        }

        deadLetters.Add(Tenant, new DeadLetter(
            Guid.CreateVersion7(), false, failed, Telegram, "Robert O'Neil", "Yes, from nine to six.", Phrase.Of("telegram.blocked"), 5, now.AddHours(-3), now.AddHours(-2)));
        deadLetters.Add(Tenant, new DeadLetter(
            Guid.CreateVersion7(), true, held, Telegram, "Tomás García", "¿Puedo cambiar la dirección de entrega?", Phrase.Of("engine.no-first-token", ("seconds", "60")), 8, now.AddMinutes(-48), now.AddMinutes(-12)));
        Write(audit, docker, liWei, now);
        return new StagedConversations(docker, archive);
    }

    private static void Connect(InMemoryConnections connections, ConnectionId id, string type, string name, DateTimeOffset now) => connections.Put(
        new Connection(id, Tenant, type, name, AccessPolicy.Pairing, IsEnabled: true, IsProvisioned: false, SettingValues.Empty, now, now));

    private static ConversationId Talk(InMemoryConversations conversations, string name, ConnectionId connection, string channel, DateTimeOffset at, params string[] texts)
    {
        var id = conversations.Add(Tenant, name, connection, channel, at: at);
        for (var i = 0; i < texts.Length; i++)
        {
            var isPerson = i % 2 == 0;
            conversations.Say(
                id, isPerson ? AuthorKind.Person : AuthorKind.Assistant, isPerson ? name : "Assistant", texts[i], at.AddSeconds(i * 4),
                isPerson ? DeliveryState.None : DeliveryState.Sent);
        }

        return id;
    }

    private static void Write(InMemoryAuditLog audit, ConversationId docker, PersonId liWei, DateTimeOffset now)
    {
        var person = new Actor("person", liWei.ToString(), "Li Wei");
        var assistant = new Actor("assistant", "assistant", "Assistant");
        var anna = new Actor("user", Guid.CreateVersion7().ToString(), "anna@example.org");
        var subject = $"conversation/{docker}";
        for (var i = 0; i < 40; i++)
        {
            var at = now.AddMinutes(-200 + (i * 4));
            Note(person, AuditActions.MessageReceived, subject, "tg", at);
            Note(assistant, AuditActions.TurnCompleted, subject, "tg", at.AddSeconds(2), ("engine", "local"), ("model", "qwen3"), ("inputTokens", "812"), ("outputTokens", "96"));
            Note(assistant, AuditActions.MessageSent, subject, "tg", at.AddSeconds(3));
        }

        Note(anna, AuditActions.SignInFailed, "user/anna@example.org", "10.0.4.17", now.AddMinutes(-31));
        Note(anna, AuditActions.SignedIn, "user/anna@example.org", "10.0.4.17", now.AddMinutes(-30));
        Note(anna, AuditActions.ConversationTakenOver, subject, "10.0.4.17", now.AddMinutes(-22));
        Note(anna, AuditActions.NoteAdded, subject, "10.0.4.17", now.AddMinutes(-3));

        void Note(Actor actor, string action, string on, string origin, DateTimeOffset at, params (string Key, string Value)[] details) =>
            audit.Append(new AuditDraft(Tenant, at, actor, action, on, origin, details.ToDictionary(pair => pair.Key, pair => pair.Value)));
    }
}
