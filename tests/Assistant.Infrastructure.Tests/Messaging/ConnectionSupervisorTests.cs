using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging;
using Assistant.Infrastructure.Messaging.Outbox;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Assistant.Testing.Messaging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging;

/// <summary>Sessions follow what is stored, whoever asked for it and however that ended.</summary>
public sealed class ConnectionSupervisorTests : IAsyncLifetime
{
    private static readonly Connection Line = new(
        new ConnectionId("line"), TenantId.Default, "fake", "Line", AccessPolicy.Open, true, false, SettingValues.Empty, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);

    private readonly FakeConnections _connections = new();
    private readonly LingeringChannel _channel = new();
    private readonly ChannelSessions _sessions = Unwatched.Sessions();
    private readonly FakeTimeProvider _clock = new();
    private readonly ConnectionSupervisor _supervisor;

    public ConnectionSupervisorTests()
        => _supervisor = new(
            _connections, _channel, _sessions, new RecordingGateway(), Options.Create(new PublicAddressOptions()), Options.Create(new OutboxOptions()), _clock,
            NullLogger<ConnectionSupervisor>.Instance);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _connections.Put(Line);
        await _supervisor.StartAsync(Cancel);
        await _supervisor.Started.Task.WaitAsync(Cancel);
        await _channel.Opened[0].Running.WaitAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Lingers.TrySetResult();
        await _supervisor.StopAsync(CancellationToken.None);
        _supervisor.Dispose();
    }

    [Fact]
    public async Task A_refresh_given_up_while_the_session_ends_is_carried_out()
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var refresh = _supervisor.RefreshAsync(Line.Id, giveUp.Token);
        await _channel.Opened[0].Ending.WaitAsync(Cancel);

        await giveUp.CancelAsync();
        _channel.Lingers.SetResult();

        await refresh;
        Assert.Same(_channel.Opened[1], _sessions.Find(Line.Id));
    }

    [Fact]
    public async Task A_refresh_that_cannot_read_leaves_the_session_as_it_is()
    {
        _connections.ReadFailure = new IOException("The database is busy.");
        _channel.Lingers.SetResult();

        await Assert.ThrowsAsync<IOException>(() => _supervisor.RefreshAsync(Line.Id, Cancel));

        Assert.Same(Assert.Single(_channel.Opened), _sessions.Find(Line.Id));
        Assert.False(_channel.Opened[0].Ending.IsCompleted);
    }

    [Fact]
    public async Task A_change_that_could_not_be_read_is_read_again_until_it_was_once()
    {
        _channel.Lingers.SetResult();
        _connections.ReadFailure = new IOException("The database is busy.");
        await Assert.ThrowsAsync<IOException>(() => _supervisor.RefreshAsync(Line.Id, Cancel));
        _connections.Put(Line with { DisplayName = "Changed" });
        await AdvanceUntilAsync(() => _connections.Reads >= 3);
        Assert.Single(_channel.Opened);

        _connections.ReadFailure = null;
        await AdvanceUntilAsync(() => _sessions.FindConnection(Line.Id)?.DisplayName == "Changed");

        var reads = _connections.Reads;
        await _channel.Opened[1].Running.WaitAsync(Cancel);
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal((reads, 2), (_connections.Reads, _channel.Opened.Count));
        Assert.Same(_channel.Opened[1], _sessions.Find(Line.Id));
    }

    [Fact]
    public async Task A_change_that_was_read_meanwhile_is_not_read_again()
    {
        _channel.Lingers.SetResult();
        _connections.ReadFailure = new IOException("The database is busy.");
        await Assert.ThrowsAsync<IOException>(() => _supervisor.RefreshAsync(Line.Id, Cancel));
        _connections.ReadFailure = null;
        await _supervisor.RefreshAsync(Line.Id, Cancel);

        _clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal((2, 2), (_connections.Reads, _channel.Opened.Count));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_that_was_switched_off_or_deleted_has_no_session(bool isDeleted)
    {
        _channel.Lingers.SetResult();
        if (isDeleted)
        {
            var audit = new AuditDraft(Line.Tenant, DateTimeOffset.UnixEpoch, Actor.System, AuditActions.ConnectionDeleted, "connection/line", "local", AuditDraft.NoDetails);
            await _connections.DeleteAsync(Line.Tenant, Line.Id, audit, Cancel);
        }
        else
        {
            _connections.Put(Line with { IsEnabled = false });
        }

        await _supervisor.RefreshAsync(Line.Id, Cancel);

        Assert.Null(_sessions.Find(Line.Id));
        Assert.Single(_channel.Opened);
    }

    [Fact]
    public async Task What_is_being_sent_ends_before_the_session_does_and_nothing_more_is_begun()
    {
        _channel.Lingers.SetResult();
        var loan = Lend();
        var refresh = _supervisor.RefreshAsync(Line.Id, Cancel);

        Assert.Null(_sessions.Lend(Line.Id));
        Assert.Same(_channel.Opened[0], _sessions.Find(Line.Id)); // it still receives
        Assert.False(_channel.Opened[0].Ending.IsCompleted);
        loan.Dispose();

        await refresh.WaitAsync(Cancel);
        using var next = Lend();
        Assert.Same(_channel.Opened[1], next.Session);
    }

    [Fact]
    public async Task What_is_being_sent_when_the_program_ends_ends_first()
    {
        _channel.Lingers.SetResult();
        var loan = Lend();

        var ending = _supervisor.StopAsync(CancellationToken.None);

        await AdvanceUntilAsync(IsRecalled);
        Assert.False(_channel.Opened[0].Ending.IsCompleted);
        loan.Dispose();
        await ending.WaitAsync(Cancel);
        Assert.True(_channel.Opened[0].Ending.IsCompleted);
    }

    [Fact]
    public async Task A_send_that_does_not_end_keeps_its_session_no_longer_than_a_send_may_take()
    {
        _channel.Lingers.SetResult();
        using var loan = Lend();
        var (began, limit) = (_clock.GetUtcNow(), new OutboxOptions().FileTimeout);
        var refresh = _supervisor.RefreshAsync(Line.Id, Cancel);

        await AdvanceUntilAsync(() => refresh.IsCompleted);

        await refresh;
        Assert.InRange(_clock.GetUtcNow() - began, limit, limit + TimeSpan.FromSeconds(30));
        Assert.Same(_channel.Opened[1], _sessions.Find(Line.Id));
    }

    [Fact]
    public async Task A_connection_that_ends_slowly_holds_up_no_change_of_another()
    {
        var other = Line with { Id = new ConnectionId("other") };
        _connections.Put(other);
        var slow = _supervisor.RefreshAsync(Line.Id, Cancel);
        await _channel.Opened[0].Ending.WaitAsync(Cancel);

        await _supervisor.RefreshAsync(other.Id, Cancel).WaitAsync(TimeSpan.FromSeconds(10), Cancel);

        Assert.Same(_channel.Opened[1], _sessions.Find(other.Id));
        Assert.False(slow.IsCompleted);
        _channel.Lingers.SetResult();
        await slow;
        Assert.Same(_channel.Opened[2], _sessions.Find(Line.Id));
    }

    [Fact]
    public async Task A_session_that_does_not_end_is_waited_for_so_long_and_then_followed_by_the_next()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _channel.Opened[0].OnDispose = gone.SetResult;
        var refresh = _supervisor.RefreshAsync(Line.Id, Cancel);
        await _channel.Opened[0].Ending.WaitAsync(Cancel);

        await AdvanceUntilAsync(() => refresh.IsCompleted);

        await refresh;
        Assert.Same(_channel.Opened[1], _sessions.Find(Line.Id));
        Assert.Equal(ConnectionState.Starting, Health(Line.Id).State);
        _channel.Lingers.SetResult();
        await gone.Task.WaitAsync(Cancel);
        for (var i = 0; i < 100; i++)
        {
            await Task.Yield();
            Assert.Same(_channel.Opened[1], _sessions.Find(Line.Id));
        }
    }

    [Fact]
    public async Task What_is_changed_while_the_program_ends_is_started_no_more()
    {
        var ending = _supervisor.StopAsync(CancellationToken.None);
        await _channel.Opened[0].Ending.WaitAsync(Cancel);
        var refresh = _supervisor.RefreshAsync(Line.Id, Cancel);

        _channel.Lingers.SetResult();

        await refresh.WaitAsync(Cancel);
        await ending.WaitAsync(Cancel);
        Assert.Single(_channel.Opened);
        Assert.Null(_sessions.Find(Line.Id));
    }

    [Fact]
    public async Task A_session_that_ends_is_found_by_nobody_and_known_to_the_gateway_until_it_is_gone()
    {
        _channel.Lingers.SetResult();
        Connection? known = null;
        IChannelSession? found = _channel.Opened[0];
        _channel.Opened[0].OnDispose = () => (known, found) = (_sessions.FindConnection(Line.Id), _sessions.Find(Line.Id));
        _connections.Put(Line with { IsEnabled = false });

        await _supervisor.RefreshAsync(Line.Id, Cancel);

        Assert.Equal(Line.Id, known?.Id);
        Assert.Null(found);
        Assert.Null(_sessions.FindConnection(Line.Id));
        Assert.Equal(ConnectionState.Off, Health(Line.Id).State);
    }

    [Fact]
    public async Task A_session_that_fails_to_end_in_good_order_is_followed_by_the_next()
    {
        _channel.Lingers.SetResult();
        _channel.Opened[0].OnDispose = () => throw new IOException("The line is gone.");

        await _supervisor.RefreshAsync(Line.Id, Cancel);

        Assert.Same(_channel.Opened[1], _sessions.Find(Line.Id));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_that_cannot_be_opened_is_down_and_keeps_no_other_from_running(bool isSealed)
    {
        var (first, second) = (Line with { Id = new ConnectionId("a") }, Line with { Id = new ConnectionId("b") });
        var unusable = isSealed ? first with { Fault = Phrase.Of("fault", ("kind", "SealBrokenException"), ("message", "It does not open.")) } : first;
        var stored = new FakeConnections();
        stored.Put(unusable);
        stored.Put(second);
        var channel = new LingeringChannel { Unusable = isSealed ? null : first.Id };
        channel.Lingers.SetResult();
        using var supervisor = new ConnectionSupervisor(
            stored, channel, _sessions, new RecordingGateway(), Options.Create(new PublicAddressOptions()), Options.Create(new OutboxOptions()), _clock, NullLogger<ConnectionSupervisor>.Instance);

        await supervisor.StartAsync(Cancel);
        await Task.WhenAny(supervisor.Started.Task, supervisor.ExecuteTask!).WaitAsync(Cancel);

        Assert.True(supervisor.Started.Task.IsCompletedSuccessfully);
        await channel.Opened[0].Running.WaitAsync(Cancel);
        Assert.Same(Assert.Single(channel.Opened), _sessions.Find(second.Id));
        await AdvanceUntilAsync(() => Health(first.Id).State == ConnectionState.Down);
        Assert.Contains(isSealed ? "It does not open." : "Invalid port specified.", Health(first.Id).Detail.ToString(), StringComparison.Ordinal);
        await supervisor.RefreshAsync(first.Id, Cancel); // nor does who changes it meet the fault
        channel.Unusable = null;
        stored.Put(first);
        await supervisor.RefreshAsync(first.Id, Cancel);
        Assert.Same(channel.Opened[^1], _sessions.Find(first.Id));
        await supervisor.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task What_is_switched_off_while_the_start_reads_it_is_not_started()
    {
        var read = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stored = new FakeConnections { ListLingers = read.Task };
        stored.Put(Line);
        var channel = new LingeringChannel();
        channel.Lingers.SetResult();
        var sessions = Unwatched.Sessions();
        using var supervisor = new ConnectionSupervisor(
            stored, channel, sessions, new RecordingGateway(), Options.Create(new PublicAddressOptions()), Options.Create(new OutboxOptions()), _clock, NullLogger<ConnectionSupervisor>.Instance);
        await supervisor.StartAsync(Cancel);
        await stored.Listing.WaitAsync(Cancel);
        stored.Put(Line with { IsEnabled = false });
        var refresh = supervisor.RefreshAsync(Line.Id, Cancel);
        Assert.False(supervisor.HasStarted);

        read.SetResult();

        await refresh.WaitAsync(Cancel);
        await supervisor.Started.Task.WaitAsync(Cancel);
        Assert.True(supervisor.HasStarted);
        Assert.Null(sessions.Find(Line.Id));
        await supervisor.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task What_is_noted_while_the_state_changes_does_not_put_the_old_state_back()
    {
        for (var round = 0; round < 200; round++)
        {
            var sessions = Unwatched.Sessions();
            sessions.Report(Line, ConnectionState.Up, Phrase.Of("connection.starting"));
            using var together = new Barrier(2);
            var notes = Task.Run(
                () =>
                {
                    together.SignalAndWait(Cancel);
                    for (var i = 0; i < 1000; i++)
                    {
                        sessions.NoteInbound(Line.Id);
                        sessions.NoteOutbound(Line.Id);
                    }
                },
                Cancel);
            together.SignalAndWait(Cancel);
            sessions.Report(Line, ConnectionState.Down, Phrase.Of("connection.off"));
            await notes;

            var health = ((IConnectionHealth)sessions).Find(Line.Id)!;
            Assert.Equal(ConnectionState.Down, health.State);
            Assert.NotNull(health.LastInboundAt);
            Assert.NotNull(health.LastOutboundAt);
        }
    }

    private SessionLoan Lend()
    {
        var loan = _sessions.Lend(Line.Id);
        Assert.True(loan.HasValue);
        return loan.Value;
    }

    private bool IsRecalled()
    {
        if (_sessions.Lend(Line.Id) is not { } loan)
        {
            return true;
        }

        loan.Dispose();
        return false;
    }

    private ConnectionHealth Health(ConnectionId id) => ((IConnectionHealth)_sessions).Find(id)!;

    private async Task AdvanceUntilAsync(Func<bool> isSo)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        end.CancelAfter(TimeSpan.FromSeconds(20));
        while (!isSo())
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(5), end.Token);
        }
    }
}
