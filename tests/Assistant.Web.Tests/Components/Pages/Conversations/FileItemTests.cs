using Assistant.Domain.Attachments;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Web.Components.Pages.Conversations;
using Assistant.Web.Tests.Localization;
using Bunit;

namespace Assistant.Web.Tests.Components.Pages.Conversations;

/// <summary>A file in the thread says what became of it, and is had only as a download.</summary>
public sealed class FileItemTests : BunitContext
{
    private static readonly AttachmentId Id = new(new ConversationId(Guid.Parse("11111111-1111-7111-8111-111111111111")), 3, 1);
    private static readonly Attachment Named = new("image", "secret-reference", "photo.jpg", "image/jpeg", 100);

    private static string Path => "conversations/11111111-1111-7111-8111-111111111111/messages/3/attachments/1";

    [Theory]
    [InlineData(AttachmentState.Waiting, null, "being fetched")]
    [InlineData(AttachmentState.Waiting, "attachment.cut-off", "being fetched: The connection broke off while the file was fetched.")]
    [InlineData(AttachmentState.TooLarge, null, "too large to be kept")]
    [InlineData(AttachmentState.Refused, "attachment.not-what-it-says", "refused: Its content is not what its name says.")]
    [InlineData(AttachmentState.Failed, "attachment.no-files", "could not be fetched: This channel hands out no files.")]
    public void What_is_not_there_says_why_and_offers_nothing(AttachmentState state, string? reason, string words)
    {
        using var _ = new SpokenLanguage("en");

        var item = Show(new AttachmentFile(Id, state, Reason: reason is null ? null : Phrase.Of(reason)));

        Assert.Equal(words, item.Find(".state").TextContent);
        Assert.Empty(item.FindAll("a, button"));
    }

    [Theory]
    [InlineData("image/png", 4_999_999, true)]
    [InlineData("image/png", 5_000_001, false)]
    [InlineData("application/pdf", 10, false)]
    [InlineData("text/html", 10, false)]
    [InlineData("image/svg+xml", 10, false)]
    public void What_is_kept_is_a_download_and_only_a_small_picture_may_be_looked_at(string mediaType, long size, bool mayLook)
    {
        using var _ = new SpokenLanguage("en");

        var item = Show(new AttachmentFile(Id, AttachmentState.Kept, mediaType, size));

        var link = item.Find("a");
        Assert.Equal((Path, true, "Download photo.jpg"), (link.GetAttribute("href"), link.HasAttribute("download"), link.GetAttribute("aria-label")));
        Assert.Equal(mayLook ? 1 : 0, item.FindAll("button").Count);
        Assert.DoesNotContain("secret-reference", item.Markup, StringComparison.Ordinal);
        Assert.Empty(item.FindAll("img"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_picture_is_fetched_by_the_script_when_asked_for(bool works)
    {
        using var _ = new SpokenLanguage("en");
        var module = JSInterop.SetupModule("/console/picture.js");
        module.Setup<bool>("show", call => call.Arguments[1] as string == Path).SetResult(works);
        var item = Show(new AttachmentFile(Id, AttachmentState.Kept, "image/png", 100));

        item.Find("button").Click();

        Assert.Equal(works ? 1 : 0, item.FindAll("img:not([src])").Count);
        Assert.Equal(works ? 0 : 1, item.FindAll("[role=status]").Count);
        Assert.Equal(works ? 0 : 1, item.FindAll("button").Count); // it can be asked for again
    }

    [Fact]
    public void A_file_of_an_earlier_version_is_only_named()
    {
        using var _ = new SpokenLanguage("en");

        var item = Show(null);

        Assert.Contains("photo.jpg · 100 bytes", item.Markup, StringComparison.Ordinal);
        Assert.Empty(item.FindAll("a, button, .state"));
    }

    private IRenderedComponent<FileItem> Show(AttachmentFile? file) => Render<FileItem>(p => p.Add(i => i.Named, Named).Add(i => i.File, file));
}
