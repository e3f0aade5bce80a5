using System.Text;
using Assistant.Domain.Messaging;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>Files to people.</summary>
public abstract partial class ChannelContract
{
    // Larger than one buffer, and of every byte.
    private static readonly byte[] Content = [.. Enumerable.Range(0, 100_003).Select(i => (byte)(i * 31 >> 3))];

    /// <summary>Names that have broken uploads before, as <see cref="OutboundFile.NameOf"/> leaves them.</summary>
    public static TheoryData<string> FileNames { get; } =
        ["plan.pdf", "报告 (最终版).pdf", "a 'b'; filename=c.txt", "חשבון.pdf", "👩🏽‍🚒.bin", "100% & more = it+.txt", "no ending", $"{new string('长', 96)}.pdf"];

    [Fact]
    public async Task A_channel_that_says_it_sends_files_does()
    {
        await using var rig = await StartAsync();

        Assert.Equal(rig.Channel.Manifest.Can(ChannelCapabilities.OutboundAttachments), rig.Session is IFileSender);
        Assert.True(rig.Channel.Manifest.LargestFile > 0);
    }

    [Theory]
    [MemberData(nameof(FileNames))]
    public async Task A_file_arrives_as_it_is(string name)
    {
        await using var rig = await StartSendingFilesAsync();
        Assert.SkipWhen(rig.ShowsNoFileNames is not null, rig.ShowsNoFileNames ?? "");
        Assert.Equal(name, OutboundFile.NameOf(name));

        Assert.IsType<SendOutcome.Delivered>(await SendFileAsync(rig, File("file", name, "application/octet-stream", Content)));

        var shown = Assert.Single(rig.FilesShownTo(Ann));
        Assert.Equal(name, shown.Name);
        Assert.Equal(Content, shown.Content);
    }

    [Theory]
    [InlineData("image", "photo.jpg", "image/jpeg")]
    [InlineData("image", "moving.gif", "image/gif")]
    [InlineData("voice", "voice.ogg", "audio/ogg")]
    [InlineData("audio", "song.mp3", "audio/mpeg")]
    [InlineData("video", "film.mp4", "video/mp4")]
    [InlineData("file", "page.html", "text/plain")]
    public async Task A_file_of_every_kind_arrives_or_is_refused(string kind, string name, string mediaType)
    {
        await using var rig = await StartSendingFilesAsync();
        if (!rig.Channel.Manifest.TakesFilesOf(mediaType))
        {
            Assert.IsType<SendOutcome.Rejected>(await SendFileAsync(rig, File(kind, name, mediaType, Content)));
            Assert.Empty(rig.FilesShownTo(Ann));
            return;
        }

        Assert.IsType<SendOutcome.Delivered>(await SendFileAsync(rig, File(kind, name, mediaType, Content)));

        Assert.Equal(Content, Assert.Single(rig.FilesShownTo(Ann)).Content);
    }

    [Fact]
    public async Task What_is_said_and_its_files_come_in_their_order()
    {
        await using var rig = await StartSendingFilesAsync();

        await SendAsync(rig, "Here they are:");
        var first = Assert.IsType<SendOutcome.Delivered>(await SendFileAsync(rig, PlanOf(rig, "the first")));
        var second = Assert.IsType<SendOutcome.Delivered>(await SendFileAsync(rig, PlanOf(rig, "the second")));

        Assert.NotEqual(first.ExternalId, second.ExternalId);
        Assert.Contains("Here they are:", rig.ShownTo(Ann));
        Assert.Equal(["the first", "the second"], rig.FilesShownTo(Ann).Select(file => Encoding.UTF8.GetString(file.Content)));
    }

    [Fact]
    public async Task A_flood_limit_of_files_says_when_to_try_again()
    {
        await using var rig = await StartSendingFilesAsync();
        await TryAsync(() =>
        {
            rig.FloodNextFile(9);
            return Task.CompletedTask;
        });

        Assert.Equal(TimeSpan.FromSeconds(9), Assert.IsType<SendOutcome.RetryAfter>(await SendFileAsync(rig, PlanOf(rig))).Delay);
        Assert.Empty(rig.FilesShownTo(Ann));
        Assert.IsType<SendOutcome.Delivered>(await SendFileAsync(rig, PlanOf(rig)));
    }

    [Fact]
    public async Task A_fault_of_the_messenger_at_a_file_is_tried_again_later()
    {
        await using var rig = await StartSendingFilesAsync();
        await TryAsync(() =>
        {
            rig.BreakNextFile();
            return Task.CompletedTask;
        });

        Assert.IsType<SendOutcome.RetryAfter>(await SendFileAsync(rig, PlanOf(rig)));
        Assert.Empty(rig.FilesShownTo(Ann));
        Assert.IsType<SendOutcome.Delivered>(await SendFileAsync(rig, PlanOf(rig)));
    }

