using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Outbox;
using Assistant.Infrastructure.Tests.Conversations;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing.Contracts;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory.House;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Outbox;

public sealed class OutboxWorkerTests : PathContract
{
    private const int MaxAttempts = 3;

    private readonly ScriptedSession _session = new();
    private readonly RandomSteps _steps = new(1);
    private ConnectionPauses? _pauses;
    private OutboxWorker? _worker;

    private ConnectionPauses Pauses => _pauses ??= Unwatched.Pauses(Ports.Clock);

    private OutboxWorker Worker => _worker ??= NewWorker(new OutboxOptions { MaxAttempts = MaxAttempts });

    private OutboxWorker NewWorker(OutboxOptions options, IOutbox? outbox = null)
        => new(
            outbox ?? Ports.Outbox, _session, Ports.Connections, Pauses, new FileParts(Ports.Attachments, FakeFileAddresses.None), Options.Create(options), Ports.Clock, NullLogger<OutboxWorker>.Instance);

    [Fact]
    public async Task A_settle_that_comes_late_does_not_undo_a_later_one()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await TakeOverAsync(Home, conversation, Anna);
        await Ports.Conversations.HandBackAsync(Home, conversation, Anna, Draft(Home, "x", "x"), Cancel);
        var claimed = await AnswerAsync(conversation, "between two operators");
        var taken = Assert.IsType<ControlOutcome.Changed>(await TakeOverAsync(Home, conversation, Bo)).Conversation;

        await Worker.SettleAsync(conversation, taken.Version, Cancel);
        await Worker.SettleAsync(conversation, taken.Version - 2, Cancel);
        Send(conversation, claimed);

