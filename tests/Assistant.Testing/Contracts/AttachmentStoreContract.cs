using Assistant.Domain.Attachments;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every store of files must hold.</summary>
public abstract class AttachmentStoreContract : PathContract
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task The_files_of_a_message_wait_in_its_order_and_a_message_without_any_has_none()
    {
        var id = await SendAsync("1", File("a.pdf"), File("b.pdf"));
        await HearAsync(HomeLine, "2", "no file");

        var thread = await ThreadAsync(Home, id.Conversation);
        Assert.Equal([(1, AttachmentState.Waiting), (2, AttachmentState.Waiting)], thread[0].Files.Select(file => (file.Id.Number, file.State)));
        Assert.Empty(thread[1].Files);
        Assert.Equal([1, 2], (await DueAsync()).Select(due => due.Id.Number).Order());
    }

    [Fact]
    public async Task Of_each_connection_so_many_are_due_and_its_oldest()
    {
        var first = await SendAsync("1", File("a.pdf"), File("b.pdf"), File("c.pdf"));
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        var second = await SendAsync("2", File("d.pdf"));
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        await StoreAsync(OfficeLine, With(Said(OfficeLine, "3", "look"), File("e.pdf"), File("f.pdf")));
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        var kitchen = await ConnectAsync(Home, "kitchen", AccessPolicy.Open);
        await StoreAsync(kitchen, With(Said(kitchen, "4", "look"), File("g.pdf"), File("h.pdf"), File("i.pdf")));

        Assert.Equal(
            [(Home, HomeLine.Id), (Home, HomeLine.Id), (Office, OfficeLine.Id), (Office, OfficeLine.Id), (Home, kitchen.Id), (Home, kitchen.Id)],
            (await DueAsync(ofConnection: 2)).Select(due => (due.Tenant, due.Connection)));
        Assert.All((await DueAsync(ofConnection: 2)).Take(2), due => Assert.Equal((first.Conversation, first.Seq), (due.Id.Conversation, due.Id.Seq)));
        Assert.Equal(9, (await DueAsync()).Count);
        Assert.Equal(second, (await DueAsync(ofConnection: 4)).Where(due => due.Connection == HomeLine.Id).Last().Id);
        Assert.Equal(3, (await Ports.Attachments.ListDueAsync(Ports.Clock.GetUtcNow(), 2, 3, Cancel)).Count);
    }

    [Fact]
    public async Task A_message_delivered_twice_has_its_file_once()
    {
        var id = await SendAsync("1", File("a.pdf"));
        await StoreAsync(HomeLine, With(Said(HomeLine, "1", "look"), File("a.pdf")));

        Assert.Equal(id, Assert.Single(await DueAsync()).Id);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(256 * 1024)]
    [InlineData((256 * 1024) + 1)]
    [InlineData(700_000)]
    public async Task What_was_kept_is_read_again_to_the_byte(int size)
    {
        var content = Content(size);
        var claim = await ClaimAsync(await SendAsync("1", File("a.pdf")));

        Assert.True(await Ports.Attachments.KeepAsync(claim, "application/pdf", content, Cancel));

        Assert.Equal(content, await ReadAsync(Home, claim.Id));
        var found = (await Ports.Attachments.FindAsync(Home, claim.Id, Cancel))!.Value;
        Assert.Equal(new AttachmentFile(claim.Id, AttachmentState.Kept, "application/pdf", size), found.File);
        Assert.Equal("a.pdf", found.Named.FileName);
        Assert.Equal(found.File, Assert.Single((await ThreadAsync(Home, claim.Id.Conversation))[0].Files));
        Assert.Empty(await DueAsync());
    }

    [Fact]
    public async Task A_claim_names_what_is_to_be_fetched_and_from_where()
    {
        var claim = await ClaimAsync(await SendAsync("1", File("a.pdf")));

        Assert.Equal((Home, HomeLine.Id, "ref-a.pdf", 1), (claim.Tenant, claim.Connection, claim.Attachment.Reference, claim.Attempt));
    }

    [Fact]
    public async Task Only_one_of_two_gets_the_claim_and_a_claim_runs_out()
    {
        await SendAsync("1", File("a.pdf"));
        var due = Assert.Single(await DueAsync());
        var until = Ports.Clock.GetUtcNow() + Lease;

        Assert.NotNull(await Ports.Attachments.ClaimAsync(due, until, Cancel));
        Assert.Null(await Ports.Attachments.ClaimAsync(due, until, Cancel));
        Assert.Empty(await DueAsync());
        Ports.Clock.Advance(Lease);
        Assert.Equal(due with { Attempts = 1 }, Assert.Single(await DueAsync()));
    }

    [Fact]
    public async Task Whoever_holds_an_older_claim_changes_nothing_any_more()
    {
        var older = await ClaimAsync(await SendAsync("1", File("a.pdf")));
        Ports.Clock.Advance(Lease);
        var newer = await ClaimAsync(older.Id);

        Assert.False(await Ports.Attachments.KeepAsync(older, "text/plain", Content(10), Cancel));
        await Ports.Attachments.EndAsync(older, AttachmentState.Failed, Phrase.Of("attachment.cut-off"), Cancel);
        await Ports.Attachments.RetryLaterAsync(older, Phrase.Of("attachment.cut-off"), Ports.Clock.GetUtcNow(), Cancel);
        Assert.Equal(AttachmentState.Waiting, (await FindAsync(older.Id))!.State);
        Assert.Empty(await DueAsync());

        Assert.True(await Ports.Attachments.KeepAsync(newer, "application/pdf", Content(20), Cancel));
        Assert.False(await Ports.Attachments.KeepAsync(newer, "application/pdf", Content(30), Cancel));
        Assert.Equal(Content(20), await ReadAsync(Home, newer.Id));
    }

    [Fact]
    public async Task What_waits_longer_than_anything_may_was_claimed_by_a_clock_that_was_ahead()
    {
        var claim = await ClaimAsync(await SendAsync("1", File("a.pdf")));
        await Ports.Attachments.RetryLaterAsync(claim, Phrase.Of("attachment.cut-off"), Ports.Clock.GetUtcNow() + Lease, Cancel);

        Assert.Equal(0, await Ports.Attachments.EndWaitsAsync(Ports.Clock.GetUtcNow(), Lease, Cancel));
        Assert.Empty(await DueAsync());
        Assert.Equal(1, await Ports.Attachments.EndWaitsAsync(Ports.Clock.GetUtcNow() - TimeSpan.FromHours(2), Lease, Cancel));
        Assert.Equal(claim.Id, Assert.Single(await DueAsync()).Id);
    }

    [Fact]
    public async Task A_claim_that_is_given_back_is_due_at_its_time_and_says_why()
    {
        var claim = await ClaimAsync(await SendAsync("1", File("a.pdf")));

        await Ports.Attachments.RetryLaterAsync(claim, Phrase.Of("attachment.cut-off"), Ports.Clock.GetUtcNow() + Lease, Cancel);

        Assert.Empty(await DueAsync());
        Assert.Equal((AttachmentState.Waiting, Phrase.Of("attachment.cut-off")), ((await FindAsync(claim.Id))!.State, (await FindAsync(claim.Id))!.Reason));
        Ports.Clock.Advance(Lease);
        Assert.Equal(2, (await ClaimAsync(claim.Id)).Attempt);
    }

    [Theory]
    [InlineData(AttachmentState.TooLarge)]
    [InlineData(AttachmentState.Refused)]
    [InlineData(AttachmentState.Failed)]
    public async Task What_is_not_kept_says_why_and_is_not_tried_again(AttachmentState state)
    {
        var claim = await ClaimAsync(await SendAsync("1", File("a.pdf")));

        await Ports.Attachments.EndAsync(claim, state, Phrase.Of("attachment.not-what-it-says"), Cancel);

        Ports.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Empty(await DueAsync());
        Assert.Equal(new AttachmentFile(claim.Id, state, Reason: Phrase.Of("attachment.not-what-it-says")), await FindAsync(claim.Id));
        await Assert.ThrowsAsync<AttachmentGoneException>(() => ReadAsync(Home, claim.Id));
    }

    [Fact]
    public async Task Another_tenant_finds_and_reads_nothing()
    {
        var claim = await ClaimAsync(await SendAsync("1", File("a.pdf")));
        await Ports.Attachments.KeepAsync(claim, "application/pdf", Content(10), Cancel);

        Assert.Null(await Ports.Attachments.FindAsync(Office, claim.Id, Cancel));
        await Assert.ThrowsAsync<AttachmentGoneException>(() => ReadAsync(Office, claim.Id));
        var other = await ClaimAsync(await SendAsync("2", File("b.pdf")));
        Assert.False(await Ports.Attachments.KeepAsync(other with { Tenant = Office }, "application/pdf", Content(10), Cancel));
        await Ports.Attachments.EndAsync(other with { Tenant = Office }, AttachmentState.Failed, Phrase.Of("attachment.cut-off"), Cancel);
        await Ports.Attachments.RetryLaterAsync(other with { Tenant = Office }, Phrase.Of("attachment.cut-off"), Ports.Clock.GetUtcNow(), Cancel);
        Assert.Empty(await DueAsync());
        Assert.Equal(new AttachmentFile(other.Id, AttachmentState.Waiting), await FindAsync(other.Id));

        Ports.Clock.Advance(Lease);
        var due = Assert.Single(await DueAsync());
        Assert.Null(await Ports.Attachments.ClaimAsync(due with { Tenant = Office }, Ports.Clock.GetUtcNow() + Lease, Cancel));
        Assert.Equal(due, Assert.Single(await DueAsync()));
    }

    [Fact]
    public async Task A_message_taken_back_takes_its_file_along_though_it_is_just_fetched()
    {
        var kept = await ClaimAsync(await SendAsync("1", File("a.pdf")));
        await Ports.Attachments.KeepAsync(kept, "application/pdf", Content(10), Cancel);
        var fetched = await ClaimAsync(await SendAsync("2", File("b.pdf")));

        await StoreAsync(HomeLine, Said(HomeLine, "1", "") with { DedupeKey = "gone:1", Content = new InboundContent.Deleted() });
        await StoreAsync(HomeLine, Said(HomeLine, "2", "") with { DedupeKey = "gone:2", Content = new InboundContent.Deleted() });

        Assert.False(await Ports.Attachments.KeepAsync(fetched, "application/pdf", Content(10), Cancel));
        Assert.Null(await FindAsync(kept.Id));
        await Assert.ThrowsAsync<AttachmentGoneException>(() => ReadAsync(Home, kept.Id));
        Assert.All(await ThreadAsync(Home, kept.Id.Conversation), message => Assert.Empty(message.Files));
    }

    [Fact]
    public async Task An_edited_message_keeps_its_file()
    {
        var claim = await ClaimAsync(await SendAsync("1", File("a.pdf")));
        await Ports.Attachments.KeepAsync(claim, "application/pdf", Content(10), Cancel);
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));

        await StoreAsync(HomeLine, Said(HomeLine, "1", "") with { DedupeKey = "edit:1", Content = new InboundContent.Edited("better") });

        var message = (await ThreadAsync(Home, claim.Id.Conversation))[0];
        Assert.Equal(("better", AttachmentState.Kept), (message.Body.Markdown, Assert.Single(message.Files).State));
        Assert.Equal(Content(10), await ReadAsync(Home, claim.Id));
    }

    [Fact]
    public async Task Whoever_still_fetches_a_file_that_was_replaced_writes_nothing()
    {
        var older = await ClaimAsync(await SendAsync("1", File("a.pdf")));

        await ReplaceAsync("1", File("b.pdf"));

        Assert.False(await Ports.Attachments.KeepAsync(older, "application/pdf", Content(10), Cancel));
        var newer = await ClaimAsync(older.Id);
        Assert.Equal("ref-b.pdf", newer.Attachment.Reference);
        await Ports.Attachments.EndAsync(older, AttachmentState.Failed, Phrase.Of("attachment.cut-off"), Cancel);
        Assert.False(await Ports.Attachments.KeepAsync(older, "application/pdf", Content(10), Cancel));
        Assert.True(await Ports.Attachments.KeepAsync(newer, "application/pdf", Content(20), Cancel));
        Assert.Equal(Content(20), await ReadAsync(Home, newer.Id));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(700_000)]
    public async Task A_file_that_is_replaced_while_it_is_read_does_not_go_on_as_the_new_one(int size)
    {
        var claim = await ClaimAsync(await SendAsync("1", File("a.pdf")));
        await Ports.Attachments.KeepAsync(claim, "application/pdf", Content(700_000), Cancel);
        await using var reading = Ports.Attachments.ReadAsync(Home, claim.Id, Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await reading.MoveNextAsync());

        await ReplaceAsync("1", File("b.pdf"));
        await Ports.Attachments.KeepAsync(await ClaimAsync(claim.Id), "application/pdf", Content(size), Cancel);

        await Assert.ThrowsAsync<AttachmentGoneException>(async () => await reading.MoveNextAsync());
    }

    [Fact]
    public async Task Without_the_persons_key_nothing_is_read_fetched_or_kept()
    {
        var kept = await ClaimAsync(await SendAsync("1", File("a.pdf")));
        await Ports.Attachments.KeepAsync(kept, "application/pdf", Content(10), Cancel);
        var fetched = await ClaimAsync(await SendAsync("2", File("b.pdf")));
        await SendAsync("3", File("c.pdf"));
        var due = Assert.Single(await DueAsync());

        await ForgetAsync(Home, kept.Person);

        await Assert.ThrowsAsync<AttachmentGoneException>(() => ReadAsync(Home, kept.Id));
        Assert.Null(await FindAsync(kept.Id));
        Assert.False(await Ports.Attachments.KeepAsync(fetched, "application/pdf", Content(10), Cancel));
        Assert.Null(await Ports.Attachments.ClaimAsync(due, Ports.Clock.GetUtcNow() + Lease, Cancel));
        Ports.Clock.Advance(Lease);
        Assert.DoesNotContain(await DueAsync(), one => one.Id == due.Id);
    }

    [Theory]
    [InlineData(ErasureKind.Person)]
    [InlineData(ErasureKind.Conversation)]
    [InlineData(ErasureKind.Message)]
    public async Task Forgetting_counts_the_files_and_removes_them_though_one_is_just_fetched(ErasureKind kind)
    {
        var kept = await ClaimAsync(await SendAsync("1", File("a.pdf"), File("b.pdf")));
        await Ports.Attachments.KeepAsync(kept, "application/pdf", Content(10), Cancel);
        var fetched = await ClaimAsync(kept.Id with { Number = 2 });
        var scope = kind switch
        {
            ErasureKind.Person => ErasureScope.Of(kept.Person),
            ErasureKind.Conversation => ErasureScope.Of(kept.Id.Conversation),
            _ => ErasureScope.Of(kept.Id.Conversation, kept.Id.Seq),
        };
        var preview = (await Ports.Erasures.PreviewAsync(Home, scope, Cancel))!;
        Assert.Equal(2, preview.Counts[Forgettable.Files]);

        var id = new ErasureId(Guid.CreateVersion7(Ports.Clock.GetUtcNow()));
        var begun = await Ports.Erasures.BeginAsync(id, scope, preview.Digest, preview.KeptEvents, Draft(Home, AuditActions.ErasureBegun, scope.Subject), Cancel);
        Assert.IsType<BeginErasureOutcome.Begun>(begun);
        Assert.Null(await FindAsync(kept.Id));
        await Assert.ThrowsAsync<AttachmentGoneException>(() => ReadAsync(Home, kept.Id));
        Assert.False(await Ports.Attachments.KeepAsync(fetched, "application/pdf", Content(10), Cancel));
        while (await Ports.Erasures.ContinueAsync(Home, id, Cancel))
        {
        }

        var counts = (await Ports.Erasures.FindAsync(Home, id, Cancel))!.Counts;
        Assert.Equal((preview.Counts[Forgettable.Files], preview.Counts[Forgettable.FilePieces]), (counts[Forgettable.Files], counts[Forgettable.FilePieces]));
        Ports.Clock.Advance(Lease);
        Assert.Empty(await DueAsync());
    }

    [Fact]
    public async Task The_files_of_a_reply_are_kept_with_it_and_each_has_a_part_of_its_own()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await TakeOverAsync(Home, conversation, Anna);

        var accepted = await ReplyWithFilesAsync(conversation, "Here:", ("plan.txt", Content(700_000)), ("b.txt", Content(1)));

        var message = (await ThreadAsync(Home, conversation))[^1];
        Assert.Equal(accepted.Message.Files, message.Files);
        Assert.Equal([("plan.txt", "plan.txt"), ("b.txt", "b.txt")], message.Attachments.Select(named => (named.FileName, named.FileName)));
        Assert.Equal([(AttachmentState.Kept, (long?)700_000), (AttachmentState.Kept, 1)], message.Files.Select(file => (file.State, file.SizeBytes)));
        Assert.Equal(Content(700_000), await ReadAsync(Home, message.Files[0].Id));
        Assert.Equal(Content(1), await ReadAsync(Home, message.Files[1].Id));
        Assert.Empty(await DueAsync());

        var bodies = new List<MessageBody>();
        for (var entry = accepted.Claimed; entry is not null; entry = await Ports.Outbox.MarkSentAsync(entry, $"out-{bodies.Count}", Cancel))
        {
            bodies.Add(entry.Body);
        }

        Assert.Equal([("Here:", null), ("plan.txt", 1), ("b.txt", (int?)2)], bodies.Select(body => (body.Markdown, body.File)));
        Assert.Equal(DeliveryState.Sent, (await ThreadAsync(Home, conversation))[^1].Delivery);
    }

    [Fact]
    public async Task A_reply_that_is_not_taken_keeps_no_file()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await TakeOverAsync(Home, conversation, Bo);

        Assert.IsType<ReplyOutcome.NotHolder>(await TryReplyWithFilesAsync(conversation, "", ("a.txt", Content(10))));

        Assert.Null(await FindAsync(new AttachmentId(conversation, 2, 1)));
        Assert.Single(await ThreadAsync(Home, conversation));
    }

    [Fact]
    public async Task The_files_of_a_reply_are_forgotten_with_whom_they_were_for()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");
        await TakeOverAsync(Home, conversation, Anna);
        var id = (await ReplyWithFilesAsync(conversation, "", ("a.txt", Content(10)))).Message.Files[0].Id;
        var scope = ErasureScope.Of((await Ports.Conversations.FindAsync(Home, conversation, Cancel))!.Person);
        var preview = (await Ports.Erasures.PreviewAsync(Home, scope, Cancel))!;
        Assert.Equal(1, preview.Counts[Forgettable.Files]);

        await Ports.Erasures.BeginAsync(
            new ErasureId(Guid.CreateVersion7(Ports.Clock.GetUtcNow())), scope, preview.Digest, preview.KeptEvents, Draft(Home, AuditActions.ErasureBegun, scope.Subject), Cancel);

        Assert.Null(await FindAsync(id));
        await Assert.ThrowsAsync<AttachmentGoneException>(() => ReadAsync(Home, id));
    }

    protected static byte[] Content(int size) => [.. Enumerable.Range(0, size).Select(i => (byte)((i * 31) ^ (i >> 8)))];

    protected static Attachment File(string name) => new("file", $"ref-{name}", name, "application/pdf", 10);

    /// <summary>Sends a message with files; returns the first.</summary>
    protected async Task<AttachmentId> SendAsync(string id, params Attachment[] files)
    {
        var conversation = Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, With(Said(HomeLine, id, "look"), files))).Conversation;
        return new AttachmentId(conversation, (await ThreadAsync(Home, conversation))[^1].Seq, 1);
    }

    protected async Task<AttachmentClaim> ClaimAsync(AttachmentId id) => Assert.IsType<AttachmentClaim>(
        await Ports.Attachments.ClaimAsync((await DueAsync()).Single(due => due.Id == id), Ports.Clock.GetUtcNow() + Lease, Cancel));

    protected async Task<byte[]> ReadAsync(TenantId tenant, AttachmentId id)
    {
        var content = new MemoryStream();
        await foreach (var piece in Ports.Attachments.ReadAsync(tenant, id, Cancel))
        {
            content.Write(piece.Span);
        }

        return content.ToArray();
    }

    private static InboundMessage With(InboundMessage message, params Attachment[] files)
        => message with { Content = new InboundContent.Said("look", files) };

    private Task<InboxOutcome> ReplaceAsync(string id, params Attachment[] files)
    {
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));
        return StoreAsync(HomeLine, Said(HomeLine, id, "") with { DedupeKey = $"edit:{id}", Content = new InboundContent.Edited("look") { Attachments = files } });
    }

    private Task<IReadOnlyList<AttachmentDue>> DueAsync(int ofConnection = 100)
        => Ports.Attachments.ListDueAsync(Ports.Clock.GetUtcNow(), ofConnection, 100, Cancel);

    private async Task<AttachmentFile?> FindAsync(AttachmentId id) => (await Ports.Attachments.FindAsync(Home, id, Cancel))?.File;
}