    [Fact]
    public async Task A_lost_answer_to_a_file_leaves_the_outcome_uncertain()
    {
        await using var rig = await StartSendingFilesAsync();
        await TryAsync(() =>
        {
            rig.LoseNextFileAnswer();
            return Task.CompletedTask;
        });

        var outcome = await SendFileAsync(rig, PlanOf(rig));

        Assert.True(outcome is SendOutcome.Uncertain || rig.Channel.Manifest.Can(ChannelCapabilities.IdempotentSend), $"{outcome}");
        Assert.Single(rig.FilesShownTo(Ann));
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_not_shown_in_part()
    {
        await using var rig = await StartSendingFilesAsync();
        var gone = PlanOf(rig) with { OpenAsync = _ => throw new IOException("The disk is gone.") };

        SendOutcome? outcome = null;
        var fault = await Record.ExceptionAsync(async () => outcome = await SendFileAsync(rig, gone));

        Assert.True(fault is IOException || outcome is SendOutcome.Uncertain or SendOutcome.RetryAfter, $"{fault} {outcome}");
        Assert.Empty(rig.FilesShownTo(Ann));
        Assert.IsType<SendOutcome.Delivered>(await SendFileAsync(rig, PlanOf(rig)));
    }

    [Fact]
    public async Task A_messenger_that_fetches_files_is_told_an_address_for_as_long_as_the_manifest_says_and_none_while_there_is_none()
    {
        await using var rig = await StartSendingFilesAsync();
        Assert.Equal(rig.Channel.Manifest.FetchesFilesWithin is not null, rig.Files is not null);
        Assert.SkipWhen(rig.Files is null, "Files are handed to the messenger.");

        var waits = Assert.IsType<SendOutcome.RetryAfter>(await ((IFileSender)rig.Session).SendFileAsync(Message(rig, new MessageBody("")), PlanOf(rig), Cancel));
        Assert.Equal("channel.needs-public-address", waits.Reason.FirstCode);
        Assert.Empty(rig.FilesShownTo(Ann));

        Assert.IsType<SendOutcome.Delivered>(await SendFileAsync(rig, PlanOf(rig)));
        Assert.Equal(rig.Channel.Manifest.FetchesFilesWithin, Assert.Single(rig.Files!.Lifetimes));
    }

    [Fact]
    public async Task A_kind_is_refused_where_it_is_too_large_before_anybody_fetches_it()
    {
        await using var rig = await StartSendingFilesAsync();
        Assert.SkipWhen(rig.Files is null, "Files are handed to the messenger.");
        Assert.SkipWhen(rig.Channel.Manifest.FileTypes is null, "Every kind goes.");

        foreach (var (type, largest) in rig.Channel.Manifest.FileTypes!)
        {
            var refused = Assert.IsType<SendOutcome.Rejected>(await SendFileAsync(rig, File("file", "a", type, Content) with { SizeBytes = largest + 1 }));
            Assert.Equal("attachment.too-large", refused.Reason.FirstCode);
        }

        Assert.Empty(rig.Files!.Lifetimes);
    }

    // Words where the messenger takes files of words, else a picture.
    private static OutboundFile PlanOf(ChannelRig rig, string says = "the plan") => rig.Channel.Manifest.TakesFilesOf("text/plain")
        ? File("file", "plan.txt", "text/plain", Encoding.UTF8.GetBytes(says))
        : File("image", "plan.png", "image/png", Encoding.UTF8.GetBytes(says));

    private static OutboundFile File(string kind, string name, string mediaType, byte[] content)
        => new(kind, name, mediaType, content.Length, _ => Task.FromResult<Stream>(new MemoryStream(content, writable: false)));

    private static Task<SendOutcome> SendFileAsync(ChannelRig rig, OutboundFile file) => SendFileAsync(rig, Message(rig, new MessageBody("")), file);

    private static Task<SendOutcome> SendFileAsync(ChannelRig rig, OutboundMessage message, OutboundFile file)
        => ((IFileSender)rig.Session).SendFileAsync(message, rig.Files?.Offer(file) ?? file, Cancel);

    private async Task<ChannelRig> StartSendingFilesAsync()
    {
        var rig = await StartAsync();
        if (!rig.Channel.Manifest.Can(ChannelCapabilities.OutboundAttachments))
        {
            await rig.DisposeAsync();
            Assert.Skip("The channel sends no files.");
        }

        return rig;
    }
}
