using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Testing.Telegram;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Telegram;

public sealed class TelegramFileTests
{
    private const int Ann = 5001;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("image", "image/jpeg", 1_000, "sendPhoto")]
    [InlineData("image", "image/jpeg", 10_000_001, "sendDocument")] // what is larger than a photo may be
    [InlineData("image", "image/gif", 1_000, "sendAnimation")]
    [InlineData("voice", "audio/ogg", 1_000, "sendVoice")]
    [InlineData("audio", "audio/mpeg", 1_000, "sendAudio")]
    [InlineData("audio", "audio/wav", 1_000, "sendDocument")]
    [InlineData("video", "video/mp4", 1_000, "sendVideo")]
    [InlineData("file", "application/pdf", 1_000, "sendDocument")]
    public async Task A_file_is_shown_as_what_Telegram_makes_of_its_format(string kind, string mediaType, int size, string method)
    {
        await using var rig = await StartAsync();

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, File(kind, mediaType, size)));

        Assert.Equal(method, Assert.Single(rig.Emulator.SaidBy(Ann)).File?.Method, ignoreCase: true);
    }

    [Fact]
    public async Task A_picture_Telegram_does_not_take_as_one_goes_as_a_document()
    {
        await using var rig = await StartAsync();
        rig.Emulator.Fail("sendPhoto", new TelegramFault.Error(400, "Bad Request: PHOTO_INVALID_DIMENSIONS"));

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, File("image", "image/png", 100)));

        Assert.Equal("sendDocument", Assert.Single(rig.Emulator.SaidBy(Ann)).File?.Method, ignoreCase: true);
    }

    [Fact]
    public async Task A_file_for_somebody_who_blocked_the_bot_is_given_up()
    {
        await using var rig = await StartAsync();
        rig.Refuse(Ann);

        var reason = Assert.IsType<SendOutcome.Rejected>(await SendAsync(rig, File("file", "text/plain", 10))).Reason;

        Assert.Equal(Phrase.Of("telegram.blocked"), reason);
    }

    [Fact]
    public async Task A_file_follows_a_group_that_became_a_supergroup()
    {
        await using var rig = await StartAsync();
        rig.Emulator.Fail("sendDocument", new TelegramFault.Error(400, "Bad Request: group chat was upgraded to a supergroup chat", MigrateToChatId: -1_001_900_000_009));

        var shown = Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, File("file", "text/plain", 10), new ExternalChat("-42", IsGroup: true)));

        Assert.StartsWith("-1001900000009:", shown.ExternalId, StringComparison.Ordinal);
    }

    private static async Task<TelegramRig> StartAsync()
    {
        var rig = await TelegramRig.NewAsync();
        await rig.StartAsync(Cancel);
        return rig;
    }

    private static OutboundFile File(string kind, string mediaType, int size)
        => new(kind, "thing", mediaType, size, _ => Task.FromResult<Stream>(new MemoryStream(new byte[size])));

    private static Task<SendOutcome> SendAsync(TelegramRig rig, OutboundFile file, ExternalChat? chat = null) => ((IFileSender)rig.Session).SendFileAsync(
        new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, chat ?? rig.ChatOf(Ann), new MessageBody(""), null, 1, false), file, Cancel);
}
