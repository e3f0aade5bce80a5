using Assistant.Domain.Attachments;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Testing.Fakes;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Domain.Tests.Conversations;

public sealed class ConversationDeskTests
{
    private static readonly Caller Ann = Callers.Of(Roles.Operator, "Ann");
    private static readonly Caller Bob = Callers.Of(Roles.Operator, "Bob");

    private readonly FakeConversations _conversations = new();
    private readonly FakeConnections _connections = new();
    private readonly RecordedSignals _signals = new();
    private readonly ConversationDesk _desk;

    public ConversationDeskTests()
    {
        var channel = new FakeChannel();
        _connections.Put(new Connection(
            new ConnectionId("tg"), TenantId.Default, "fake", "TG", AccessPolicy.Open, true, false, SettingValues.Empty, default, default));
        _desk = DeskOf(channel);
    }

    private static ChannelManifest SendsFiles => new FakeChannel().Manifest with { Capabilities = ChannelCapabilities.OutboundAttachments, LargestFile = 1_000 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ConversationId Id => _conversations.Only.Id;

    private static GivenFile Given(string name, string text) => new(name, System.Text.Encoding.UTF8.GetBytes(text));

    private ConversationDesk DeskOf(FakeChannel channel)
        => new(_conversations, _conversations, _connections, channel, _signals, _signals, _signals, AttachmentLimits.Default, FakeFileAddresses.None, new FakeTimeProvider());

    [Fact]
    public async Task A_takeover_is_not_acknowledged_before_the_senders_have_settled()
    {
        var quiet = new TaskCompletionSource();
        _signals.Settled = quiet.Task;

        var takeover = _desk.TakeOverAsync(Ann, Id, Cancel);

        Assert.NotNull(_conversations.Only.Operator);
        Assert.False(takeover.IsCompleted);
        quiet.SetResult();
        Assert.IsType<ControlOutcome.Changed>(await takeover);
        Assert.Equal(["halted", "settled", "ConversationChanged"], _signals.Log);
    }

    [Fact]
    public async Task A_close_is_not_acknowledged_before_the_senders_have_settled()
    {
        var quiet = new TaskCompletionSource();
        _signals.Settled = quiet.Task;

        var close = _desk.CloseAsync(Ann, Id, Cancel);

        Assert.False(close.IsCompleted);
        quiet.SetResult();
        Assert.IsType<ControlOutcome.Changed>(await close);
        Assert.Equal(["halted", "settled"], _signals.Log[..2]);
    }

    [Fact]
    public async Task A_takeover_repeated_by_its_holder_settles_again()
    {
        await _desk.TakeOverAsync(Ann, Id, Cancel);
        _signals.Log.Clear();

        Assert.IsType<ControlOutcome.Unchanged>(await _desk.TakeOverAsync(Ann, Id, Cancel));

        Assert.Equal(["halted", "settled"], _signals.Log);
    }

    [Fact]
    public async Task A_conversation_somebody_holds_is_not_taken_over()
    {
        await _desk.TakeOverAsync(Bob, Id, Cancel);
        _signals.Log.Clear();

        var outcome = Assert.IsType<ControlOutcome.HeldByOther>(await _desk.TakeOverAsync(Ann, Id, Cancel));

        Assert.Equal("Bob", outcome.Operator.Name);
        Assert.Empty(_signals.Log);
    }

    [Fact]
    public async Task Handing_back_wakes_the_assistant()
    {
        await _desk.TakeOverAsync(Ann, Id, Cancel);
        _signals.Log.Clear();

        await _desk.HandBackAsync(Ann, Id, Cancel);

        Assert.Contains("wake", _signals.Log);
    }

    [Fact]
    public async Task A_reply_is_cut_for_the_channel_and_sent()
    {
        await _desk.TakeOverAsync(Ann, Id, Cancel);
        _signals.Log.Clear();

        var outcome = await _desk.ReplyAsync(Ann, Id, string.Join(' ', Enumerable.Repeat("word", 50)), Cancel);

        Assert.IsType<ReplyOutcome.Accepted>(outcome);
        Assert.True(Assert.Single(_conversations.Sent).Count > 1);
        Assert.Equal(["committed", "MessageChanged", "ConversationChanged"], _signals.Log);
    }

    [Fact]
    public async Task Files_go_after_the_words_and_the_audit_log_says_how_many()
    {
        var desk = DeskOf(new FakeChannel { Manifest = SendsFiles });
        await desk.TakeOverAsync(Ann, Id, Cancel);

        Assert.IsType<ReplyOutcome.Accepted>(await desk.ReplyAsync(Ann, Id, "Here:", [Given("../the plan.txt", "one"), Given("b.txt", "two")], Cancel));

        Assert.Equal([("Here:", null), ("_the plan.txt", 1), ("b.txt", (int?)2)], _conversations.Sent[0].Select(part => (part.Markdown, part.File)));
        Assert.Equal(["one", "two"], _conversations.Files.Select(file => System.Text.Encoding.UTF8.GetString(file.Content.Span)));
        Assert.All(_conversations.Files, file => Assert.Equal(("file", "text/plain", ""), (file.Named.Kind, file.MediaType, file.Named.Reference)));
        Assert.Equal("2", _conversations.Audited[^1].Details["files"]);
    }

    [Fact]
    public async Task Files_alone_are_a_reply()
    {
        var desk = DeskOf(new FakeChannel { Manifest = SendsFiles });
        await desk.TakeOverAsync(Ann, Id, Cancel);

        Assert.IsType<ReplyOutcome.Accepted>(await desk.ReplyAsync(Ann, Id, " ", [Given("a.txt", "one")], Cancel));

        Assert.Equal(1, Assert.Single(_conversations.Sent[0]).File);
    }

    [Fact]
    public async Task Where_the_channel_sends_no_files_nothing_is_sent()
    {
        await _desk.TakeOverAsync(Ann, Id, Cancel);

        var refused = Assert.IsType<ReplyOutcome.FileRefused>(await _desk.ReplyAsync(Ann, Id, "Here:", [Given("a.txt", "one")], Cancel));

        Assert.Equal("a.txt", refused.Name);
        Assert.Empty(_conversations.Sent);
        Assert.Equal(0, await _desk.FindLargestFileAsync(Ann, Id, Cancel));
        Assert.Equal(SendsFiles.LargestFile, await DeskOf(new FakeChannel { Manifest = SendsFiles }).FindLargestFileAsync(Ann, Id, Cancel));
    }

    [Fact]
    public async Task Where_the_messenger_would_fetch_files_and_cannot_nothing_is_sent()
    {
        var desk = DeskOf(new FakeChannel { Manifest = SendsFiles with { FetchesFilesWithin = TimeSpan.FromHours(1) } });
        await desk.TakeOverAsync(Ann, Id, Cancel);

        var refused = Assert.IsType<ReplyOutcome.FileRefused>(await desk.ReplyAsync(Ann, Id, "Here:", [Given("a.txt", "one")], Cancel));

        Assert.Equal("attachment.needs-public-address", refused.Reason.FirstCode);
        Assert.Empty(_conversations.Sent);
    }

    [Fact]
    public async Task Only_the_holder_replies()
    {
        await _desk.TakeOverAsync(Bob, Id, Cancel);

        var outcome = Assert.IsType<ReplyOutcome.NotHolder>(await _desk.ReplyAsync(Ann, Id, "hello", Cancel));

        Assert.Equal("Bob", outcome.Operator?.Name);
        Assert.Empty(_conversations.Sent);
    }

    [Fact]
    public async Task Without_its_connection_a_conversation_takes_no_reply()
    {
        await _connections.DeleteAsync(TenantId.Default, new ConnectionId("tg"), Ann.Audit(default, "x", "y"), Cancel);

        Assert.IsType<ReplyOutcome.NoConnection>(await _desk.ReplyAsync(Ann, Id, "hello", Cancel));
    }

    [Fact]
    public async Task What_is_said_is_not_in_the_audit_log()
    {
        await _desk.TakeOverAsync(Ann, Id, Cancel);
        await _desk.ReplyAsync(Ann, Id, "confidential words", Cancel);
        await _desk.AddNoteAsync(Ann, Id, "confidential note", Cancel);

        Assert.Equal(3, _conversations.Audited.Count);
        Assert.All(_conversations.Audited, draft =>
        {
            Assert.Equal(("Ann", "192.0.2.7", $"conversation/{Id}"), (draft.Actor.Name, draft.Origin, draft.Subject));
            Assert.DoesNotContain(draft.Details, d => d.Value.Contains("confidential", StringComparison.Ordinal));
        });
    }

    [Fact]
    public async Task A_replaced_held_reply_is_dropped_after_the_new_text_was_accepted()
    {
        _conversations.HoldBack("what the assistant wanted to say");
        await _desk.TakeOverAsync(Ann, Id, Cancel);

        var outcome = await _desk.ReplaceHeldAsync(Ann, Id, _conversations.Held[0].EntryId, "better words", Cancel);

        Assert.Equal("better words", Assert.IsType<ReplyOutcome.Accepted>(outcome).Message.Body.Markdown);
        Assert.Empty(_conversations.Held);
        Assert.Equal(
            [AuditActions.ConversationTakenOver, AuditActions.OperatorReplied, AuditActions.HeldReplyDropped],
            _conversations.Audited.Select(a => a.Action));
    }

    [Fact]
    public async Task Who_leaves_once_the_new_text_was_accepted_does_not_leave_the_held_reply_to_be_sent_beside_it()
    {
        using var leaving = new CancellationTokenSource();
        _conversations.HoldBack("what the assistant wanted to say");
        await _desk.TakeOverAsync(Ann, Id, Cancel);
        _conversations.OnReply = leaving.Cancel;

        await _desk.ReplaceHeldAsync(Ann, Id, _conversations.Held[0].EntryId, "better words", leaving.Token);

        Assert.Empty(_conversations.Held);
    }

    [Fact]
    public async Task What_was_decided_about_already_is_not_replaced()
    {
        _conversations.HoldBack("what the assistant wanted to say");
        var entry = _conversations.Held[0].EntryId;
        await _desk.TakeOverAsync(Ann, Id, Cancel);
        await _desk.ReplaceHeldAsync(Ann, Id, entry, "better words", Cancel);

        Assert.IsType<ReplyOutcome.NotFound>(await _desk.ReplaceHeldAsync(Ann, Id, entry, "better words", Cancel));

        Assert.Single(_conversations.Sent);
    }

    [Fact]
    public async Task Without_its_connection_a_held_reply_is_not_replaced()
    {
        _conversations.HoldBack("what the assistant wanted to say");
        await _desk.TakeOverAsync(Ann, Id, Cancel);
        _connections.Remove("tg");

        Assert.IsType<ReplyOutcome.NoConnection>(await _desk.ReplaceHeldAsync(Ann, Id, _conversations.Held[0].EntryId, "better", Cancel));

        Assert.Single(_conversations.Held);
    }

    [Fact]
    public async Task A_refused_replacement_leaves_the_held_reply_there()
    {
        _conversations.HoldBack("what the assistant wanted to say");
        await _desk.TakeOverAsync(Bob, Id, Cancel);

        Assert.IsType<ReplyOutcome.NotHolder>(await _desk.ReplaceHeldAsync(Ann, Id, _conversations.Held[0].EntryId, "better", Cancel));

        Assert.Single(_conversations.Held);
    }

    [Fact]
    public async Task A_held_reply_of_another_conversation_is_not_found()
    {
        _conversations.HoldBack("text");

        var outcome = await _desk.DecideHeldAsync(Ann, ConversationId.Create(), _conversations.Held[0].EntryId, HeldDecision.Send, Cancel);

        Assert.IsType<ReplyOutcome.NotFound>(outcome);
        Assert.Single(_conversations.Held);
    }

    [Fact]
    public async Task Another_tenants_conversation_is_not_found()
    {
        var stranger = Callers.Of(Roles.Admin, tenant: "other");

        Assert.IsType<ControlOutcome.NotFound>(await _desk.TakeOverAsync(stranger, Id, Cancel));
        Assert.IsType<ReplyOutcome.NotFound>(await _desk.ReplyAsync(stranger, Id, "hello", Cancel));
        Assert.Null(await _desk.AddNoteAsync(stranger, Id, "note", Cancel));
    }

    [Fact]
    public async Task Who_may_only_read_changes_nothing()
    {
        var viewer = Callers.Of(Roles.Viewer);

        await Assert.ThrowsAsync<PermissionDeniedException>(() => _desk.TakeOverAsync(viewer, Id, Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => _desk.ReplyAsync(viewer, Id, "hello", Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => _desk.CloseAsync(viewer, Id, Cancel));
        Assert.Throws<PermissionDeniedException>(() => _desk.ShowTyping(viewer, Id, isTyping: true));

        Assert.Empty(_conversations.Audited);
        await _desk.MarkReadAsync(viewer, Id, 3, Cancel);
        Assert.Equal(3, _conversations.Read[viewer.AsUser.Id]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \n ")]
    public async Task Blank_text_is_not_a_reply(string text)
        => await Assert.ThrowsAsync<ArgumentException>(() => _desk.ReplyAsync(Ann, Id, text, Cancel));
}
