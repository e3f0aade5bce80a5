using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Testing.Messaging;
using Assistant.Testing.Webhook;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Webhook;

/// <summary>Files by address, where a platform is not like the one of the contract.</summary>
public sealed class WebhookFilesTests : IAsyncDisposable
{
    private readonly CallbackHouse _house = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Theory]
    [InlineData("plain", "")]
    [InlineData("markdown", "<>")]
    public async Task Where_nobody_said_how_a_file_is_shown_its_address_goes_as_words(string format, string around)
    {
        await using var rig = await WebhookRig.NewAsync(_house);
        await using var session = rig.Channel.Open(rig.Connection with { Settings = rig.Mapping(("fileBody", ""), ("format", format)) });
        var file = rig.Files.Offer(new OutboundFile("file", "floor_plan_v2.pdf", "application/pdf", 4, _ => Task.FromResult<Stream>(new MemoryStream("plan"u8.ToArray()))));

        Assert.IsType<SendOutcome.Delivered>(await ((IFileSender)session).SendFileAsync(NewMessage(rig), file, Cancel));

        var lines = Assert.Single(rig.Platform.Shown).Text.Split('\n');
        Assert.Equal("floor_plan_v2.pdf", lines[0]);
        Assert.Equal(around, $"{string.Concat(lines[1].Where(c => c is '<' or '>'))}");
        Assert.Equal("plan", Encoding.UTF8.GetString((await rig.Files.Net.FetchAsync(lines[1].Trim('<', '>')))!.Content));
    }

    [Fact]
    public async Task An_address_without_a_host_is_on_the_server_that_is_written_to()
    {
        await using var rig = await WebhookRig.NewAsync(_house);
        rig.Platform.NewFile("1", "a.bin", "application/octet-stream", "there"u8.ToArray());
        await using var session = rig.Channel.Open(rig.Connection);

        await using var content = await ((IAttachmentReader)session).OpenAsync(new Attachment("file", "/files/a.bin"), Cancel);

        Assert.Equal("there", await new StreamReader(content).ReadToEndAsync(Cancel));
    }

    [Theory]
    [InlineData("another server of this network")]
    [InlineData("file:///etc/hostname")]
    [InlineData("//user:word@platform.example/a")]
    [InlineData("ftp://platform.example/a")]
    public async Task Neither_the_private_network_nor_this_machine_is_read_for_a_callback(string reference)
    {
        await using var rig = await WebhookRig.NewAsync(_house);
        await using var other = await PlatformEmulator.StartAsync();
        other.NewFile("1", "a.bin", "application/octet-stream", "secret"u8.ToArray());
        await using var session = rig.Channel.Open(rig.Connection);

        await Assert.ThrowsAsync<AttachmentUnavailableException>(() => ((IAttachmentReader)session).OpenAsync(
            new Attachment("file", reference.Contains(' ', StringComparison.Ordinal) ? $"{other.Address}/files/a.bin" : reference), Cancel));
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    public async Task To_a_chat_that_climbs_in_the_address_nothing_is_sent(string chat)
    {
        await using var rig = await WebhookRig.NewAsync(_house);
        await using var session = rig.Channel.Open(rig.Connection);

        var outcome = await session.SendAsync(NewMessage(rig) with { Chat = new ExternalChat(chat), Body = new MessageBody("hello") }, Cancel);

        Assert.Equal("channel.no-chat", Assert.IsType<SendOutcome.Rejected>(outcome).Reason.FirstCode);
        Assert.Empty(rig.Platform.Shown);
    }

    [Fact]
    public async Task Files_wait_while_the_mapping_means_nothing()
    {
        await using var rig = await WebhookRig.NewAsync(_house);
        await using var session = rig.Channel.Open(rig.Connection with { Settings = rig.Mapping(("fileBody", "{")) });
        var file = new OutboundFile("file", "a", "text/plain", 1, _ => Task.FromResult<Stream>(new MemoryStream([1])));

        Assert.Equal(PauseScope.Connection, Assert.IsType<SendOutcome.RetryAfter>(await ((IFileSender)session).SendFileAsync(NewMessage(rig), file, Cancel)).Scope);
    }

    private static OutboundMessage NewMessage(WebhookRig rig) => new(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(1), new MessageBody(""), null, Attempt: 1, MayRepeat: false);
}
