using Assistant.Domain.Ai;
using Assistant.Domain.Attachments;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Observability;
using Assistant.Domain.Security;
using Assistant.Infrastructure.Conversations.Local;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing.Ai;
using Assistant.Testing.Contracts;
using Assistant.Testing.Fakes;
using Assistant.Testing.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Conversations;

/// <summary>An operator at the desk takes over while the assistant is writing: the desk, the executor and the processor over a real store.</summary>
public abstract class CutOffReplyTests : PathContract
{
    private static readonly Caller Ann = Callers.Of(Roles.Operator, "Ann");

    private readonly QuietLine _line = new();
    private readonly HandedOver _outbox = new();
    private readonly ScriptedReplies _engine = new();

    [Fact]
    public async Task What_was_being_written_is_held_beside_what_was_queued_and_shown_at_once()
    {
        var live = ((TestHouse)Ports.Owner!).Get<ILiveFeed>();
        using var screen = live.Subscribe(Home, 1_000);
        var conversation = await HearAsync(HomeLine, "1", "one");
        await HearAsync(HomeLine, "2", "two");
        await HearAsync(HomeLine, "3", "three");
        await AnswerAsync(conversation, "under way");
        await AnswerAsync(conversation, "queued");
        var processor = new TurnProcessor(
            Ports.Turns, Ports.Recall, _engine, _line, _line, Ports.Connections, _outbox, live, TurnLimits.Default, Ports.Clock);
        await using var services = new ServiceCollection().AddSingleton(processor).AddSingleton(Ports.Turns).BuildServiceProvider();
        using var executor = new LocalConversationExecutor(
            services, Ports.Inbox, Options.Create(new ExecutorOptions()), Ports.Clock, NullLogger<LocalConversationExecutor>.Instance);
        var desk = new ConversationDesk(Ports.Conversations, Ports.Queries, Ports.Connections, _line, executor, _outbox, live, AttachmentLimits.Default, FakeFileAddresses.None, Ports.Clock);
        var writing = new TaskCompletionSource();
        _engine.Script = (_, cancellationToken) => WriteHalf(writing, cancellationToken);
        await executor.StartAsync(Cancel);
        executor.Wake(conversation);
        await writing.Task.WaitAsync(Cancel);

        Assert.IsType<ControlOutcome.Changed>(await desk.TakeOverAsync(Ann, conversation, Cancel));

        var shown = await ShownUntilAsync(screen, e => e is LiveEvent.MessageChanged { Message: { Delivery: DeliveryState.Held, Body.Markdown: "Half an" } });
        Assert.Contains(shown, e => e is LiveEvent.ReplyAbandoned);
        Assert.Equal(["queued", "Half an"], (await Ports.Queries.ListHeldAsync(Home, conversation, Cancel)).Select(h => h.Body.Markdown));
        Assert.Equal(
            [("under way", DeliveryState.Stored), ("queued", DeliveryState.Held), ("Half an", DeliveryState.Held)],
            (await ThreadAsync(Home, conversation)).Where(m => m.Author == AuthorKind.Assistant).Select(m => (m.Body.Markdown, m.Delivery)));
        Assert.Empty(_outbox.Rows);
        await executor.StopAsync(Cancel);
        Assert.IsType<AuditVerdict.Intact>(await AuditVerifier.VerifyAsync(
            Home, Ports.Audit.ReadAsync(Home, 1, Cancel), [], Ports.Clock.GetUtcNow(), Cancel));
    }

    private static async IAsyncEnumerable<ReplyChunk> WriteHalf(
        TaskCompletionSource writing, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new ReplyChunk.Text("Half an");
        writing.TrySetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }

    private static async Task<List<LiveEvent>> ShownUntilAsync(ILiveSubscription screen, Predicate<LiveEvent> isLast)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        var shown = new List<LiveEvent>();
        await foreach (var liveEvent in screen.ReadAllAsync(patience.Token))
        {
            shown.Add(liveEvent);
            if (isLast(liveEvent))
            {
                break;
            }
        }

        return shown;
    }
}

public sealed class SqliteCutOffReplyTests : CutOffReplyTests
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnSqliteAsync()).Ports;
}

public sealed class PostgresCutOffReplyTests : CutOffReplyTests
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnPostgresAsync()).Ports;
}
