using Assistant.Domain.Messaging;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.GoogleChat;

public sealed class GoogleChatPhotoTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("image/jpeg")]
    [InlineData("image/png")]
    public async Task A_photo_is_a_card_that_shows_it_with_its_name_for_where_it_cannot_be_seen(string mediaType)
    {
        await using var rig = await StartAsync();

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, File("valve.jpg", mediaType, 2_000_000)));

        var shown = Assert.Single(rig.Google.Shown);
        Assert.Equal((mediaType, 2_000_000, "valve.jpg"), (shown.Photo!.MediaType, shown.Photo.Content.Length, (string?)shown.Message["fallbackText"]));
        Assert.Null(shown.Message["text"]);
    }

    [Theory]
    [InlineData("image/gif")]
    [InlineData("application/pdf")]
    [InlineData("audio/ogg")]
    public async Task What_a_card_does_not_show_is_refused_in_words(string mediaType)
    {
        await using var rig = await StartAsync();

        Assert.Equal("attachment.channel-takes-only", Assert.IsType<SendOutcome.Rejected>(await SendAsync(rig, File("a", mediaType, 10))).Reason.FirstCode);
        Assert.Empty(rig.Google.Shown);
    }

    [Fact]
    public async Task A_photo_is_shown_in_the_thread_and_once_however_often_it_is_sent()
    {
        await using var rig = await StartAsync();
        var message = Message(rig) with { Chat = rig.ChatOf(1) with { ThreadId = rig.ChatOf(1).ExternalId + "/threads/T1" } };

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, File("a.png", "image/png", 10), message));
        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, File("a.png", "image/png", 10), message with { Attempt = 2, MayRepeat = true }));

        Assert.Equal(message.Chat.ThreadId, Assert.Single(rig.Google.Shown).Thread);
    }

    [Fact]
    public async Task The_emulator_shows_a_photo_over_https_alone()
    {
        await using var rig = await StartAsync();
        var open = new FetchableFile(_ => new Uri("http://assistant.example/files/a/file.png"), new Uri("https://assistant.example/img/file.png"));

        Assert.Equal("channel.refuses", Assert.IsType<SendOutcome.Rejected>(
            await ((IFileSender)rig.Session).SendFileAsync(Message(rig), File("a.png", "image/png", 10) with { Fetchable = open }, Cancel)).Reason.FirstCode);
        rig.Files.IsGone = true;
        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, File("a.png", "image/png", 10))); // Google says yes before it looks

        Assert.Null(Assert.Single(rig.Google.Shown).Photo);
    }

    private static OutboundFile File(string name, string mediaType, int size)
        => new("image", name, mediaType, size, _ => Task.FromResult<Stream>(new MemoryStream(new byte[size])));

    private static OutboundMessage Message(GoogleChatRig rig) => new(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(1), new MessageBody(""), null, 1, false);

    private static async Task<GoogleChatRig> StartAsync()
    {
        var rig = await GoogleChatRig.NewAsync();
        await rig.StartAsync(Cancel);
        return rig;
    }

    private static Task<SendOutcome> SendAsync(GoogleChatRig rig, OutboundFile file, OutboundMessage? message = null)
        => ((IFileSender)rig.Session).SendFileAsync(message ?? Message(rig), rig.Files.Offer(file), Cancel);
}
