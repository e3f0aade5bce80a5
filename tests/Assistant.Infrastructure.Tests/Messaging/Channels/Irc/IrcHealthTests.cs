using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Channels.Irc;
using Assistant.Testing.Messaging;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Irc;

public sealed class IrcHealthTests
{
    private readonly FakeChannelHost _host = new(new RecordingGateway());
    private readonly IrcHealth _health;

    public IrcHealthTests() => _health = new IrcHealth(
        IrcSettings.Read(new SettingValues(new Dictionary<string, string> { ["host"] = "127.0.0.1", ["security"] = "none", ["nick"] = "assistant" })).Settings!, _host);

    private (ConnectionState State, string? Code) Last => (_host.Reports[^1].State, _host.Reports[^1].Detail.FirstCode);

    [Fact]
    public void What_the_server_says_meanwhile_makes_nothing_well_that_is_still_held()
    {
        _health.Up("assistant", []);
        _health.Holds();
        _health.Up("assistant", []);

        Assert.Equal((ConnectionState.Degraded, "irc.not-stored"), Last);
    }

    [Fact]
    public void What_was_not_to_be_had_is_told_again_when_all_is_stored()
    {
        _health.Up("assistant", ["#room"]);
        _health.Holds();
        _health.HasStored();

        Assert.Equal((ConnectionState.Degraded, "irc.not-in"), Last);
    }

    [Fact]
    public void Before_the_server_has_let_us_in_all_that_is_stored_makes_no_connection()
    {
        _health.Holds();
        _health.HasStored();

        Assert.Equal((ConnectionState.Starting, "channel.connecting"), Last);
    }

    [Fact]
    public void Messages_that_are_stored_are_no_news()
    {
        _health.Up("assistant", []);
        _health.HasStored();

        Assert.Single(_host.Reports);
    }

    [Fact]
    public void After_the_end_nothing_is_said()
    {
        _health.Up("assistant", []);
        _health.Holds();
        _health.End();
        _health.HasStored();

        Assert.Equal((ConnectionState.Degraded, "irc.not-stored"), Last);
    }
}
