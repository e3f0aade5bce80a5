using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Testing.Weixin;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.WeChat;

public sealed class WeChatFileTests
{
    private const int Lin = 5001;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("photo", "image/jpeg", "image")]
    [InlineData("图.png", "image/png", "image")]
    [InlineData("a.gif", "image/gif", "image")]
    [InlineData("a.mp3", "audio/mpeg", "voice")]
    [InlineData("a.mp4", "video/mp4", "video")]
    public async Task The_largest_of_each_kind_is_shown_as_what_it_is(string name, string mediaType, string type)
    {
        await using var rig = await StartAsync();
        var size = (int)rig.Channel.Manifest.FileTypes![mediaType];

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, File(name, mediaType, size)));

        var shown = Assert.Single(rig.Emulator.FilesShownTo(WeChatRig.OpenIdOf(Lin)));
        Assert.Equal((type, size), (shown.Type, shown.Content.Length));
    }

    [Theory]
    [InlineData("application/pdf")]
    [InlineData("image/webp")]
    [InlineData("audio/ogg")]
    [InlineData("audio/wav")]
    [InlineData("application/octet-stream")]
    public async Task What_WeChat_has_no_message_for_is_refused_before_it_is_handed_in(string mediaType)
    {
        await using var rig = await StartAsync();

        Assert.Equal("wechat.kind-not-taken", Assert.IsType<SendOutcome.Rejected>(await SendAsync(rig, File("a", mediaType, 10))).Reason.FirstCode);
        Assert.Empty(rig.Emulator.Media);
    }

    [Fact]
    public async Task A_token_that_ended_is_replaced_in_the_middle_of_handing_in()
    {
        await using var rig = await StartAsync();
        rig.EndToken();

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, File("a.png", "image/png", 10)));
        Assert.Equal(2, rig.Emulator.TokensIssued);
    }

    [Fact]
    public async Task A_lost_answer_to_handing_in_leaves_no_doubt()
    {
        await using var rig = await StartAsync();
        rig.Emulator.FailUpload(new WeixinFault.Cut());

        Assert.IsType<SendOutcome.RetryAfter>(await SendAsync(rig, File("a.png", "image/png", 10)));
        Assert.Empty(rig.Emulator.FilesShownTo(WeChatRig.OpenIdOf(Lin)));
    }

    [Fact]
    public async Task A_voice_that_is_too_long_is_refused_in_words()
    {
        await using var rig = await StartAsync();
        rig.Emulator.FailUpload(new WeixinFault.Refused(45007, "playtime out of limit"));

        Assert.Equal("wechat.voice-too-long", Assert.IsType<SendOutcome.Rejected>(await SendAsync(rig, File("a.mp3", "audio/mpeg", 10))).Reason.FirstCode);
    }

    [Fact]
    public async Task A_file_for_somebody_who_wrote_too_long_ago_is_given_up()
    {
        await using var rig = await StartAsync();
        rig.Refuse(Lin);

        Assert.Equal("wechat.window-closed", Assert.IsType<SendOutcome.Rejected>(await SendAsync(rig, File("a.png", "image/png", 10))).Reason.FirstCode);
    }

    [Fact]
    public async Task A_film_comes_from_where_WeChat_says_it_lies()
    {
        await using var rig = await StartAsync();
        var film = Enumerable.Range(0, 5_000).Select(i => (byte)i).Prepend((byte)'f').ToArray();
        rig.Emulator.AddFilm("film", film);

        await using var content = await OpenAsync(rig, "film");

        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, Cancel);
        Assert.Equal(film, bytes.ToArray());
    }

    [Theory]
    [InlineData("""{"video_url":"file:///etc/hostname"}""")]
    [InlineData("""{"video_url":"DOWN_URL"}""")]
    [InlineData("""{"video_url":7}""")]
    [InlineData("""{"video_url":""")]
    public async Task A_film_without_an_address_is_gone(string answer)
    {
        await using var rig = await StartAsync();
        rig.Emulator.AddFile("film", Encoding.UTF8.GetBytes(answer));

        Assert.Equal(AttachmentFault.Final, (await Assert.ThrowsAsync<AttachmentUnavailableException>(() => OpenAsync(rig, "film"))).Fault);
    }

    [Fact]
    public async Task The_private_network_is_not_read_for_a_film()
    {
        await using var rig = await StartAsync();
        await using var other = await WeChatRig.NewAsync();
        other.Emulator.AddFilm("film", "secret"u8.ToArray());
        rig.Emulator.AddFile("film", Encoding.UTF8.GetBytes($$"""{"video_url":"{{other.Emulator.FilmAddressOf("film")}}"}"""));

        await Assert.ThrowsAsync<AttachmentUnavailableException>(() => OpenAsync(rig, "film"));
    }

    private static Task<Stream> OpenAsync(WeChatRig rig, string mediaId) => ((IAttachmentReader)rig.Session).OpenAsync(new Attachment("video", mediaId), Cancel);

    private static OutboundFile File(string name, string mediaType, int size)
        => new("file", name, mediaType, size, _ => Task.FromResult<Stream>(new MemoryStream(new byte[size])));

    private static async Task<WeChatRig> StartAsync()
    {
        var rig = await WeChatRig.NewAsync();
        await rig.StartAsync(Cancel);
        return rig;
    }

    private static Task<SendOutcome> SendAsync(WeChatRig rig, OutboundFile file) => ((IFileSender)rig.Session).SendFileAsync(
        new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(Lin), new MessageBody(""), null, 1, false), file, Cancel);
}