        Assert.Empty(_session.Sent);
        Assert.Equal(claimed!.Id, Assert.Single(await Ports.Queries.ListHeldAsync(Home, conversation, Cancel)).EntryId);
    }

    [Fact]
    public async Task Parts_leave_in_order_and_are_marked_sent()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");

        Send(conversation, await AnswerAsync(conversation, "one", "two", "three"));

        Assert.Equal(["one", "two", "three"], _session.Sent.Select(m => m.Body.Markdown));
        Assert.Equal([HomeLine.Id, HomeLine.Id, HomeLine.Id], _session.Noted);
        Assert.Equal(DeliveryState.Sent, (await ThreadAsync(Home, conversation))[^1].Delivery);
    }

    [Fact]
    public async Task The_files_of_a_reply_leave_after_its_words_each_by_itself_and_one_that_was_refused_goes_again_alone()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await TakeOverAsync(Home, conversation, Anna);
        var attempts = 0;
        _session.Answers = message => message.Body.Markdown.Length == 0 && ++attempts == 1 ? new SendOutcome.RetryAfter(TimeSpan.FromSeconds(1), new Phrase.Verbatim("busy")) : null;

        var accepted = await ReplyWithFilesAsync(conversation, "Here:", ("a.txt", "one"u8.ToArray()), ("b.txt", "two"u8.ToArray()));
        Send(conversation, accepted.Claimed);
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        Send(conversation, await Ports.Outbox.ClaimNextAsync(conversation, Ports.Clock.GetUtcNow(), Cancel));

        Assert.Equal(["Here:", "", "", ""], _session.Sent.Select(message => message.Body.Markdown));
        Assert.Equal(["a.txt one", "b.txt two"], _session.Files.Select(file => $"{file.Name} {System.Text.Encoding.UTF8.GetString(file.Content)}"));
        Assert.Equal(DeliveryState.Sent, (await ThreadAsync(Home, conversation))[^1].Delivery);
    }

    [Fact]
    public async Task A_file_that_is_not_kept_any_more_is_a_dead_letter_that_says_so_and_names_it()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await TakeOverAsync(Home, conversation, Anna);
        var accepted = await ReplyWithFilesAsync(conversation, "", ("a.txt", "one"u8.ToArray()));
        var claimed = accepted.Claimed! with { Body = new MessageBody("a.txt") { File = 2 } };

        Send(conversation, claimed);

        Assert.Empty(_session.Files);
        var letter = Assert.Single((await Ports.DeadLetters.ListAsync(Home, null, 10, Cancel)).Items);
        Assert.Equal((Phrase.Of("send.file-gone"), "a.txt"), (letter.Reason, letter.Preview));
    }

    [Fact]
    public async Task A_refused_send_waits_longer_each_time_and_then_becomes_a_dead_letter()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var claimed = await AnswerAsync(conversation, "hi");
        _session.Answers = _ => new SendOutcome.RetryAfter(null, new Phrase.Verbatim("busy"));

        Send(conversation, claimed);
        Send(conversation);
        Assert.Single(_session.Sent);
        Assert.Empty(_session.Noted);
        for (var i = 0; i < 5; i++)
        {
            Ports.Clock.Advance(TimeSpan.FromMinutes(1));
            Send(conversation);
        }

        Assert.Equal([1, 2, 3], _session.Sent.Select(m => m.Attempt));
        Assert.Equal(new Phrase.Verbatim("busy"), Assert.Single((await Ports.DeadLetters.ListAsync(Home, null, 10, Cancel)).Items).Reason);
    }

    [Fact]
    public async Task A_pause_the_messenger_asks_for_is_obeyed_however_often_it_asks()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var claimed = await AnswerAsync(conversation, "hi");
        var asks = 2 * MaxAttempts;
        _session.Answers = _ => asks-- > 0 ? new SendOutcome.RetryAfter(TimeSpan.FromSeconds(7), new Phrase.Verbatim("flood")) : null;

        Send(conversation, claimed);
        Ports.Clock.Advance(TimeSpan.FromSeconds(6));
        Send(conversation);
        Assert.Single(_session.Sent);
        for (var i = 0; i < 2 * MaxAttempts; i++)
        {
            Ports.Clock.Advance(TimeSpan.FromSeconds(7));
            Send(conversation);
        }

        Assert.Equal(DeliveryState.Sent, (await ThreadAsync(Home, conversation))[^1].Delivery);
    }

    [Theory]
    [InlineData(PauseScope.Connection, 1)]
    [InlineData(PauseScope.Chat, 2)]
    public async Task A_pause_reaches_as_far_as_the_messenger_says(PauseScope scope, int sends)
    {
        var first = await HearAsync(HomeLine, "1", "hello");
        var second = await HearAsync(HomeLine, "1", "hello", "chat-2", "user-2");
        var (one, two) = (await AnswerAsync(first, "to one"), await AnswerAsync(second, "to two"));
        _session.Answers = m => m.Body.Markdown == "to one" ? new SendOutcome.RetryAfter(TimeSpan.FromSeconds(30), new Phrase.Verbatim("flood"), scope) : null;

        Send(first, one);
        Send(second, two);
        Assert.Equal(sends, _session.Sent.Count);
        var shown = scope == PauseScope.Connection ? new ConnectionPause(Ports.Clock.GetUtcNow(), TimeSpan.FromSeconds(30), new Phrase.Verbatim("flood")) : null;
        Assert.Equal(shown, Pauses.Find(HomeLine.Id));
        Ports.Clock.Advance(TimeSpan.FromSeconds(31));
        Send(second);

        Assert.Equal(DeliveryState.Sent, (await ThreadAsync(Home, second))[^1].Delivery);
    }

    [Fact]
    public async Task A_connection_that_hangs_takes_no_place_of_another_and_none_beyond_its_own()
    {
        var (one, two, other) = (await HearAsync(HomeLine, "1", "hello"), await HearAsync(HomeLine, "1", "hello", "chat-2", "user-2"), await HearAsync(OfficeLine, "1", "hello"));
        var (first, second, elsewhere) = (await AnswerAsync(one, "never answered"), await AnswerAsync(two, "waits"), await AnswerAsync(other, "passes"));
        _session.Hangs = message => message.Connection == HomeLine.Id;
        _worker = NewWorker(new OutboxOptions { MaxConcurrentSends = 1 });

        Step(() => Worker.Committed(one, first), () => _session.Sent.Count == 1);
        Step(() => Worker.Committed(two, second), () => true);
        Step(() => Worker.Committed(other, elsewhere), () => _session.Sent.Count == 2);

        Assert.Equal(["never answered", "passes"], _session.Sent.Select(message => message.Body.Markdown));
        _session.Hangs = _ => false;
        Step(() => Ports.Clock.Advance(TimeSpan.FromSeconds(31)), () => Worker.Active == 0);
        Assert.Equal(DeliveryState.Sent, (await ThreadAsync(Home, two))[^1].Delivery);
    }

    [Fact]
    public async Task A_send_that_was_shown_before_a_crash_is_found_and_not_repeated()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await AnswerAsync(conversation, "hi");
        await Ports.Outbox.RecoverInterruptedAsync(Cancel);
        _session.Shown = "seen-1";

        Send(conversation);

        Assert.Empty(_session.Sent);
        var reply = (await ThreadAsync(Home, conversation))[^1];
        Assert.Equal((DeliveryState.Sent, "seen-1"), (reply.Delivery, reply.ExternalId));
        Assert.Equal("1", _session.AskedAbout?.HeardBefore);
    }

    [Fact]
    public async Task A_send_that_was_not_shown_before_a_crash_is_repeated_and_says_so()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await AnswerAsync(conversation, "hi");
        await Ports.Outbox.RecoverInterruptedAsync(Cancel);

        Send(conversation);

        Assert.True(Assert.Single(_session.Sent).MayRepeat);
    }

    [Fact]
    public async Task Without_a_session_a_row_waits_and_no_attempt_is_counted()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var claimed = await AnswerAsync(conversation, "hi");
        _session.IsRunning = false;
        Send(conversation, claimed);
        Assert.Empty(_session.Sent);

        _session.IsRunning = true;
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        Send(conversation);

        Assert.Equal(1, Assert.Single(_session.Sent).Attempt);
    }

    [Fact]
    public async Task Rows_of_a_connection_that_stays_off_are_looked_at_less_and_less_often_and_leave_once_it_is_back()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var claimed = await AnswerAsync(conversation, "hi");
        _session.IsRunning = false;
        Send(conversation, claimed);
        Ports.Clock.Advance(TimeSpan.FromMinutes(2));
        Send(conversation);

        Ports.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Empty(await Ports.Outbox.FindDueAsync(Ports.Clock.GetUtcNow(), 10, Cancel));
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        _session.IsRunning = true;
        Send(conversation);

        Assert.Equal(1, Assert.Single(_session.Sent).Attempt);
    }

    [Fact]
    public async Task However_much_waits_for_a_connection_that_is_off_the_retries_of_others_are_found()
    {
        for (var i = 0; i < 1_000; i++)
        {
            var waiting = await HearAsync(HomeLine, "1", "hello", $"chat-{i}");
            await Ports.Outbox.RetryLaterAsync((await AnswerAsync(waiting, "hi"))!, new Phrase.Verbatim("off"), Ports.Clock.GetUtcNow(), isUncertain: false, isAttempt: false, Cancel);
        }

        _session.Off.Add(HomeLine.Id);
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        var other = await HearAsync(OfficeLine, "1", "hello");
        await Ports.Outbox.RetryLaterAsync((await AnswerAsync(other, "again"))!, new Phrase.Verbatim("busy"), Ports.Clock.GetUtcNow(), isUncertain: false, isAttempt: true, Cancel);

        for (var second = 0; second < 10 && _session.Sent.Count == 0; second++)
        {
            _steps.Run(() => Worker.SweepAsync(Cancel), () => Worker.Active == 0);
            Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal("again", Assert.Single(_session.Sent).Body.Markdown);
    }

    [Fact]
    public async Task A_row_of_a_removed_connection_is_a_dead_letter_that_says_so()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var claimed = await AnswerAsync(conversation, "hi", "there");
        await Ports.Connections.DeleteAsync(Home, HomeLine.Id, Draft(Home, AuditActions.ConnectionDeleted, "connection/home"), Cancel);
        _session.Off.Add(HomeLine.Id);

        Send(conversation, claimed);

        var letters = (await Ports.DeadLetters.ListAsync(Home, null, 10, Cancel)).Items;
        Assert.Equal(Enumerable.Repeat(Phrase.Of("send.connection-removed"), 2), letters.Select(letter => letter.Reason));
        Assert.Empty(await Ports.Outbox.FindDueAsync(Ports.Clock.GetUtcNow() + TimeSpan.FromDays(1), 10, Cancel));
    }

    [Fact]
    public async Task A_row_whose_connection_cannot_be_read_waits()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var claimed = await AnswerAsync(conversation, "hi");
        _session.IsRunning = false;
        var unreadable = new FakeConnections { ReadFailure = new IOException("The database is busy.") };
        _worker = new OutboxWorker(
            Ports.Outbox, _session, unreadable, Pauses, new FileParts(Ports.Attachments, FakeFileAddresses.None), Options.Create(new OutboxOptions()), Ports.Clock, NullLogger<OutboxWorker>.Instance);

        Send(conversation, claimed);

        Assert.Equal(DeliveryState.Stored, (await ThreadAsync(Home, conversation))[^1].Delivery);
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([conversation], await Ports.Outbox.FindDueAsync(Ports.Clock.GetUtcNow(), 10, Cancel));
    }

    [Fact]
    public async Task A_reply_that_was_handed_over_leaves_without_another_look_into_the_outbox()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var claimed = await AnswerAsync(conversation, "one", "two");
        var looks = 0;
        using var worker = NewWorker(new OutboxOptions(), new FailingOutbox(Ports.Outbox, name =>
        {
            looks += name == nameof(IOutbox.ClaimNextAsync) ? 1 : 0;
            return false;
        }));

        await SendAsync(worker, conversation, claimed);

        Assert.Equal(["one", "two"], _session.Sent.Select(m => m.Body.Markdown));
        Assert.Equal(0, looks);
    }

    [Fact]
    public async Task A_claim_handed_over_after_it_was_taken_back_sends_the_row_as_one_that_may_have_been_shown()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var claimed = await AnswerAsync(conversation, "hi");
        // It takes back what is stranded, and does not come to send what is due by itself.
        using var worker = NewWorker(new OutboxOptions(), new FailingOutbox(Ports.Outbox, name => name == nameof(IOutbox.FindDueAsync)));
        await worker.SweepAsync(Cancel);
        Ports.Clock.Advance(TimeSpan.FromMinutes(1));
        await worker.SweepAsync(Cancel);

        await SendAsync(worker, conversation, claimed);

        Assert.True(Assert.Single(_session.Sent).MayRepeat);
    }

    [Fact]
    public async Task A_send_the_store_could_not_record_is_recorded_later_and_not_repeated()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var claimed = await AnswerAsync(conversation, "hi", "there");
        var failures = 2;
        using var worker = new OutboxWorker(
            new FailingOutbox(Ports.Outbox, name => name == nameof(IOutbox.MarkSentAsync) && failures-- > 0), _session, Ports.Connections, Pauses, new FileParts(Ports.Attachments, FakeFileAddresses.None), Options.Create(new OutboxOptions()), Ports.Clock, NullLogger<OutboxWorker>.Instance);

        worker.Committed(conversation, claimed);
        while (worker.Active > 0)
        {
            Ports.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
            Cancel.ThrowIfCancellationRequested();
        }

        Assert.Equal(["hi", "there"], _session.Sent.Select(m => m.Body.Markdown));
        Assert.Equal(DeliveryState.Sent, (await ThreadAsync(Home, conversation))[^1].Delivery);
    }

    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();

    /// <summary>Signals the worker and lets it run until its lane is gone.</summary>
    private void Send(ConversationId conversation, OutboxEntry? claimed = null)
        => Step(() => Worker.Committed(conversation, claimed), () => Worker.Active == 0);

    /// <summary>The same for a worker whose outbox answers on a thread of its own.</summary>
    private static async Task SendAsync(OutboxWorker worker, ConversationId conversation, OutboxEntry? claimed)
    {
        worker.Committed(conversation, claimed);
        while (worker.Active > 0)
        {
            await Task.Yield();
            Cancel.ThrowIfCancellationRequested();
        }
    }

    private void Step(Action act, Func<bool> isDone)
        => _steps.Run(
            () =>
            {
                act();
                return Task.CompletedTask;
            },
            isDone);
}
