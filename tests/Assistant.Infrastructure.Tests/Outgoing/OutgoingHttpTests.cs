using System.Net;
using System.Net.Sockets;
using System.Text;
using Assistant.Infrastructure.Outgoing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Outgoing;

/// <summary>Real sockets and a server on this machine; only the names are made up.</summary>
public sealed class OutgoingHttpTests : IAsyncLifetime
{
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly ScriptedResolver _names = new();
    private Task _serving = Task.CompletedTask;
    private string _answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi";
    private int _connections;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private int Port => ((IPEndPoint)_server.LocalEndpoint).Port;

    public ValueTask InitializeAsync()
    {
        _server.Start();
        _serving = ServeAsync();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _serving;
        _server.Dispose();
        _ending.Dispose();
    }

    [Fact]
    public async Task What_an_administrator_entered_may_be_on_this_machine()
        => Assert.Equal("hi", await GetAsync(AddressSource.Configured, $"http://127.0.0.1:{Port}/"));

    [Fact]
    public async Task Unless_the_operator_says_otherwise()
        => await RefusedAsync(AddressSource.Configured, $"http://127.0.0.1:{Port}/", allowPrivate: false);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("2130706433")]
    [InlineData("0x7f.1")]
    [InlineData("0177.0.0.1")]
    [InlineData("127.1")]
    [InlineData("[::1]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("[::ffff:7f00:1]")]
    [InlineData("0.0.0.0")]
    [InlineData("127.0.0.1.")]
    [InlineData("①②⑦.0.0.1")]
    public async Task An_untrusted_address_never_leads_to_this_machine_however_it_is_spelled(string host)
    {
        _names.Answers("localhost", "127.0.0.1", "::1").Answers("127.0.0.1.", "127.0.0.1");

        await RefusedAsync(AddressSource.Untrusted, $"http://{host}:{Port}/");
    }

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("[fd00:ec2::254]")]
    [InlineData("[::ffff:169.254.169.254]")]
    [InlineData("[fe80::1]")]
    public async Task Metadata_is_refused_to_administrators_too(string host) => await RefusedAsync(AddressSource.Configured, $"http://{host}/latest/meta-data/");

    [Fact]
    public async Task A_name_is_judged_by_where_it_leads()
    {
        _names.Answers("inside.example", "127.0.0.1").Answers("metadata.example", "169.254.169.254");

        await RefusedAsync(AddressSource.Untrusted, $"http://inside.example:{Port}/");
        await RefusedAsync(AddressSource.Configured, $"http://metadata.example:{Port}/");
    }

    [Fact]
    public async Task A_name_that_changes_its_mind_is_judged_each_time_it_is_connected_to()
    {
        // Whoever rebinds answers with a public address while being checked and with a private one afterwards.
        _names.Answers("rebind.example", "2001:db8::1", "8.8.8.8").Answers("rebind.example", "127.0.0.1");
        await _names.ResolveAsync("rebind.example", Cancel);

        await RefusedAsync(AddressSource.Untrusted, $"http://rebind.example:{Port}/");
        Assert.Equal(2, _names.LookUps); // one judged look-up per connection: no second one to lie to
    }

    [Fact]
    public async Task Of_several_addresses_only_those_allowed_are_tried()
    {
        _names.Answers("mixed.example", "169.254.169.254", "127.0.0.1");

        Assert.Equal("hi", await GetAsync(AddressSource.Configured, $"http://mixed.example:{Port}/"));
    }

    [Fact]
    public async Task An_address_that_drops_what_is_sent_there_does_not_keep_the_next_waiting()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems refuse what finds a queue full.");
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), Port));
        silent.Listen(0);
        using var first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await first.ConnectAsync(silent.LocalEndPoint!, Cancel); // takes the only place: whoever comes now hears nothing
        _names.Answers("two.example", "127.0.0.2", "127.0.0.1");

        Assert.Equal("hi", await GetAsync(AddressSource.Configured, $"http://two.example:{Port}/"));
    }

    [Fact]
    public async Task A_redirect_is_an_answer_and_not_followed()
    {
        _answer = "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        using var client = Client(AddressSource.Configured);

        using var response = await client.GetAsync(new Uri($"http://127.0.0.1:{Port}/"), Cancel);

        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
    }

    [Fact]
    public async Task Where_redirects_are_followed_each_hop_is_judged()
    {
        _names.Answers("start.example", "127.0.0.1");
        _answer = $"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254:{Port}/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        var handler = TestOutgoing.With(_names).NewHandler(AddressSource.Configured);
        handler.AllowAutoRedirect = true;
        using var client = new HttpClient(handler);

        var fault = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri($"http://start.example:{Port}/"), Cancel));

        Assert.IsType<DestinationRefusedException>(fault.InnerException);
        Assert.Equal(1, _connections);
    }

    [Fact]
    public void A_proxy_of_the_environment_is_not_used()
    {
        using var handler = TestOutgoing.Default.NewHandler(AddressSource.Configured);

        Assert.False(handler.UseProxy); // it would connect in our stead, to addresses nobody judged
    }

    [Fact]
    public async Task An_unknown_name_is_told_apart_from_a_refusal()
    {
        using var client = Client(AddressSource.Configured);

        var fault = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri("http://nowhere.example/"), Cancel));

        Assert.Equal(HttpRequestError.NameResolutionError, fault.HttpRequestError);
    }

    private async Task RefusedAsync(AddressSource source, string address, bool allowPrivate = true)
    {
        using var client = Client(source, allowPrivate);

        var fault = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri(address), Cancel));

        Assert.IsType<DestinationRefusedException>(fault.InnerException);
        Assert.Equal(0, _connections);
    }

    private async Task<string> GetAsync(AddressSource source, string address)
    {
        using var client = Client(source);
        return await client.GetStringAsync(new Uri(address), Cancel);
    }

    private HttpClient Client(AddressSource source, bool allowPrivate = true) => new(TestOutgoing.With(_names, allowPrivate).NewHandler(source));

    private async Task ServeAsync()
    {
        var buffer = new byte[4096];
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                using var socket = await _server.AcceptSocketAsync(_ending.Token);
                Interlocked.Increment(ref _connections);
                await socket.ReceiveAsync(buffer, _ending.Token);
                await socket.SendAsync(Encoding.ASCII.GetBytes(_answer), _ending.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // the test is over, or the other side hung up
            }
        }
    }
}
