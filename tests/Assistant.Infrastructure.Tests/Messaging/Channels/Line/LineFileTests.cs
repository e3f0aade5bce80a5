using System.Buffers.Binary;
using Assistant.Domain.Messaging;
using Assistant.Testing.Line;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Line;

public sealed class LineFileTests
{
    private const int LargestPreview = 1_000_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("image/jpeg", LargestPreview, true)]
    [InlineData("image/png", LargestPreview + 1, false)]
    [InlineData("image/jpeg", 10_000_000, false)]
    public async Task A_picture_is_its_own_preview_where_it_is_small_enough(string mediaType, int size, bool isOwn)
    {
        await using var rig = await StartAsync();

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, File("image", mediaType, new byte[size])));

        var shown = Assert.Single(rig.Line.ShownFiles);
        Assert.Equal(("image", size, isOwn), (shown.Type, shown.Content.Length, shown.Preview.Length == size));
        Assert.NotEmpty(shown.Preview);
    }

    [Fact]
    public async Task A_film_is_played_in_parts_beside_a_picture_of_ours()
    {
        await using var rig = await StartAsync();
        var film = Enumerable.Range(0, 200_001).Select(i => (byte)(i * 31 >> 3)).ToArray();

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, File("video", "video/mp4", film)));

        var shown = Assert.Single(rig.Line.ShownFiles);
        Assert.Equal("video", shown.Type);
        Assert.Equal(film, shown.Content);
        Assert.InRange(shown.Preview.Length, 1, LargestPreview);
    }

    [Fact]
    public async Task A_sound_says_how_long_it_plays_and_one_that_does_not_know_is_refused()
    {
        await using var rig = await StartAsync();

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, File("audio", "audio/mp4", Sound(clock: 44_100, ticks: 132_300))));
        var refused = Assert.IsType<SendOutcome.Rejected>(await SendAsync(rig, File("audio", "audio/mp4", Sound(clock: 44_100, ticks: 0))));

        Assert.Equal("line.no-length", refused.Reason.FirstCode);
        Assert.Equal(("audio", 3_000L), (Assert.Single(rig.Line.ShownFiles).Type, rig.Line.ShownFiles[0].Duration));
    }

    [Theory]
    [InlineData("image/gif")]
    [InlineData("audio/mpeg")]
    [InlineData("audio/ogg")]
    [InlineData("application/pdf")]
    [InlineData("application/octet-stream")]
    public async Task What_LINE_has_no_message_for_is_refused_in_words(string mediaType)
    {
        await using var rig = await StartAsync();

        Assert.Equal("attachment.channel-takes-only", Assert.IsType<SendOutcome.Rejected>(await SendAsync(rig, File("file", mediaType, [1]))).Reason.FirstCode);
        Assert.Empty(rig.Line.Shown);
    }

    [Fact]
    public async Task A_file_answers_for_nothing_where_it_can_and_is_pushed_once_however_often_it_is_tried()
    {
        await using var rig = await StartAsync();
        var user = LineRig.User(1);
        var body = LineEmulator.Body(rig.Line.NewMessage(user, "hello", replyToken: rig.Line.NewReplyToken(user)));
        await ((IWebhookReceiver)rig.Session).ReceiveAsync(
            new WebhookRequest("POST", new Dictionary<string, string> { ["x-line-signature"] = LineEmulator.Sign(body) }, new Dictionary<string, string>(), body), rig.Gateway, Cancel);
        var (first, second) = (Message(rig), Message(rig));

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, File("image", "image/png", [1]), first));
        rig.LoseNextFileAnswer();
        Assert.IsType<SendOutcome.Uncertain>(await SendAsync(rig, File("image", "image/png", [2]), second));
        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, File("image", "image/png", [2]), second with { Attempt = 2, MayRepeat = true }));

        Assert.Equal([true, false], rig.Line.Shown.Select(shown => shown.IsReply));
        Assert.Equal([[1], [2]], rig.Line.ShownFiles.Select(file => file.Content));
    }

    [Fact]
    public async Task The_emulator_takes_no_address_but_https_and_shows_nothing_that_is_not_there()
    {
        await using var rig = await StartAsync();
        var file = File("image", "image/png", [1]);
        var open = new FetchableFile(_ => new Uri("http://assistant.example/files/a/file.png"), new Uri("https://assistant.example/img/file.png"));

        Assert.Equal("channel.refuses", Assert.IsType<SendOutcome.Rejected>(
            await ((IFileSender)rig.Session).SendFileAsync(Message(rig), file with { Fetchable = open }, Cancel)).Reason.FirstCode);
        rig.Files.IsGone = true;
        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, file)); // LINE says yes before it looks

        Assert.Empty(rig.Line.ShownFiles);
        Assert.Single(rig.Line.Shown);
    }

    private static async Task<LineRig> StartAsync()
    {
        var rig = await LineRig.NewAsync();
        await rig.StartAsync(Cancel);
        return rig;
    }

    // A box of a film within a box: version and times, the clock, the length.
    private static byte[] Sound(uint clock, uint ticks)
    {
        byte[] file = [0, 0, 0, 36, .. "moov"u8, 0, 0, 0, 28, .. "mvhd"u8, .. new byte[20]];
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(28), clock);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(32), ticks);
        return file;
    }

    private static OutboundFile File(string kind, string mediaType, byte[] content)
        => new(kind, "a", mediaType, content.Length, _ => Task.FromResult<Stream>(new MemoryStream(content)));

    private static OutboundMessage Message(LineRig rig) => new(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(1), new MessageBody(""), null, 1, false);

    private static Task<SendOutcome> SendAsync(LineRig rig, OutboundFile file, OutboundMessage? message = null)
        => ((IFileSender)rig.Session).SendFileAsync(message ?? Message(rig), rig.Files.Offer(file), Cancel);
}
