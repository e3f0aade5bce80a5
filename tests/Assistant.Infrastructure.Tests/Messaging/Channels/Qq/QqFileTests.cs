using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Testing.Qq;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Qq;

public sealed class QqFileTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("image/jpeg")]
    [InlineData("image/png")]
    [InlineData("video/mp4")]
    public async Task The_largest_of_each_kind_is_fetched_and_shown(string mediaType)
    {
        await using var rig = await StartAsync();
        var size = (int)rig.Channel.Manifest.FileTypes![mediaType];

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, Message(rig), File(mediaType, size)));

        var file = Assert.Single(rig.Emulator.Shown).File!;
        Assert.Equal((mediaType, size), (file.MediaType, file.Content.Length));
    }

    [Theory]
    [InlineData("image/gif")]
    [InlineData("audio/ogg")]
    [InlineData("audio/mpeg")]
    [InlineData("application/pdf")]
    public async Task What_QQ_takes_from_no_bot_is_refused_in_words(string mediaType)
    {
        await using var rig = await StartAsync();

        Assert.Equal("attachment.channel-takes-only", Assert.IsType<SendOutcome.Rejected>(await SendAsync(rig, Message(rig), File(mediaType, 10))).Reason.FirstCode);
        Assert.Empty(rig.Emulator.Shown);
    }

    [Fact]
    public async Task What_is_fetched_for_a_group_is_shown_in_the_group()
    {
        await using var rig = await StartAsync();

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, Message(rig) with { Chat = new ExternalChat(QqEmulator.Group, IsGroup: true) }, File("image/png", 10)));
        Assert.IsType<SendOutcome.Rejected>(await SendAsync(rig, Message(rig) with { Chat = new ExternalChat("../me") }, File("image/png", 10)));

        Assert.True(Assert.Single(rig.Emulator.Shown) is { IsGroup: true, File: not null });
    }

    [Fact]
    public async Task A_file_answers_what_was_said_and_is_shown_once_however_often_it_is_tried()
    {
        await using var rig = await StartAsync();
        rig.Emulator.AllowsFirst = false;
        var e = rig.Emulator.NewEvent(5001, "have you got it?");
        Assert.Equal(200, (await ((IWebhookReceiver)rig.Session).ReceiveAsync(QqRig.Signed(Encoding.UTF8.GetBytes(e.ToJsonString())), rig.Gateway, Cancel)).Status);
        var message = Message(rig);
        rig.LoseNextFileAnswer();

        Assert.IsType<SendOutcome.Uncertain>(await SendAsync(rig, message, File("image/png", 10)));
        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, message with { Attempt = 2, MayRepeat = true }, File("image/png", 10)));

        Assert.Equal((string)e["d"]!["id"]!, Assert.Single(rig.Emulator.Shown).Answers);
    }

    [Fact]
    public async Task What_QQ_cannot_fetch_waits_and_nothing_is_shown()
    {
        await using var rig = await StartAsync();
        var open = new FetchableFile(_ => new Uri("http://assistant.example/files/a/file.png"), new Uri("https://assistant.example/img/file.png"));

        var insecure = await ((IFileSender)rig.Session).SendFileAsync(Message(rig), File("image/png", 10) with { Fetchable = open }, Cancel);
        rig.Emulator.FailsToFetch = true;
        var failed = await SendAsync(rig, Message(rig), File("image/png", 10));

        Assert.All([insecure, failed], outcome => Assert.Equal("qq.file-not-fetched", Assert.IsType<SendOutcome.RetryAfter>(outcome).Reason.FirstCode));
        Assert.Empty(rig.Emulator.Shown);
        rig.Emulator.FailsToFetch = false;
        rig.EndToken();
        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, Message(rig), File("image/png", 10)));
    }

    private static OutboundFile File(string mediaType, int size)
        => new("file", "a", mediaType, size, _ => Task.FromResult<Stream>(new MemoryStream(new byte[size])));

    private static OutboundMessage Message(QqRig rig) => new(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(5001), new MessageBody(""), null, 1, false);

    private static async Task<QqRig> StartAsync()
    {
        var rig = await QqRig.NewAsync();
        await rig.StartAsync(Cancel);
        return rig;
    }

    private static Task<SendOutcome> SendAsync(QqRig rig, OutboundMessage message, OutboundFile file)
        => ((IFileSender)rig.Session).SendFileAsync(message, rig.Files.Offer(file), Cancel);
}
