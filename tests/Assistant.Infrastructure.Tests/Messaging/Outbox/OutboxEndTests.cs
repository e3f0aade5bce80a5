using Assistant.Domain.Conversations;
using Assistant.Infrastructure.Messaging.Outbox;
using Assistant.Testing.Contracts;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory.House;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Outbox;

/// <summary>What is being sent when its session or the program ends.</summary>
public sealed class OutboxEndTests : PathContract
{
    private readonly ScriptedSession _session = new();
    private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task A_session_is_lent_until_the_send_has_ended()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var claimed = await AnswerAsync(conversation, "hi");
        _session.Lingers = _answer.Task;
        using var worker = NewWorker();

        worker.Committed(conversation, claimed);
        await UntilAsync(() => _session.Sent.Count == 1);
        Assert.Equal(1, _session.Lent);
        _answer.SetResult();
        await UntilAsync(() => worker.Active == 0);

        Assert.Equal(0, _session.Lent);
        Assert.Equal(DeliveryState.Sent, (await ThreadAsync(Home, conversation))[^1].Delivery);
    }

    [Fact]
    public async Task A_file_that_is_being_sent_when_the_program_ends_is_waited_for_and_no_other_is_begun()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await TakeOverAsync(Home, conversation, Anna);
        var accepted = await ReplyWithFilesAsync(conversation, "", ("a.txt", "one"u8.ToArray()), ("b.txt", "two"u8.ToArray()));
        _session.Lingers = _answer.Task;
        using var worker = NewWorker();
        await worker.StartAsync(Cancel);
        worker.Committed(conversation, accepted.Claimed);
        await UntilAsync(() => _session.Sent.Count == 1);

        var ending = worker.StopAsync(CancellationToken.None);
        for (var second = 0; second < 60; second++)
        {
            Ports.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancel);
        }

        Assert.False(ending.IsCompleted);
        _answer.SetResult();
        await ending.WaitAsync(Cancel);
        Assert.Equal(["a.txt"], _session.Files.Select(file => file.Name));
        Assert.Single(await Ports.Outbox.FindClaimsAsync(Cancel)); // the next start sends it
    }

    [Fact]
    public async Task The_rest_of_a_reply_still_leaves_when_the_program_ends()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        var claimed = await AnswerAsync(conversation, "one", "two");
        _session.Lingers = _answer.Task;
        using var worker = NewWorker();
        await worker.StartAsync(Cancel);
        worker.Committed(conversation, claimed);
        await UntilAsync(() => _session.Sent.Count == 1);

        var ending = worker.StopAsync(CancellationToken.None);
        _answer.SetResult();

        await ending.WaitAsync(Cancel);
        Assert.Equal(["one", "two"], _session.Sent.Select(message => message.Body.Markdown));
        Assert.Equal(DeliveryState.Sent, (await ThreadAsync(Home, conversation))[^1].Delivery);
    }

    protected override Task<PathPorts> OpenAsync() => MemoryPorts.OpenAsync();

    private static async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            await Task.Yield();
            Cancel.ThrowIfCancellationRequested();
        }
    }

    private OutboxWorker NewWorker() => new(
        Ports.Outbox, _session, Ports.Connections, Unwatched.Pauses(Ports.Clock), new FileParts(Ports.Attachments, FakeFileAddresses.None), Options.Create(new OutboxOptions()), Ports.Clock,
        NullLogger<OutboxWorker>.Instance);
}
