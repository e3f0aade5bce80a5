using Assistant.Domain.Attachments;
using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <content>What becomes of the files of a message that is edited.</content>
public abstract partial class InboxContract
{
    [Fact]
    public async Task An_edit_that_overtakes_leaves_the_original_its_files()
    {
        var conversation = Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, Edited("1", "second thought"))).Conversation;

        Assert.Equal(new InboxOutcome.Stored(conversation, NeedsTurn: false), await StoreAsync(HomeLine, Sent("1", File("a.pdf"))));
        Assert.IsType<InboxOutcome.Duplicate>(await StoreAsync(HomeLine, Sent("1", File("a.pdf")) with { DedupeKey = "once more" }));

        var message = Assert.Single(await ThreadAsync(Home, conversation));
        Assert.Equal(("second thought", "a.pdf"), (message.Body.Markdown, Assert.Single(message.Attachments).FileName));
        Assert.NotNull(message.EditedAt);
        Assert.Equal(AttachmentState.Waiting, Assert.Single(message.Files).State);
        Assert.Equal("ref-a.pdf", (await ClaimAsync()).Attachment.Reference);
        Assert.Equal(2, (await AuditOfAsync(Home)).Count(e => e.What.Action == AuditActions.MessageReceived));
        Assert.Equal("a.pdf", Assert.Single((await BeginAsync(conversation)).Utterance.Attachments).FileName);
        await AnswerAsync(conversation, "ok");
        Assert.Null(await Ports.Turns.BeginAsync(conversation, 20, Ports.Clock.GetUtcNow(), Cancel));
    }

    [Fact]
    public async Task A_deletion_that_overtakes_keeps_the_files_out_as_well()
    {
        await StoreAsync(HomeLine, Edited("1", "second thought"));
        await StoreAsync(HomeLine, Deleted("1"));

        Assert.IsType<InboxOutcome.Duplicate>(await StoreAsync(HomeLine, Sent("1", File("a.pdf"))));

        Assert.Empty(await Ports.Attachments.ListDueAsync(Ports.Clock.GetUtcNow(), 10, 10, Cancel));
    }

    [Fact]
    public async Task An_edit_that_brings_another_file_puts_it_in_the_place_of_the_old_one()
    {
        var conversation = Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, Sent("1", File("a.pdf")))).Conversation;
        Assert.True(await Ports.Attachments.KeepAsync(await ClaimAsync(), "application/pdf", new byte[10], Cancel));
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(new InboxOutcome.Stored(conversation, NeedsTurn: false), await StoreAsync(HomeLine, Edited("1", "this one", File("b.pdf"))));

        var message = Assert.Single(await ThreadAsync(Home, conversation));
        Assert.Equal(("this one", "b.pdf"), (message.Body.Markdown, Assert.Single(message.Attachments).FileName));
        Assert.Equal(new AttachmentFile(new AttachmentId(conversation, message.Seq, 1), AttachmentState.Waiting), Assert.Single(message.Files));
        Assert.Equal("ref-b.pdf", (await ClaimAsync()).Attachment.Reference);
        Assert.Equal("1", Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.MessageEdited).What.Details["files"]);
        Assert.Equal("b.pdf", Assert.Single((await BeginAsync(conversation)).Utterance.Attachments).FileName);
    }

    [Fact]
    public async Task An_edit_that_brings_the_same_file_under_another_reference_keeps_it()
    {
        var file = File("a.pdf") with { Identity = "a" };
        var conversation = Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, Sent("1", file))).Conversation;
        Assert.True(await Ports.Attachments.KeepAsync(await ClaimAsync(), "application/pdf", new byte[10], Cancel));
        Ports.Clock.Advance(TimeSpan.FromSeconds(1));

        await StoreAsync(HomeLine, Edited("1", "look here", file with { Reference = "ref-2" }));

        var message = Assert.Single(await ThreadAsync(Home, conversation));
        Assert.Equal(("look here", AttachmentState.Kept), (message.Body.Markdown, Assert.Single(message.Files).State));
        Assert.Empty(Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.MessageEdited).What.Details);
    }

    [Fact]
    public async Task An_edit_that_overtakes_with_a_file_of_its_own_has_the_one_file()
    {
        await StoreAsync(HomeLine, Edited("1", "this one", File("b.pdf")));

        Assert.IsType<InboxOutcome.Duplicate>(await StoreAsync(HomeLine, Sent("1", File("a.pdf"))));

        Assert.Equal("ref-b.pdf", (await ClaimAsync()).Attachment.Reference);
    }

    private InboundMessage Edited(string id, string text, params Attachment[] files)
        => Edited(id, text) with { Content = new InboundContent.Edited(text) { Attachments = files } };

    private static Attachment File(string name) => new("file", $"ref-{name}", name, "application/pdf", 10);

    private InboundMessage Sent(string id, params Attachment[] files) => Said(HomeLine, id, "") with { Content = new InboundContent.Said("look", files) };

    private async Task<AttachmentClaim> ClaimAsync()
    {
        var due = Assert.Single(await Ports.Attachments.ListDueAsync(Ports.Clock.GetUtcNow(), 10, 10, Cancel));
        return Assert.IsType<AttachmentClaim>(await Ports.Attachments.ClaimAsync(due, Ports.Clock.GetUtcNow() + TimeSpan.FromMinutes(2), Cancel));
    }
}
