using Assistant.Domain.Attachments;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Tests.Forgetting;
using Assistant.Testing.Fakes;
using Xunit;

namespace Assistant.Domain.Tests.Attachments;

/// <summary>Files are for whoever may read the conversation, and it is written down who had them.</summary>
public sealed class AttachmentDeskTests
{
    private readonly HouseWithPeople _house = new();

    private AttachmentDesk Desk => new(_house.House, _house.House, _house.Clock);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_kept_file_is_handed_out_and_that_is_recorded()
    {
        var id = await KeepAsync();

        var download = await Desk.OpenAsync(Callers.Of(Roles.Viewer), id, Cancel);

        using var content = new MemoryStream();
        await download!.WriteAsync(content, Cancel);
        Assert.Equal(("plan.txt", "text/plain"), (download.Named.FileName, download.File.MediaType));
        Assert.Equal("hello"u8.ToArray(), content.ToArray());
        Assert.Equal(id.ToString(), Assert.Single(await _house.EventsAsync(AuditActions.AttachmentDownloaded)).What.Subject);
    }

    [Fact]
    public async Task Who_may_not_read_conversations_gets_nothing_and_nothing_is_recorded()
    {
        var id = await KeepAsync();

        await Assert.ThrowsAsync<PermissionDeniedException>(() => Desk.OpenAsync(Callers.Of(Roles.FlowAuthor), id, Cancel));

        Assert.Empty(await _house.EventsAsync(AuditActions.AttachmentDownloaded));
    }

    [Fact]
    public async Task Of_a_file_that_is_not_kept_or_not_there_nothing_is_handed_out()
    {
        var (_, conversation) = await _house.SayAsync("look", files: new Attachment("file", "r", "plan.txt"));

        Assert.Null(await Desk.OpenAsync(Callers.Of(Roles.Viewer), new AttachmentId(conversation, 1, 1), Cancel));
        Assert.Null(await Desk.OpenAsync(Callers.Of(Roles.Viewer), new AttachmentId(conversation, 1, 2), Cancel));
        Assert.Null(await Desk.OpenAsync(Callers.Of(Roles.Viewer), new AttachmentId(new ConversationId(Guid.CreateVersion7()), 1, 1), Cancel));
        Assert.Empty(await _house.EventsAsync(AuditActions.AttachmentDownloaded));
    }

    private async Task<AttachmentId> KeepAsync()
    {
        var (_, conversation) = await _house.SayAsync("look", files: new Attachment("file", "r", "plan.txt"));
        var id = new AttachmentId(conversation, 1, 1);
        await _house.KeepAsync(id, "text/plain", "hello"u8.ToArray());
        return id;
    }
}
