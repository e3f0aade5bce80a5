using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Tests.Outgoing;
using Assistant.Testing.Messaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Calls;

public sealed class PublishedKeysTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly TokenMint _mint = new TokenMint().With("k1");
    private readonly CallOptions _options = new();
    private readonly MessengerHttp _http = new(TestOutgoing.Default, Options.Create(new CallOptions()), TimeProvider.System);
    private WebApplication _app = null!;
    private PublishedKeys _keys = null!;
    private int _fetches;
    private string? _instead;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapGet("/keys", () =>
        {
            Interlocked.Increment(ref _fetches);
            return _instead is null ? Results.Text(_mint.Published().ToJsonString()) : _instead.Length == 0 ? Results.StatusCode(500) : Results.Text(_instead);
        });
        await _app.StartAsync(Cancel);
        _keys = new PublishedKeys("Messenger", new Uri(new Uri(_app.Urls.First()), "keys"), _http, _options, _time);
    }

    public async ValueTask DisposeAsync()
    {
        _keys.Dispose();
        await _app.DisposeAsync();
        _http.Dispose();
    }

    [Fact]
    public async Task However_many_ask_they_are_fetched_once()
    {
        var found = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _keys.FindAsync("k1", Cancel)));

        Assert.All(found, one => Assert.IsType<KeyFinding.Found>(one));
        Assert.Equal(1, _fetches);
    }

    [Fact]
    public async Task They_are_fetched_again_once_they_are_old()
    {
        await _keys.FindAsync("k1", Cancel);
        _mint.Withdraw("k1");

        _time.Advance(_options.KeyLifetime - TimeSpan.FromSeconds(1));
        Assert.IsType<KeyFinding.Found>(await _keys.FindAsync("k1", Cancel));
        _mint.With("k2");
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.IsType<KeyFinding.Unknown>(await _keys.FindAsync("k1", Cancel));
        Assert.IsType<KeyFinding.Found>(await _keys.FindAsync("k2", Cancel));
        Assert.Equal(2, _fetches);
    }

    [Fact]
    public async Task An_unknown_one_is_looked_for_once_an_hour()
    {
        await _keys.PrepareAsync(Cancel);
        for (var i = 0; i < 10; i++)
        {
            Assert.IsType<KeyFinding.Unknown>(await _keys.FindAsync($"made-up-{i}", Cancel));
        }

        Assert.Equal(2, _fetches);
        _time.Advance(_options.KeyPause);
        _mint.With("k2");
        Assert.IsType<KeyFinding.Found>(await _keys.FindAsync("k2", Cancel));
        Assert.Equal(3, _fetches);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("<html>")]
    [InlineData("""{"keys":[]}""")]
    public async Task The_old_ones_hold_while_there_are_no_new_ones(string answer)
    {
        await _keys.PrepareAsync(Cancel);
        _instead = answer;
        _time.Advance(_options.KeyLifetime);

        Assert.IsType<KeyFinding.Found>(await _keys.FindAsync("k1", Cancel));
        await _keys.FindAsync("k1", Cancel);
        Assert.Equal(2, _fetches); // not again at once
        _instead = null;
        _time.Advance(TimeSpan.FromSeconds(10));
        await _keys.FindAsync("k1", Cancel);
        Assert.Equal(3, _fetches);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    public async Task Without_any_it_says_why(string answer)
    {
        _instead = answer;

        Assert.IsType<KeyFinding.Unavailable>(await _keys.FindAsync("k1", Cancel));
        await Assert.ThrowsAsync<PhrasedException>(() => _keys.PrepareAsync(Cancel));
        _instead = null;
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.IsType<KeyFinding.Found>(await _keys.FindAsync("k1", Cancel));
    }

    [Fact]
    public async Task Metadata_leads_to_keys_of_its_own_server_or_over_https_only()
    {
        _instead = new JsonObject { ["jwks_uri"] = "http://127.0.0.1:1/keys" }.ToJsonString();

        Assert.IsType<KeyFinding.Unavailable>(await _keys.FindAsync("k1", Cancel));
        Assert.Equal(1, _fetches);
    }

    [Theory]
    [InlineData("kty", "EC")]
    [InlineData("use", "enc")]
    [InlineData("kid", "")]
    [InlineData("n", "AQAB")]
    [InlineData("n", "not base64 url")]
    [InlineData("e", "")]
    [InlineData("e", null)]
    public void What_is_no_key_to_verify_with_is_left_out(string name, string? value)
    {
        var published = _mint.Published();
        published["keys"]![0]![name] = value;

        Assert.Empty(PublishedKeys.Parse(Encoding.UTF8.GetBytes(published.ToJsonString())));
    }

    [Fact]
    public void Whatever_is_published_is_keys_or_none()
    {
        byte[][] seeds = [Encoding.UTF8.GetBytes(_mint.Published().ToJsonString()), """{"issuer":"x","jwks_uri":"https://x.test/keys"}"""u8.ToArray()];
        foreach (var (seed, input) in MutatedBytes.Of(seeds))
        {
            var fault = Record.Exception(() => PublishedKeys.Parse(input));

            Assert.True(fault is null, $"seed {seed}: {fault}");
        }
    }
}
