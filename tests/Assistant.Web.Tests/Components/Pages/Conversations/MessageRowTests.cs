using Assistant.Domain.Attachments;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Web.Components.Pages.Conversations;
using Assistant.Web.Tests.Localization;
using Bunit;

namespace Assistant.Web.Tests.Components.Pages.Conversations;

public sealed class MessageRowTests : BunitContext
{
    [Fact]
    public void A_picture_that_is_shown_does_not_stay_under_a_message_of_another_conversation()
    {
        using var _ = new SpokenLanguage("en");
        JSInterop.SetupModule("/console/picture.js").Setup<bool>("show", _ => true).SetResult(true);
        var row = Render<MessageRow>(p => p.Add(r => r.Message, WithPicture()));
        row.Find("button").Click();
        Assert.Single(row.FindAll("img"));

        row.Render(p => p.Add(r => r.Message, WithPicture()));

        Assert.Empty(row.FindAll("img"));
        Assert.Single(row.FindAll("button"));
    }

    [Theory]
    [InlineData("en", "forwarded: the words of somebody else")]
    [InlineData("zh-CN", "转发：是别人的话")]
    public void What_was_forwarded_is_not_taken_for_the_persons_own_words(string language, string said)
    {
        using var _ = new SpokenLanguage(language);
        var own = WithPicture();
        var row = Render<MessageRow>(p => p.Add(r => r.Message, own));
        Assert.DoesNotContain(said, row.Markup, StringComparison.Ordinal);

        row.Render(p => p.Add(r => r.Message, own with { Body = own.Body with { IsForwarded = true } }));

        Assert.Equal(said, row.Find(".foot span").TextContent);
    }

    [Theory]
    [InlineData("en", "in reply to Anna: “the ladder is in the shed”", "in reply to Anna: “the shed”", "in reply to an earlier message")]
    [InlineData("zh-CN", "回复 Anna：“the ladder is in the shed”", "回复 Anna：“the shed”", "回复较早的消息")]
    public void What_a_message_answers_stands_above_its_words(string language, string whole, string quoted, string unknown)
    {
        using var _ = new SpokenLanguage(language);
        var own = WithPicture() with { Seq = 7 };
        var answered = own with { Seq = 2, AuthorName = "Anna", Body = new MessageBody("the ladder is **in the shed**"), Attachments = [], Files = [] };
        var row = Render<MessageRow>(p => p.Add(r => r.Message, own));
        Assert.Empty(row.FindAll(".answers"));

        Assert.Equal(whole, Said(new MessageReference(2, null), answered));
        Assert.Equal(quoted, Said(new MessageReference(2, new QuotedWords("the shed")), answered));
        Assert.Equal(quoted, Said(new MessageReference(null, new QuotedWords("the shed", "Anna")), null));
        Assert.Equal(unknown, Said(new MessageReference(2, null), null));
        Assert.Equal(unknown, Said(new MessageReference(2, null), answered with { Body = MessageBody.Forgotten }));
        Assert.Null(Said(new MessageReference(6, null), answered with { Seq = 6 })); // it stands right above
        Assert.Null(Said(new MessageReference(null, null) { Elsewhere = new FarMessage(own.Conversation, 2) }, null)); // the same for all of a thread

        string? Said(MessageReference reference, Message? other)
        {
            row.Render(p => p.Add(r => r.Message, own with { Body = own.Body with { InReplyTo = reference } }).Add(r => r.Answered, other));
            return row.FindAll(".answers").SingleOrDefault()?.TextContent;
        }
    }

    /// <summary>The first message of a conversation of its own.</summary>
    private static Message WithPicture()
    {
        var id = ConversationId.Create();
        return new Message(
            id, 1, Guid.CreateVersion7(), AuthorKind.Person, "Li Wei", new MessageBody("Look"), [new Attachment("image", "x", "photo.jpg", "image/jpeg", 100)],
            IsNote: false, DateTimeOffset.UnixEpoch)
        {
            Files = [new AttachmentFile(new AttachmentId(id, 1, 0), AttachmentState.Kept, "image/jpeg", 100)],
        };
    }
}
