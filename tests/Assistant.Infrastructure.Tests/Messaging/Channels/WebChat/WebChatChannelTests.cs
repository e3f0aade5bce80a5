using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Channels.WebChat;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Assistant.Testing.Messaging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.WebChat;

/// <remarks>The channel's messenger is the house itself, so a flood, a fault or a lost answer cannot come between them.</remarks>
public sealed class WebChatChannelTests
{
    private static readonly Connection Web = new(
        new ConnectionId("web"), TenantId.Default, WebChatProfile.ChannelType, "Web", AccessPolicy.Open, true, false, SettingValues.Empty, default, default);

    private readonly FakeTimeProvider _clock = new();
    private readonly InMemoryChatIdentityStore _keys = new(new InMemoryAuditLog());
    private readonly WebChatChannel _channel;

    public WebChatChannelTests()
        => _channel = new(new ChatIdentities(_keys, new InMemoryConnections(new InMemoryAuditLog()), new PlainKeyAgreement()), _clock);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_send_is_delivered_once_however_often_it_is_tried()
    {
        await using var session = _channel.Open(Web);
        var message = new OutboundMessage(Guid.CreateVersion7(), Web.Id, new ExternalChat("v"), new MessageBody("hi"), null, 1, false);

        var first = await session.SendAsync(message, Cancel);

        Assert.Equal(first, await session.SendAsync(message with { Attempt = 2, MayRepeat = true }, Cancel));
        Assert.NotEqual(first, await session.SendAsync(message with { Id = Guid.CreateVersion7() }, Cancel));
    }

    [Fact]
    public async Task A_chat_that_encrypts_has_a_key_before_anybody_comes_and_keeps_it()
    {
        var open = Web with { Id = new ConnectionId("open"), Settings = new SettingValues([new("encryption", "off")]) };
        await _channel.PrepareAsync(Web, Cancel);
        var key = await _keys.FindAsync(Web, Cancel);
        await _channel.PrepareAsync(Web, Cancel);
        await _channel.PrepareAsync(open, Cancel);

        Assert.NotNull(key);
        Assert.Equal(key, await _keys.FindAsync(Web, Cancel));
        Assert.Null(await _keys.FindAsync(open, Cancel));
    }

    [Fact]
    public async Task It_is_up_until_it_is_stopped()
    {
        await using var session = _channel.Open(Web);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var host = new FakeChannelHost(new RecordingGateway());

        var running = session.RunAsync(host, stopping.Token);
        await host.WaitAsync(ConnectionState.Up, Cancel);
        Assert.False(running.IsCompleted);
        await stopping.CancelAsync();

        await running;
    }

    [Theory]
    [InlineData(null, "/chat/web")]
    [InlineData("https://example.org", "https://example.org/chat/web")]
    [InlineData("https://example.org/assistant", "https://example.org/assistant/chat/web")]
    [InlineData("https://example.org/assistant/", "https://example.org/assistant/chat/web")]
    public async Task It_says_where_it_is_with_the_path_of_the_public_address(string? root, string address)
    {
        await using var session = _channel.Open(Web);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var host = new FakeChannelHost(new RecordingGateway()) { PublicBaseUrl = root is null ? null : new Uri(root) };

        var running = session.RunAsync(host, stopping.Token);
        await host.WaitAsync(ConnectionState.Up, Cancel);
        await stopping.CancelAsync();
        await running;

        Assert.Equal(Phrase.Of("webchat.open", ("address", address)), host.Reports[^1].Detail);
    }

    [Fact]
    public async Task A_test_says_what_is_wrong_with_colours_and_sites()
    {
        var good = await _channel.TestAsync(new SettingValues([new("allowedOrigins", "https://shop.example")]), Cancel);
        var bad = await _channel.TestAsync(new SettingValues([new("allowedOrigins", "shop"), new("pageColor", "red")]), Cancel);

        Assert.True(good.IsPassed);
        Assert.Contains("https://shop.example", good.Checks[1].Detail.ToString(), StringComparison.Ordinal);
        Assert.All(bad.Checks, check => Assert.False(check.IsPassed || check.Fix is null));
    }

    [Fact]
    public void The_form_describes_every_setting_in_both_languages() => Assert.All(_channel.Manifest.Settings, field =>
    {
        Assert.NotEmpty(field.Help.English);
        Assert.Matches(@"\p{IsCJKUnifiedIdeographs}", field.Label.Chinese + field.Help.Chinese);
    });
}
