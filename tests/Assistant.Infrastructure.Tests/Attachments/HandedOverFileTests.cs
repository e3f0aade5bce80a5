using Assistant.Domain.Attachments;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Security;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Tests.Persistence;
using Xunit;

namespace Assistant.Infrastructure.Tests.Attachments;

/// <summary>A file, its pieces and the message that names it are asked for their tenant, each by itself.</summary>
public sealed class HandedOverFileTests : HandedOverRows
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_file_of_another_tenant_is_not_shown_with_the_message_that_names_it_nor_found_nor_read()
    {
        var claim = await KeepAsync();
        Assert.Single((await ThreadAsync(Home, claim.Id.Conversation))[0].Files);

        await HandOverAsync("attachments");

        Assert.Empty((await ThreadAsync(Home, claim.Id.Conversation))[0].Files);
        Assert.Null(await Ports.Attachments.FindAsync(Home, claim.Id, Cancel));
        await Assert.ThrowsAsync<AttachmentGoneException>(() => ReadFirstAsync(claim.Id));
    }

    [Fact]
    public async Task A_piece_of_another_tenant_is_not_read()
    {
        var claim = await KeepAsync();

        await HandOverAsync("attachment_chunks");

        await Assert.ThrowsAsync<SealBrokenException>(() => ReadFirstAsync(claim.Id));
    }

    [Fact]
    public async Task What_a_message_of_another_tenant_says_is_not_read()
    {
        var claim = await KeepAsync();
        Assert.NotNull(await Ports.Attachments.FindAsync(Home, claim.Id, Cancel));

        await HandOverAsync("messages");

        Assert.Null(await Ports.Attachments.FindAsync(Home, claim.Id, Cancel));
    }

    [Fact]
    public async Task Nothing_is_written_to_a_file_of_another_tenant()
    {
        var claim = await ClaimAsync();
        Ports.Clock.Advance(Lease);
        var due = Assert.Single(await Ports.Attachments.ListDueAsync(Ports.Clock.GetUtcNow(), 10, 10, Cancel));
        await HandOverAsync("attachments");
        var before = await StateAsync();

        Assert.Null(await Ports.Attachments.ClaimAsync(due, Ports.Clock.GetUtcNow() + Lease, Cancel));
        Assert.False(await Ports.Attachments.KeepAsync(claim, "application/pdf", new byte[10], Cancel));
        await Ports.Attachments.RetryLaterAsync(claim, Phrase.Of("attachment.cut-off"), Ports.Clock.GetUtcNow() + Lease, Cancel);
        await Ports.Attachments.EndAsync(claim, AttachmentState.Failed, Phrase.Of("attachment.cut-off"), Cancel);

        Assert.Equal(before, await StateAsync());
        Assert.Equal(0, await CountAsync("attachment_chunks"));
    }

    private Task<List<string>> StateAsync() => ReadAsync("state || ' ' || attempts || ' ' || due_at || ' ' || coalesce(reason, '')", "attachments");

    private async Task<AttachmentClaim> ClaimAsync()
    {
        var message = Said(HomeLine, "1", "look") with { Content = new InboundContent.Said("look", [new Attachment("file", "ref", "a.pdf", "application/pdf", 10)]) };
        Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, message));
        var due = Assert.Single(await Ports.Attachments.ListDueAsync(Ports.Clock.GetUtcNow(), 10, 10, Cancel));
        return Assert.IsType<AttachmentClaim>(await Ports.Attachments.ClaimAsync(due, Ports.Clock.GetUtcNow() + Lease, Cancel));
    }

    private async Task<AttachmentClaim> KeepAsync()
    {
        var claim = await ClaimAsync();
        Assert.True(await Ports.Attachments.KeepAsync(claim, "application/pdf", new byte[10], Cancel));
        return claim;
    }

    private async Task<int> ReadFirstAsync(AttachmentId id)
    {
        await foreach (var piece in Ports.Attachments.ReadAsync(Home, id, Cancel))
        {
            return piece.Length;
        }

        return 0;
    }
}
