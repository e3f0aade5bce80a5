using Assistant.Domain.Attachments;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Testing.Contracts;
using Xunit;

namespace Assistant.Testing.InMemory.House;

/// <summary>Somebody asks, and is answered with a file.</summary>
public static class HouseFiles
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The file of an operator's reply, kept and on its way.</summary>
    public static async Task<AttachmentId> SendAsync(this InMemoryHouse house, string name, string mediaType, byte[] content, DateTimeOffset now)
    {
        var conversation = await AskAsync(house, now);
        var (anna, draft) = (new UserRef(new UserId(Guid.CreateVersion7()), "Anna"), new AuditDraft(TenantId.Default, now, Actor.System, "x", "x", "local", AuditDraft.NoDetails));
        await house.TakeOverAsync(TenantId.Default, conversation, anna, draft, Cancel);
        var file = new OutgoingFile(new Attachment(FileType.Named(mediaType).Kind, "", name, mediaType, content.Length), mediaType, content);
        var reply = new OperatorReply(new MessageBody(""), [new MessageBody(name) { File = 1 }]) { Files = [file] };
        return Assert.IsType<ReplyOutcome.Accepted>(await house.ReplyAsync(TenantId.Default, conversation, anna, reply, draft, Cancel)).Message.Files[0].Id;
    }

    /// <summary>A file somebody sent to the assistant, kept.</summary>
    public static async Task<AttachmentId> ReceiveAsync(this InMemoryHouse house, string mediaType, byte[] content, DateTimeOffset now)
    {
        var conversation = await AskAsync(house, now, new Attachment("file", "of-the-messenger", "a"));
        IAttachmentStore store = house;
        var due = (await store.ListDueAsync(DateTimeOffset.MaxValue, 100, 100, Cancel)).Single(one => one.Id.Conversation == conversation);
        var claim = await store.ClaimAsync(due, now.AddMinutes(1), Cancel);
        Assert.True(await store.KeepAsync(claim!, mediaType, content, Cancel));
        return due.Id;
    }

    private static async Task<ConversationId> AskAsync(InMemoryHouse house, DateTimeOffset now, params Attachment[] files)
    {
        var line = new Connection(new ConnectionId("line"), TenantId.Default, "loopback", "line", AccessPolicy.Open, true, false, SettingValues.Empty, now, now);
        await house.EnsureAsync(TenantId.Default, "Home", Cancel);
        await house.PutAsync(line, new AuditDraft(TenantId.Default, now, Actor.System, "x", "x", "local", AuditDraft.NoDetails), Cancel);
        var id = Guid.CreateVersion7().ToString("N");
        var message = new InboundMessage
        {
            Connection = line.Id, DedupeKey = id, Chat = new ExternalChat(id), Sender = new ExternalSender(id, "Li Wei"),
            ExternalMessageId = id, Content = new InboundContent.Said("have you got it?", files), SentAt = now,
        };
        return Assert.IsType<InboxOutcome.Stored>(await house.StoreAsync(
            line, message, who => AccessRules.Decide(AccessPolicy.Open, who.Standing, "en", now), Cancel)).Conversation;
    }
}
