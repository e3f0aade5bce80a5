using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Observability;
using Assistant.Domain.Security;
using Assistant.Testing.Contracts;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Assistant.Testing.InMemory.House;
using Assistant.Testing.Messaging;
using Xunit;

namespace Assistant.Domain.Tests.Messaging;

public sealed class DeadLetterDeskTests : PathContract
{
    private static readonly Caller Ann = Callers.Of(Roles.Operator, "Ann");

    private readonly RecordingSignals _executor = new();
    private readonly HandedOver _outbox = new();
    private readonly InMemoryLiveFeed _live = new();
    private DeadLetterDesk? _desk;

    private DeadLetterDesk Desk => _desk ??= new DeadLetterDesk(
        Ports.DeadLetters, Ports.Inbox, Ports.Outbox, _executor, _outbox, _live, Ports.Clock);

    [Fact]
    public async Task A_message_whose_turn_kept_failing_is_put_back_and_answered_again()
    {
        var (conversation, letter) = await DeadInboundAsync();

        Assert.True(await Desk.ResendAsync(Ann, letter.Id, Cancel));

        Assert.Equal([conversation], _executor.Woken);
        Assert.Empty(_outbox.Rows);
        Assert.Equal(("hello", 0), await BeginAsync(conversation) is var start ? (start.Utterance.Body.Markdown, start.Entry.Attempts) : default);
        await WasRevivedAsync(letter, "inbound");
    }

    [Fact]
    public async Task A_reply_the_messenger_would_not_take_is_put_back_and_sent_again()
    {
        var (conversation, letter) = await DeadOutboundAsync();

        Assert.True(await Desk.ResendAsync(Ann, letter.Id, Cancel));

        Assert.Equal([(conversation, null)], _outbox.Rows);
        Assert.Empty(_executor.Woken);
        var claimed = await Ports.Outbox.ClaimNextAsync(conversation, Ports.Clock.GetUtcNow(), Cancel);
        Assert.Equal(("hi", 1), (claimed!.Body.Markdown, claimed.Attempts));
        await WasRevivedAsync(letter, "outbound");
    }

    [Fact]
    public async Task A_letter_is_put_back_once()
    {
        var (_, letter) = await DeadOutboundAsync();
        await Desk.ResendAsync(Ann, letter.Id, Cancel);

        Assert.False(await Desk.ResendAsync(Ann, letter.Id, Cancel));

        Assert.Single(_outbox.Rows);
        Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.MessageRevived);
    }

    [Fact]
    public async Task What_does_not_exist_is_not_put_back()
    {
        Assert.False(await Desk.ResendAsync(Ann, Guid.CreateVersion7(), Cancel));

        Assert.Empty(_live.Published);
        Assert.DoesNotContain(await AuditOfAsync(Home), e => e.What.Action == AuditActions.MessageRevived);
    }

    [Fact]
    public async Task Both_kinds_are_listed_newest_first_and_counted()
    {
        var (_, inbound) = await DeadInboundAsync();
        Ports.Clock.Advance(TimeSpan.FromMinutes(1));
        var (_, outbound) = await DeadOutboundAsync();

        Assert.Equal([outbound.Id, inbound.Id], (await Desk.ListAsync(Ann, null, 10, Cancel)).Items.Select(l => l.Id));
        Assert.Equal(2, await Desk.CountAsync(Ann, Cancel));
        Assert.Equal(("boom", true), (inbound.Reason, inbound.IsInbound));
        Assert.Equal(("The chat is gone.", false), (outbound.Reason, outbound.IsInbound));
    }

    [Fact]
    public async Task Another_tenant_sees_and_puts_back_nothing()
    {
        var (_, inbound) = await DeadInboundAsync();
        var (_, outbound) = await DeadOutboundAsync();
        var stranger = Callers.Of(Roles.Admin, tenant: Office.Value);

        Assert.Empty((await Desk.ListAsync(stranger, null, 10, Cancel)).Items);
        Assert.Equal(0, await Desk.CountAsync(stranger, Cancel));
        Assert.False(await Desk.ResendAsync(stranger, inbound.Id, Cancel));
        Assert.False(await Desk.ResendAsync(stranger, outbound.Id, Cancel));

        Assert.Equal(2, await Desk.CountAsync(Ann, Cancel));
        Assert.Empty(_live.Published);
    }

    [Fact]
    public async Task A_viewer_may_look_but_put_nothing_back()
    {
        var (_, letter) = await DeadInboundAsync();
        var viewer = Callers.Of(Roles.Viewer);

        Assert.Equal(1, await Desk.CountAsync(viewer, Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => Desk.ResendAsync(viewer, letter.Id, Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => Desk.ListAsync(Callers.Of("nobody"), null, 10, Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => Desk.CountAsync(Callers.Of("nobody"), Cancel));

        Assert.Equal(1, await Desk.CountAsync(viewer, Cancel));
    }

    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();

    private async Task<(ConversationId Conversation, DeadLetter Letter)> DeadInboundAsync()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await Ports.Inbox.DeadLetterAsync((await BeginAsync(conversation)).Entry, "boom", Cancel);
        return (conversation, Assert.Single((await Desk.ListAsync(Ann, null, 10, Cancel)).Items, l => l.IsInbound));
    }

    private async Task<(ConversationId Conversation, DeadLetter Letter)> DeadOutboundAsync()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello", "chat-2", "user-2");
        OutboxEntry? claimed = await AnswerAsync(conversation, "hi");
        await Ports.Outbox.DeadLetterAsync(claimed!, "The chat is gone.", Cancel);
        return (conversation, Assert.Single((await Desk.ListAsync(Ann, null, 10, Cancel)).Items, l => !l.IsInbound));
    }

    private async Task WasRevivedAsync(DeadLetter letter, string direction)
    {
        Assert.Equal([new LiveEvent.DeadLettersChanged(Home), new LiveEvent.ConversationChanged(Home, letter.Conversation)], _live.Published);
        Assert.Equal(0, await Desk.CountAsync(Ann, Cancel));
        var recorded = Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.MessageRevived).What;
        Assert.Equal(("Ann", direction, $"deadletter/{letter.Id}"), (recorded.Actor.Name, recorded.Details["direction"], recorded.Subject));
    }
}
