using Assistant.Domain.Messaging;
using Assistant.Testing.Twilio;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Twilio;

public sealed class TwilioFileTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("image/jpeg", 5_000_000)]
    [InlineData("image/png", 5_000_000)]
    [InlineData("image/gif", 5_000_000)]
    [InlineData("audio/ogg", 500_000)]
    [InlineData("video/mp4", 500_000)]
    [InlineData("application/pdf", 500_000)]
    public async Task The_largest_of_each_kind_is_fetched_and_sent(string mediaType, int largest)
    {
        await using var rig = await StartAsync();
        Assert.Equal(largest, rig.Channel.Manifest.FileTypes![mediaType]);

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, rig.Files.Offer(File(mediaType, largest))));

        var sent = Assert.Single(rig.Emulator.Sent);
        Assert.Equal((mediaType, largest), (sent.Media!.MediaType, sent.Media.Content.Length));
        Assert.Equal(["From", "MediaUrl", "StatusCallback", "To"], sent.Fields.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("image/webp")]
    [InlineData("audio/wav")]
    [InlineData("text/plain")]
    [InlineData("application/octet-stream")]
    public async Task What_phones_cannot_be_sent_is_refused_in_words(string mediaType)
    {
        await using var rig = await StartAsync();

        Assert.Equal("attachment.channel-takes-only", Assert.IsType<SendOutcome.Rejected>(await SendAsync(rig, rig.Files.Offer(File(mediaType, 10)))).Reason.FirstCode);
        Assert.Empty(rig.Emulator.Sent);
    }

    [Fact]
    public async Task What_Twilio_cannot_fetch_is_said_so()
    {
        await using var rig = await StartAsync();
        var open = new FetchableFile(_ => new Uri("http://assistant.example/files/a/file.png"), new Uri("https://assistant.example/img/file.png"));

        var insecure = await SendAsync(rig, File("image/png", 10) with { Fetchable = open });
        rig.Files.IsGone = true;
        var gone = await SendAsync(rig, rig.Files.Offer(File("image/png", 10)));

        Assert.All([insecure, gone], outcome => Assert.Equal("twilio.file-not-fetched", Assert.IsType<SendOutcome.Rejected>(outcome).Reason.FirstCode));
        Assert.Empty(rig.Emulator.Sent);
    }

    [Theory]
    [InlineData(11751)]
    [InlineData(30019)]
    public async Task A_phone_company_that_takes_less_is_said_so(int code)
    {
        await using var rig = await StartAsync();
        rig.Emulator.Fail(new TwilioFault.Error(code, 400));

        Assert.Equal("twilio.file-too-large", Assert.IsType<SendOutcome.Rejected>(await SendAsync(rig, rig.Files.Offer(File("image/png", 10)))).Reason.FirstCode);
    }

    private static OutboundFile File(string mediaType, int size)
        => new("file", "a", mediaType, size, _ => Task.FromResult<Stream>(new MemoryStream(new byte[size])));

    private static async Task<TwilioRig> StartAsync()
    {
        var rig = await TwilioRig.NewAsync();
        await rig.StartAsync(Cancel);
        return rig;
    }

    private static Task<SendOutcome> SendAsync(TwilioRig rig, OutboundFile file) => ((IFileSender)rig.Session).SendFileAsync(
        new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(1), new MessageBody(""), null, 1, false), file, Cancel);
}
