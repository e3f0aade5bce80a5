using Assistant.Domain.Messaging;
using Assistant.Domain.Observability;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging;
using Assistant.Infrastructure.Messaging.Outbox;
using Assistant.Infrastructure.Tests.Messaging.Outbox;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging;

/// <summary>What the console is told of a connection.</summary>
public sealed class ChannelSessionsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Connection Line = new(
        new ConnectionId("tg"), TenantId.Default, "telegram", "tg", AccessPolicy.Open, true, false, SettingValues.Empty, Now, Now);

    private readonly FakeTimeProvider _time = new(Now);
    private readonly InMemoryLiveFeed _live = new();
    private readonly ConnectionPauses _pauses;

    public ChannelSessionsTests() => _pauses = new ConnectionPauses(_live, _time);

    [Fact]
    public void A_pause_shows_until_it_ends()
    {
        var sessions = NewSessions();
        sessions.Report(Line, ConnectionState.Up, Phrase.Of("telegram.polling"));
        var before = _live.Published.Count;

        _pauses.Begin(Line.Tenant, Line.Id, TimeSpan.FromHours(1), Phrase.Of("telegram.pause"));

        var paused = Health(sessions);
        Assert.Equal((ConnectionState.Degraded, Now), (paused.State, paused.Since));
        Assert.Equal(new Phrase.Several([Phrase.Of("telegram.pause"), Phrase.Of("send.paused-until", ("until", "2026-01-01 13:00:00 UTC"))]).ToString(), paused.Detail.ToString());
        _pauses.NoteSent(Line.Id); // was under way
        Assert.Equal(ConnectionState.Degraded, Health(sessions).State);
        Assert.Equal(before + 1, _live.Published.OfType<LiveEvent.ConnectionChanged>().Count());

        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal((ConnectionState.Up, Phrase.Of("telegram.polling")), (Health(sessions).State, Health(sessions).Detail));
        _pauses.NoteSent(Line.Id);
        _pauses.NoteSent(Line.Id);
        Assert.Equal(before + 2, _live.Published.OfType<LiveEvent.ConnectionChanged>().Count());
    }

    [Fact]
    public void What_is_worse_than_a_pause_is_said_instead()
    {
        var sessions = NewSessions();
        _pauses.Begin(Line.Tenant, Line.Id, TimeSpan.FromHours(1), Phrase.Of("telegram.pause"));

        sessions.Report(Line, ConnectionState.Down, Phrase.Of("telegram.token-refused"));

        Assert.Equal((ConnectionState.Down, Phrase.Of("telegram.token-refused")), (Health(sessions).State, Health(sessions).Detail));
    }

    private ChannelSessions NewSessions()
    {
        var sessions = new ChannelSessions(_pauses, _live, _time);
        sessions.Add(Line, new ScriptedSession());
        return sessions;
    }

    private static ConnectionHealth Health(ChannelSessions sessions) => ((IConnectionHealth)sessions).Find(Line.Id)!;
}
