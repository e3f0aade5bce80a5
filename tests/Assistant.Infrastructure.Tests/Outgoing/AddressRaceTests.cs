using System.Net;
using System.Net.Sockets;
using Assistant.Infrastructure.Outgoing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Outgoing;

public sealed class AddressRaceTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Dictionary<string, Line> _lines = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_silent_address_gives_way_to_the_next_after_a_moment()
    {
        var race = RunAsync("2001:db8::1", "192.0.2.1");
        Assert.Equal(["2001:db8::1"], _lines.Keys);

        _time.Advance(AddressRace.Lead);
        _lines["192.0.2.1"].Connect();

        Assert.Same(_lines["192.0.2.1"], await race);
        Assert.True(_lines["2001:db8::1"].IsGivenUp);
        Assert.False(_lines["192.0.2.1"].IsClosed);
    }

    [Fact]
    public async Task An_address_that_refuses_gives_way_at_once()
    {
        var race = RunAsync("2001:db8::1", "192.0.2.1");

        _lines["2001:db8::1"].Fail(SocketError.ConnectionRefused);
        _lines["192.0.2.1"].Connect();

        Assert.Same(_lines["192.0.2.1"], await race);
    }

    [Fact]
    public async Task The_one_before_may_still_win_and_the_other_is_closed()
    {
        var race = RunAsync("2001:db8::1", "192.0.2.1");
        _time.Advance(AddressRace.Lead);
        _lines["192.0.2.1"].IsStubborn = true;

        _lines["2001:db8::1"].Connect();
        _lines["192.0.2.1"].Connect();

        Assert.Same(_lines["2001:db8::1"], await race);
        Assert.True(_lines["192.0.2.1"].IsClosed);
    }

    [Fact]
    public async Task The_families_take_turns()
    {
        var race = RunAsync("2001:db8::1", "2001:db8::2", "2001:db8::3", "192.0.2.1", "192.0.2.2");

        for (var i = 0; i < 4; i++)
        {
            _time.Advance(AddressRace.Lead);
        }

        Assert.Equal(["2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2", "2001:db8::3"], _lines.Keys);
        _lines["2001:db8::3"].Connect();
        await race;
    }

    [Fact]
    public async Task Where_none_answers_the_last_failure_is_told()
    {
        var race = RunAsync("2001:db8::1", "192.0.2.1");

        _lines["2001:db8::1"].Fail(SocketError.NetworkUnreachable);
        _lines["192.0.2.1"].Fail(SocketError.ConnectionRefused);

        Assert.Equal(SocketError.ConnectionRefused, (await Assert.ThrowsAsync<SocketException>(() => race)).SocketErrorCode);
        Assert.Equal(SocketError.HostNotFound, (await Assert.ThrowsAsync<SocketException>(() => RunAsync())).SocketErrorCode);
    }

    [Fact]
    public async Task Who_gives_up_is_told_so_under_their_own_token()
    {
        using var patience = new CancellationTokenSource();
        var race = AddressRace.RunAsync([IPAddress.Parse("2001:db8::1"), IPAddress.Parse("192.0.2.1")], OpenAsync, _time, patience.Token);
        _time.Advance(AddressRace.Lead);

        await patience.CancelAsync();

        Assert.Equal(patience.Token, (await Assert.ThrowsAsync<OperationCanceledException>(() => race)).CancellationToken);
        Assert.All(_lines.Values, line => Assert.True(line.IsGivenUp));
    }

    private Task<Line> RunAsync(params string[] addresses) => AddressRace.RunAsync([.. addresses.Select(IPAddress.Parse)], OpenAsync, _time, Cancel);

    private Task<Line> OpenAsync(IPAddress address, CancellationToken cancellationToken)
        => (_lines[address.ToString()] = new Line()).OpenAsync(cancellationToken);

    /// <summary>A connection that is made, or is not, when the test says so.</summary>
    private sealed class Line : IDisposable
    {
        private readonly TaskCompletionSource<Line> _end = new();

        /// <summary>Connects although nobody waits for it any more: both were quick.</summary>
        public bool IsStubborn { get; set; }

        public bool IsGivenUp => _end.Task.IsCanceled;

        public bool IsClosed { get; private set; }

        public Task<Line> OpenAsync(CancellationToken cancellationToken)
        {
            cancellationToken.Register(() => _ = !IsStubborn && _end.TrySetCanceled(cancellationToken));
            return _end.Task;
        }

        public void Connect() => _end.TrySetResult(this);

        public void Fail(SocketError error) => _end.SetException(new SocketException((int)error));

        public void Dispose() => IsClosed = true;
    }
}
