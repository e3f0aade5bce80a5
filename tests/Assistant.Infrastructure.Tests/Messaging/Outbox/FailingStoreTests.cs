using Assistant.Testing.Fakes;
using System.Diagnostics;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Outbox;
using Assistant.Testing.Contracts;
using Assistant.Testing.InMemory.House;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Outbox;

/// <summary>One story that passes every store call of the way out, told once for each call, with that call failing.</summary>
public sealed class FailingStoreTests : PathContract
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(nameof(IOutbox.ClaimNextAsync), 1)]
    [InlineData(nameof(IOutbox.ClaimNextAsync), 4)]
    [InlineData(nameof(IOutbox.DeadLetterAsync), 1)]
    [InlineData(nameof(IOutbox.DeadLetterAsync), 4)]
    [InlineData(nameof(IOutbox.FindHeardBeforeAsync), 1)]
    [InlineData(nameof(IOutbox.FindHeardBeforeAsync), 4)]
    [InlineData(nameof(IOutbox.FindKnownExternalIdsAsync), 1)]
    [InlineData(nameof(IOutbox.FindKnownExternalIdsAsync), 4)]
    [InlineData(nameof(IOutbox.HoldAsync), 1)]
    [InlineData(nameof(IOutbox.HoldAsync), 4)]
    [InlineData(nameof(IOutbox.MarkSentAsync), 1)]
    [InlineData(nameof(IOutbox.MarkSentAsync), 4)]
    [InlineData(nameof(IOutbox.RetryLaterAsync), 1)]
    [InlineData(nameof(IOutbox.RetryLaterAsync), 4)]
    public async Task Whichever_call_fails_every_row_ends_as_it_should(string failing, int inSuccession)
    {
        var first = 1;
        while (await TellAsync((call, name) => name == failing && call >= first && call < first + inSuccession))
        {
            first++;
            await InitializeAsync(); // a new store for each telling
        }

        Assert.True(first > 1, "The story does not pass this call.");
    }

    [Fact]
    public async Task Sweeps_that_fail_are_made_up_for()
        => Assert.True(await TellAsync((sweep, name) => name == nameof(IOutbox.FindDueAsync) && sweep <= 4));

    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();

    /// <summary>Returns whether a call failed at all.</summary>
    /// <param name="fails">Given how often a call was made, and its name. Lanes run side by side: across names there is no order.</param>
    private async Task<bool> TellAsync(Func<int, string, bool> fails)
    {
        var (told, hasFailed, number) = ("no call failed", false, 0);
        var calls = new Dictionary<string, int>(StringComparer.Ordinal);
        var store = new FailingOutbox(Ports.Outbox, name =>
        {
            lock (calls)
            {
                number += name == nameof(IOutbox.FindDueAsync) ? 0 : 1;
                var call = calls[name] = calls.GetValueOrDefault(name) + 1;
                if (!fails(call, name))
                {
                    return false;
                }

                (told, hasFailed) = ($"{name}, call {call}, failed", true);
                return true;
            }
        });
        var session = new ScriptedSession { IsRunning = false };
        session.Answers = Answer;
        using var worker = new OutboxWorker(store, session, Ports.Connections, Unwatched.Pauses(Ports.Clock), new FileParts(Ports.Attachments, FakeFileAddresses.None), Options.Create(new OutboxOptions()), Ports.Clock, NullLogger<OutboxWorker>.Instance);

        var talk = await HearAsync(HomeLine, "1", "hello");
        var claimed = await AnswerAsync(talk, "paused", "unanswered", "refused", "last");
        var taken = await HearAsync(HomeLine, "2", "hello", "chat-2", "user-2");
        var overtaken = await AnswerAsync(taken, "stopped by a take-over");
        var control = Assert.IsType<ControlOutcome.Changed>(await TakeOverAsync(Home, taken, Anna));
        await worker.SettleAsync(taken, control.Conversation.Version, Cancel);
        var body = new MessageBody("the operator's");
        await Ports.Conversations.ReplyAsync(Home, taken, Anna, new OperatorReply(body, [body]), Draft(Home, AuditActions.OperatorReplied, "x"), Cancel);

        await worker.StartAsync(Cancel);
        worker.Committed(talk, claimed);
        worker.Committed(taken, overtaken);
        await UntilAsync(() => Volatile.Read(ref number) >= 4, () => told);
        session.IsRunning = true;
        await UntilAsync(() => worker.Active == 0 && IsTold(session), () => told);
        await worker.StopAsync(Cancel);

        Assert.True(
            new[] { "paused", "paused", "unanswered", "unanswered", "refused", "last" }.SequenceEqual(SaidIn(session, "chat-1")),
            $"{told}: {string.Join(", ", SaidIn(session, "chat-1"))}");
        Assert.Equal(["the operator's"], SaidIn(session, "chat-2"));
        Assert.Equal(overtaken!.Id, Assert.Single(await Ports.Queries.ListHeldAsync(Home, taken, Cancel)).EntryId);
        Assert.Single((await Ports.DeadLetters.ListAsync(Home, null, 10, Cancel)).Items);
        Assert.Equal(0, await Ports.Outbox.RecoverInterruptedAsync(Cancel));
        return hasFailed;

        SendOutcome? Answer(OutboundMessage message) => (message.Body.Markdown, message.Attempt, message.MayRepeat) switch
        {
            ("paused", _, _) when SaidIn(session, "chat-1").Count() == 1 => new SendOutcome.RetryAfter(TimeSpan.FromSeconds(5), new Phrase.Verbatim("flood"), PauseScope.Connection),
            ("unanswered", 1, false) => new SendOutcome.Uncertain(new Phrase.Verbatim("no answer")),
            ("refused", _, _) => new SendOutcome.Rejected(new Phrase.Verbatim("too rude")),
            _ => null,
        };
    }

    private static bool IsTold(ScriptedSession session) => SaidIn(session, "chat-1").Contains("last") && SaidIn(session, "chat-2").Any();

    private static IEnumerable<string> SaidIn(ScriptedSession session, string chat)
        => session.Sent.Where(m => m.Chat.ExternalId == chat).Select(m => m.Body.Markdown);

    /// <summary>Lets time pass on the fake clock until it is so.</summary>
    private async Task UntilAsync(Func<bool> isSo, Func<string> told)
    {
        var started = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, $"{told()}: nothing moves any more");
            Ports.Clock.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Yield();
        }
    }
}
