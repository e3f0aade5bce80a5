using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Security;
using Assistant.Domain.Wording;
using Assistant.Testing.Contracts;
using Assistant.Testing.InMemory;
using Assistant.Testing.InMemory.House;
using Assistant.Testing.Messaging;
using Xunit;

namespace Assistant.Domain.Tests.Messaging.Gateway;

/// <summary>Who is let in, what they are told, and what may be acknowledged.</summary>
public sealed class MessageGatewayTests : PathContract
{
    private static readonly GatewayLimits Limits = new(MaxTextLength: 20, Burst: 3, PerSecond: 1);

    private readonly QuietLine _line = new();
    private readonly RecordingSignals _executor = new();
    private readonly HandedOver _outbox = new();
    private FragileInbox? _inbox;
    private MessageGateway? _gateway;

    private FragileInbox Inbox => _inbox ??= new FragileInbox(Ports.Inbox);

    private MessageGateway Gateway => _gateway ??= new MessageGateway(_line, Inbox, Ports.Audit, _executor, _outbox, Limits, Ports.Clock);

    [Fact]
    public async Task On_an_open_line_anyone_is_heard_and_the_conversation_is_woken()
    {
        await OpenLineAsync(AccessPolicy.Open);

        var stored = Assert.IsType<GatewayOutcome.Stored>(await SayAsync("1", "hello"));

        Assert.Equal([stored.Conversation], _executor.Woken);
        Assert.Equal([_line.Running!.Id], _line.Received);
        Assert.Equal("hello", (await BeginAsync(stored.Conversation)).Utterance.Body.Markdown);
        Assert.Empty(_outbox.Rows);
    }

    [Fact]
    public async Task Whoever_delivers_is_told_that_somebody_has_taken_over()
    {
        await OpenLineAsync(AccessPolicy.Open);
        var first = Assert.IsType<GatewayOutcome.Stored>(await SayAsync("1", "hello"));
        await TakeOverAsync(Home, first.Conversation, Anna);

        Assert.False(first.IsHeld);
        Assert.True(Assert.IsType<GatewayOutcome.Stored>(await SayAsync("2", "anybody?")).IsHeld);
    }

