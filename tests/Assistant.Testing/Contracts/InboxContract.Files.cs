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

    private static Attachment File(string name) => new("file", $"ref-{name}", name, "application/pdf", 10);

    private InboundMessage Sent(string id, params Attachment[] files) => Said(HomeLine, id, "") with { Content = new InboundContent.Said("look", files) };

    private async Task<AttachmentClaim> ClaimAsync()
    {
        var due = Assert.Single(await Ports.Attachments.ListDueAsync(Ports.Clock.GetUtcNow(), 10, 10, Cancel));
        return Assert.IsType<AttachmentClaim>(await Ports.Attachments.ClaimAsync(due, Ports.Clock.GetUtcNow() + TimeSpan.FromMinutes(2), Cancel));
    }
}
