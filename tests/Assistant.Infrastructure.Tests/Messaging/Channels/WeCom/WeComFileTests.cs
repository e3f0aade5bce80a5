using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Testing.Weixin;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.WeCom;

public sealed class WeComFileTests
{
    private const int Lin = 5001;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a.jpg", "image/jpeg", 1_000, "image")]
    [InlineData("a.png", "image/png", 10_000_000, "image")]
    [InlineData("a.png", "image/png", 10_000_001, "file")]
    [InlineData("a.gif", "image/gif", 1_000, "file")]
    [InlineData("a.mp4", "video/mp4", 1_000, "video")]
    [InlineData("a.mp4", "video/mp4", 10_000_001, "file")]
    [InlineData("a.AMR", "application/octet-stream", 2_000_000, "voice")]
    [InlineData("a.amr", "application/octet-stream", 2_000_001, "file")]
    [InlineData("a.mp3", "audio/mpeg", 1_000, "file")]
    [InlineData("a.pdf", "application/pdf", 20_000_000, "file")]
    public async Task A_file_is_shown_as_what_WeCom_makes_of_its_format(string name, string mediaType, int size, string type)
    {
        await using var rig = await StartAsync();

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, File(name, mediaType, size)));

        var shown = Assert.Single(rig.Emulator.FilesShownTo(WeComRig.UserOf(Lin)));
        Assert.Equal((type, name, size), (shown.Type, shown.Name, shown.Content.Length));
    }

    [Fact]
    public async Task A_picture_WeCom_does_not_take_as_one_goes_as_a_file()
    {
        await using var rig = await StartAsync();

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, File("a picture without an ending", "image/png", 100)));

        Assert.Equal("file", Assert.Single(rig.Emulator.FilesShownTo(WeComRig.UserOf(Lin))).Type);
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(6, true)]
    public async Task A_file_of_almost_nothing_is_refused_in_words(int size, bool isTaken)
    {
        await using var rig = await StartAsync();

        var outcome = await SendAsync(rig, File("a.txt", "text/plain", size));

        Assert.Equal(isTaken ? null : "wecom.file-too-small", (outcome as SendOutcome.Rejected)?.Reason.FirstCode);
        Assert.Equal(isTaken ? 1 : 0, rig.Emulator.Media.Count);
    }

    [Fact]
    public async Task A_token_that_ended_is_replaced_in_the_middle_of_handing_in()
    {
        await using var rig = await StartAsync();
        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, File("a.txt", "text/plain", 10)));

        rig.EndToken();

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, File("b.txt", "text/plain", 10)));
        Assert.Equal(2, rig.Emulator.TokensIssued);
    }

    [Fact]
    public async Task A_lost_answer_to_handing_in_leaves_no_doubt()
    {
        await using var rig = await StartAsync();
        rig.Emulator.FailUpload(new WeixinFault.Cut());

        Assert.IsType<SendOutcome.RetryAfter>(await SendAsync(rig, File("a.txt", "text/plain", 10)));
        Assert.Empty(rig.Emulator.FilesShownTo(WeComRig.UserOf(Lin)));
    }

    [Fact]
    public async Task Handing_in_waits_for_an_operator_like_a_text()
    {
        await using var rig = await StartAsync();
        rig.Emulator.FailUpload(new WeixinFault.Refused(60020, "not allow to access from your ip"));

        var waiting = Assert.IsType<SendOutcome.RetryAfter>(await SendAsync(rig, File("a.txt", "text/plain", 10)));

        Assert.Equal(("wecom.address-not-trusted", PauseScope.Connection), (waiting.Reason.FirstCode, waiting.Scope));
    }

    [Fact]
    public async Task A_file_for_nobody_s_chat_is_not_handed_in()
    {
        await using var rig = await StartAsync();

        foreach (var chat in new[] { "", "@all", "user1|user2" })
        {
            Assert.IsType<SendOutcome.Rejected>(await SendAsync(rig, File("a.txt", "text/plain", 10), new ExternalChat(chat)));
        }

        Assert.Empty(rig.Emulator.Media);
    }

    [Fact]
    public async Task What_looks_like_an_answer_about_a_film_is_the_file_somebody_sent()
    {
        await using var rig = await StartAsync();
        var text = $$"""{"video_url":"{{rig.Emulator.FilmAddressOf("film")}}"}""";
        rig.Emulator.AddFilm("film", "not this"u8.ToArray());
        rig.Emulator.AddFile("file", Encoding.UTF8.GetBytes(text));

        await using var content = await ((IAttachmentReader)rig.Session).OpenAsync(new Attachment("file", "file"), Cancel);

        Assert.Equal(text, await new StreamReader(content).ReadToEndAsync(Cancel));
    }

    private static OutboundFile File(string name, string mediaType, int size)
        => new("file", name, mediaType, size, _ => Task.FromResult<Stream>(new MemoryStream(new byte[size])));

    private static async Task<WeComRig> StartAsync()
    {
        var rig = await WeComRig.NewAsync();
        await rig.StartAsync(Cancel);
        return rig;
    }

    private static Task<SendOutcome> SendAsync(WeComRig rig, OutboundFile file, ExternalChat? chat = null) => ((IFileSender)rig.Session).SendFileAsync(
        new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, chat ?? rig.ChatOf(Lin), new MessageBody(""), null, 1, false), file, Cancel);
}
