using Assistant.Domain.Messaging;
using Assistant.Testing.Meta;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.WhatsApp;

public sealed class WhatsAppFileTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("image/jpeg", 3, "image", "image/jpeg")]
    [InlineData("image/jpeg", 5_000_001, "document", "text/plain")]
    [InlineData("image/gif", 3, "document", "text/plain")]
    [InlineData("audio/ogg", 3, "audio", "audio/ogg")]
    [InlineData("video/mp4", 3, "video", "video/mp4")]
    [InlineData("application/pdf", 3, "document", "application/pdf")]
    [InlineData("application/zip", 3, "document", "text/plain")]
    public async Task A_file_is_shown_as_what_whatsapp_plays(string mediaType, int size, string type, string handedInAs)
    {
        await using var rig = await StartAsync();

        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, File(mediaType, size)));

        Assert.Equal(type, (string)Assert.Single(rig.Emulator.Shown).Message["type"]!);
        var upload = Assert.Single(rig.Emulator.Uploads).Value;
        Assert.Equal((handedInAs, size), (upload.Type, upload.Content.Length));
    }

    [Fact]
    public async Task Handing_in_that_fails_shows_nothing_and_is_told_in_words()
    {
        await using var rig = await StartAsync();
        rig.Emulator.FailUpload(new GraphFault.Error(131000, Status: 500));
        rig.Emulator.FailUpload(new GraphFault.Error(100));

        Assert.IsType<SendOutcome.RetryAfter>(await SendAsync(rig, File("application/pdf", 3)));
        Assert.IsType<SendOutcome.Rejected>(await SendAsync(rig, File("application/pdf", 3)));
        Assert.Empty(rig.Emulator.Shown);
    }

    [Fact]
    public async Task A_file_for_nobody_is_not_handed_in()
    {
        await using var rig = await StartAsync();
        var message = new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, new ExternalChat("nobody"), new MessageBody(""), null, 1, false);

        Assert.IsType<SendOutcome.Rejected>(await ((IFileSender)rig.Session).SendFileAsync(message, File("application/pdf", 3), Cancel));
        Assert.Empty(rig.Emulator.Uploads);
    }

    private static OutboundFile File(string mediaType, int size) => new("file", "a.bin", mediaType, size, _ => Task.FromResult<Stream>(new MemoryStream(new byte[size])));

    private static async Task<WhatsAppRig> StartAsync()
    {
        var rig = await WhatsAppRig.NewAsync();
        await rig.StartAsync(Cancel);
        return rig;
    }

    private static Task<SendOutcome> SendAsync(WhatsAppRig rig, OutboundFile file)
        => ((IFileSender)rig.Session).SendFileAsync(
            new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(5001), new MessageBody(""), null, 1, false), file, Cancel);
}