    [Theory]
    [InlineData(AccessPolicy.Allowlist, "access.unlisted")]
    [InlineData(AccessPolicy.Blocked, "access.closed")]
    public async Task Who_is_not_let_in_is_told_nothing_and_leaves_nothing(AccessPolicy access, string code)
    {
        await OpenLineAsync(access);

        Assert.Equal(Phrase.Of(code), Assert.IsType<GatewayOutcome.Refused>(await SayAsync("1", "secret")).Reason);

        Assert.Null(await Ports.Queries.FindByChatAsync(_line.Running!.Id, new ExternalChat("chat-1"), Cancel));
        Assert.Empty(_executor.Woken);
        Assert.Empty(_outbox.Rows);
        var recorded = Assert.Single(await RefusalsAsync()).What;
        var person = Assert.Single((await Ports.People.ListAsync(_line.Running!.Tenant, null, null, 10, Cancel)).Items).Person;
        Assert.Equal((person.Id.ToString(), "", Phrase.Of(code).ToString()), (recorded.Actor.Id, recorded.Actor.Name, recorded.Details["reason"]));
        Assert.DoesNotContain(recorded.Details.Values, v => v.Contains("secret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(AccessPolicy.Open, Standing.Blocked, typeof(GatewayOutcome.Refused))]
    [InlineData(AccessPolicy.Pairing, Standing.Blocked, typeof(GatewayOutcome.Refused))]
    [InlineData(AccessPolicy.Pairing, Standing.Approved, typeof(GatewayOutcome.Stored))]
    [InlineData(AccessPolicy.Allowlist, Standing.Approved, typeof(GatewayOutcome.Stored))]
    [InlineData(AccessPolicy.Blocked, Standing.Approved, typeof(GatewayOutcome.Refused))]
    public async Task What_an_operator_decided_about_a_person_holds_on_that_line(AccessPolicy access, Standing standing, Type outcome)
    {
        await OpenLineAsync(access);
        var person = (await Ports.Conversations.FindAsync(Home, await HearAsync(HomeLine, "0", "met on another line"), Cancel))!.Person;
        await Ports.People.SetStandingAsync(Home, person, _line.Running!.Id, standing, Draft(Home, AuditActions.StandingChanged, "x"), Cancel);

        Assert.IsType(outcome, await SayAsync("1", "hello"));
    }

    [Theory]
    [InlineData("zh-CN", "配对码")]
    [InlineData("de", "pairing code")]
    public async Task An_unknown_sender_is_told_a_pairing_code_once_and_heard_after_approval(string locale, string words)
    {
        await OpenLineAsync(AccessPolicy.Pairing);
        InboundMessage Message(string id) => Said(_line.Running!, id, "hello") with { Sender = new ExternalSender("user-1", "Li Wei", locale) };

        Assert.IsType<GatewayOutcome.PairingRequired>(await AcceptAsync(Message("1")));
        Assert.IsType<GatewayOutcome.PairingRequired>(await AcceptAsync(Message("2")));

        var request = Assert.Single(await Ports.People.ListPairingAsync(Home, Cancel));
        var told = Assert.Single(_outbox.Rows).Claimed!.Body.Markdown;
        Assert.Contains(words, told, StringComparison.Ordinal);
        Assert.Contains(request.Code, told, StringComparison.Ordinal);
        Assert.Empty(_executor.Woken);
        Assert.Empty(await RefusalsAsync());

        await Ports.People.DecidePairingAsync(Home, request.Id, Standing.Approved, null, Draft(Home, AuditActions.PairingApproved, "x"), Cancel);
        Assert.IsType<GatewayOutcome.Stored>(await AcceptAsync(Message("3")));
    }

    [Fact]
    public async Task A_flood_is_refused_until_it_slows_down_and_others_are_heard_meanwhile()
    {
        await OpenLineAsync(AccessPolicy.Open);
        for (var i = 1; i <= Limits.Burst; i++)
        {
            Assert.IsType<GatewayOutcome.Stored>(await SayAsync($"{i}", "more"));
        }

        var refused = Assert.IsType<GatewayOutcome.Refused>(await SayAsync("4", "more"));

        Assert.Equal(Phrase.Of("access.too-fast"), refused.Reason);
        Assert.IsType<GatewayOutcome.Stored>(await AcceptAsync(Said(_line.Running!, "5", "hello", "chat-2", "user-2")));
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.IsType<GatewayOutcome.Stored>(await SayAsync("6", "slower"));
        Assert.Empty(_outbox.Rows);
    }

    [Fact]
    public async Task A_flood_of_refusals_is_recorded_once_a_minute()
    {
        await OpenLineAsync(AccessPolicy.Allowlist);
        for (var i = 0; i < 50; i++)
        {
            await SayAsync($"{i}", "let me in");
        }

        Assert.Single(await RefusalsAsync());
        Ports.Clock.Advance(TimeSpan.FromMinutes(1));
        await SayAsync("again", "let me in");
        Assert.Equal(2, (await RefusalsAsync()).Count);
    }

    [Fact]
    public async Task A_text_of_the_longest_length_is_let_in_and_a_longer_one_is_not()
    {
        await OpenLineAsync(AccessPolicy.Open);

        Assert.IsType<GatewayOutcome.Stored>(await SayAsync("1", new string('a', 20)));
        var refused = Assert.IsType<GatewayOutcome.Refused>(await SayAsync("2", new string('a', 21)));

        Assert.Equal(Phrase.Of("access.too-long", ("length", "21"), ("limit", "20")), refused.Reason);
        Assert.Single(_executor.Woken);
    }

    [Fact]
    public async Task An_id_of_the_longest_length_is_let_in_and_a_longer_one_is_not()
    {
        await OpenLineAsync(AccessPolicy.Open);
        InboundMessage In(string chat) => Said(_line.Running!, "1", "hello", chat);

        Assert.IsType<GatewayOutcome.Stored>(await AcceptAsync(In(new string('c', ExternalLimits.Chat))));
        var refused = Assert.IsType<GatewayOutcome.Refused>(await AcceptAsync(In(new string('c', ExternalLimits.Chat + 1))));

        Assert.Equal(Phrase.Of("access.id-too-long", ("length", $"{ExternalLimits.Chat + 1}"), ("limit", $"{ExternalLimits.Chat}")), refused.Reason);
        Assert.Equal(refused.Reason.ToString(), Assert.Single(await RefusalsAsync()).What.Details["reason"]);
        Assert.Single(_executor.Woken);
    }

    [Fact]
    public async Task An_edit_that_grows_too_long_leaves_the_text_as_it_was()
    {
        await OpenLineAsync(AccessPolicy.Open);
        var conversation = Assert.IsType<GatewayOutcome.Stored>(await SayAsync("1", "short")).Conversation;

        Assert.IsType<GatewayOutcome.Refused>(await EditAsync("1", new string('a', 21)));

        Assert.Equal("short", (await BeginAsync(conversation)).Utterance.Body.Markdown);
    }

    [Fact]
    public async Task A_bot_is_not_heard_so_that_two_assistants_never_answer_each_other()
    {
        await OpenLineAsync(AccessPolicy.Open);

        var outcome = await AcceptAsync(Said(_line.Running!, "1", "hello") with { Sender = new ExternalSender("bot-1", "Other assistant", IsBot: true) });

        Assert.IsType<GatewayOutcome.Refused>(outcome);
        Assert.Empty(_executor.Woken);
        Assert.Equal(new Actor("sender", "unknown", ""), Assert.Single(await RefusalsAsync()).What.Actor); // nobody looked who it is
    }

    [Fact]
    public async Task An_edit_and_a_deletion_of_something_known_are_stored_and_wake_nobody()
    {
        await OpenLineAsync(AccessPolicy.Open);
        var conversation = Assert.IsType<GatewayOutcome.Stored>(await SayAsync("1", "meet at 4")).Conversation;
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.IsType<GatewayOutcome.Stored>(await EditAsync("1", "meet at 5"));
        Assert.Equal("meet at 5", (await BeginAsync(conversation)).Utterance.Body.Markdown);
        Assert.IsType<GatewayOutcome.Stored>(await AcceptAsync(Said(_line.Running!, "1", "") with { DedupeKey = "gone", Content = new InboundContent.Deleted() }));

        Assert.Null(await Ports.Turns.BeginAsync(conversation, 1, Ports.Clock.GetUtcNow(), Cancel));
        Assert.Equal([conversation], _executor.Woken);
        Assert.Equal([(conversation, "1", Ports.Clock.GetUtcNow()), (conversation, "1", Ports.Clock.GetUtcNow())], _executor.Edited);
    }

    [Fact]
    public async Task An_edit_that_overtook_its_message_is_answered_and_the_late_message_is_a_duplicate()
    {
        await OpenLineAsync(AccessPolicy.Open);

        var stored = Assert.IsType<GatewayOutcome.Stored>(await EditAsync("1", "second thought"));
        Assert.IsType<GatewayOutcome.Duplicate>(await SayAsync("1", "first thought"));

        Assert.Equal([stored.Conversation], _executor.Woken);
    }

    [Fact]
    public async Task A_message_delivered_twice_is_heard_once()
    {
        await OpenLineAsync(AccessPolicy.Open);

        Assert.IsType<GatewayOutcome.Stored>(await SayAsync("1", "hello"));
        Assert.IsType<GatewayOutcome.Duplicate>(await SayAsync("1", "hello"));

        Assert.Single(_executor.Woken);
    }

    [Fact]
    public async Task Nothing_is_acknowledged_when_the_inbox_fails_and_the_next_delivery_is_heard()
    {
        await OpenLineAsync(AccessPolicy.Open);
        Inbox.Failure = new IOException("The disk is full.");

        await Assert.ThrowsAsync<IOException>(() => SayAsync("1", "hello"));
        Assert.Empty(_executor.Woken);

        Inbox.Failure = null;
        Assert.IsType<GatewayOutcome.Stored>(await SayAsync("1", "hello"));
    }

    [Fact]
    public async Task Nothing_is_acknowledged_for_a_connection_that_is_not_running()
    {
        var line = await OpenLineAsync(AccessPolicy.Open);
        _line.Running = null;

        await Assert.ThrowsAsync<ConnectionGoneException>(() => AcceptAsync(Said(line, "1", "hello")));

        Assert.Null(await Ports.Queries.FindByChatAsync(line.Id, new ExternalChat("chat-1"), Cancel));
    }

    [Fact]
    public async Task Nobody_is_woken_before_the_message_is_stored()
    {
        await OpenLineAsync(AccessPolicy.Open);
        Inbox.Gate = new TaskCompletionSource();

        var accepting = SayAsync("1", "hello");
        Assert.False(accepting.IsCompleted);
        Assert.Empty(_executor.Woken);
        Inbox.Gate.SetResult();

        Assert.IsType<GatewayOutcome.Stored>(await accepting);
        Assert.Single(_executor.Woken);
    }

    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();

    private async Task<Connection> OpenLineAsync(AccessPolicy access) => _line.Running = await ConnectAsync(Home, "door", access);

    private Task<GatewayOutcome> AcceptAsync(InboundMessage message) => Gateway.AcceptAsync(message, Cancel);

    private Task<GatewayOutcome> SayAsync(string id, string text) => AcceptAsync(Said(_line.Running!, id, text));

    private Task<GatewayOutcome> EditAsync(string id, string text)
        => AcceptAsync(Said(_line.Running!, id, "") with { DedupeKey = $"edit:{id}", Content = new InboundContent.Edited(text) });

    private async Task<List<AuditEvent>> RefusalsAsync() => [.. (await AuditOfAsync(Home)).Where(e => e.What.Action == AuditActions.MessageRefused)];

    /// <summary>An inbox that fails or takes its time when told to.</summary>
    private sealed class FragileInbox(IInbox inner) : IInbox
    {
        public Exception? Failure { get; set; }

        public TaskCompletionSource? Gate { get; set; }

        public async Task<InboxOutcome> StoreAsync(
            Connection connection, InboundMessage message, Func<SenderStanding, Admission> admit, CancellationToken cancellationToken)
        {
            await (Gate?.Task ?? Task.CompletedTask);
            return Failure is { } failure ? throw failure : await inner.StoreAsync(connection, message, admit, cancellationToken);
        }

        public Task RetryLaterAsync(InboxEntry entry, Phrase reason, DateTimeOffset retryAt, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task DeadLetterAsync(InboxEntry entry, Phrase reason, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ConversationId?> ReviveAsync(TenantId tenant, Guid entryId, AuditDraft audit, CancellationToken cancellationToken)
            => throw new NotSupportedException();

        public Task<IReadOnlyList<ConversationId>> FindDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
            => throw new NotSupportedException();

        public Task<int> EndWaitsAsync(DateTimeOffset now, TimeSpan longest, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
