using System.Text;
using Assistant.Domain.Attachments;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Xunit;

namespace Assistant.Domain.Tests.Attachments;

public sealed class OutgoingFilesTests
{
    private static readonly AttachmentLimits Limits = new(MaxBytes: 1_000, MaxPixels: 10_000, TimeSpan.FromMinutes(2), MaxAttempts: 3);

    private static readonly ChannelManifest Manifest = new("m", "Messenger", "M0 0", null, ChannelCapabilities.OutboundAttachments, new TextLimit(100), []) { LargestFile = 600 };

    [Theory]
    [InlineData("plan.txt", "text", "file", "text/plain")]
    [InlineData("plan.pdf", "%PDF-1.7", "file", "application/pdf")]
    [InlineData("song.mp3", "ID3\u0003\0\0\0\0\0\0", "audio", "audio/mpeg")]
    public void A_file_goes_as_what_its_content_says(string name, string content, string kind, string mediaType)
    {
        var file = Assert.Single(Assert.IsType<OutgoingFiles.Accepted>(Look(Given(name, content))).Files);

        Assert.Equal((kind, name, mediaType, (long?)content.Length), (file.Named.Kind, file.Named.FileName, file.Named.MediaType, file.Named.SizeBytes));
        Assert.Equal(mediaType, file.MediaType);
    }

    [Fact]
    public void A_file_that_lies_about_itself_does_not_go()
        => Assert.Equal(Phrase.Of("attachment.not-what-it-says"), Refused(Given("invoice.pdf", "<script>")));

    [Fact]
    public void An_empty_file_does_not_go() => Assert.Equal(Phrase.Of("attachment.empty"), Refused(Given("a.txt", "")));

    [Fact]
    public void A_file_larger_than_the_channel_takes_does_not_go()
        => Assert.Equal(FileCheck.TooLarge(600), Refused(Given("a.txt", new string('x', 601))));

    [Fact]
    public void Files_that_are_too_large_together_do_not_go()
    {
        Assert.IsType<OutgoingFiles.Accepted>(Look(Given("a.txt", new string('x', 500)), Given("b.txt", new string('x', 500))));

        Assert.Equal("b.txt", Assert.IsType<OutgoingFiles.Refused>(Look(Given("a.txt", new string('x', 501)), Given("b.txt", new string('x', 500)))).Name);
    }

    [Fact]
    public void More_files_than_one_reply_takes_do_not_go()
    {
        GivenFile[] ten = [.. Enumerable.Range(0, OutgoingFiles.MaxCount).Select(i => Given($"{i}.txt", "x"))];

        Assert.Equal(OutgoingFiles.MaxCount, Assert.IsType<OutgoingFiles.Accepted>(Look(ten)).Files.Count);
        Assert.Equal(OutgoingFiles.TooMany, Refused([.. ten, Given("last.txt", "x")]));
    }

    [Fact]
    public void Where_the_channel_sends_none_none_goes()
    {
        var refused = OutgoingFiles.For(Manifest with { Capabilities = ChannelCapabilities.None }, [Given("a.txt", "x")], Limits, isReachable: false);

        Assert.Equal(Phrase.Of("attachment.channel-sends-none", ("channel", "Messenger")), Assert.IsType<OutgoingFiles.Refused>(refused).Reason);
    }

    private static GivenFile Given(string name, string content) => new(name, Encoding.Latin1.GetBytes(content));

    [Theory]
    [InlineData("a.txt", "words", "attachment.channel-takes-only")]
    [InlineData("a.pdf", "%PDF-1.7", "attachment.channel-takes-only")]
    [InlineData("song.mp3", "ID3\u0003\0\0\0\0\0\0", null)]
    [InlineData("song.mp3", "ID3\u0003\0\0\0\0\0\0 and more", "attachment.too-large")]
    public void A_messenger_of_some_kinds_of_files_is_offered_no_others(string name, string content, string? reason)
    {
        var manifest = Manifest with { FileTypes = new Dictionary<string, long> { ["image/jpeg"] = 600, ["audio/mpeg"] = 12 } };

        var looked = OutgoingFiles.For(manifest, [Given(name, content)], Limits, isReachable: false);

        Assert.Equal(reason, (looked as OutgoingFiles.Refused)?.Reason.FirstCode);
    }

    [Fact]
    public void What_a_messenger_takes_is_said_by_the_ends_of_names()
    {
        var manifest = Manifest with { FileTypes = new Dictionary<string, long> { ["image/jpeg"] = 600, ["audio/mpeg"] = 12 } };

        var refused = Assert.IsType<OutgoingFiles.Refused>(OutgoingFiles.For(manifest, [Given("a.txt", "words")], Limits, isReachable: false));

        Assert.Equal(Phrase.Of("attachment.channel-takes-only", ("channel", "Messenger"), ("kinds", "JPG, MP3")), refused.Reason);
    }

    [Fact]
    public void A_messenger_that_fetches_files_gets_none_while_nobody_can_fetch_from_us()
    {
        var manifest = Manifest with { FetchesFilesWithin = TimeSpan.FromHours(1) };

        var refused = Assert.IsType<OutgoingFiles.Refused>(OutgoingFiles.For(manifest, [Given("a.txt", "words")], Limits, isReachable: false));

        Assert.Equal(("a.txt", Phrase.Of("attachment.needs-public-address", ("channel", "Messenger"))), (refused.Name, refused.Reason));
        Assert.IsType<OutgoingFiles.Accepted>(OutgoingFiles.For(manifest, [Given("a.txt", "words")], Limits, isReachable: true));
        Assert.IsType<OutgoingFiles.Accepted>(OutgoingFiles.For(manifest, [], Limits, isReachable: false));
    }

    private static OutgoingFiles Look(params GivenFile[] given) => OutgoingFiles.For(Manifest, given, Limits, isReachable: false);

    private static Phrase Refused(params GivenFile[] given) => Assert.IsType<OutgoingFiles.Refused>(Look(given)).Reason;
}
