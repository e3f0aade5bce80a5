using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging;
using Assistant.Infrastructure.Messaging.Outbox;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Irc;

/// <summary>The orderly end of a connection, with all that takes part in it.</summary>
public sealed class IrcEndTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_heard_is_stored_when_the_connection_is_switched_off_or_the_program_ends(bool isSwitchedOff)
    {
        await using var rig = await IrcRig.NewAsync();
        var sessions = Unwatched.Sessions();
        var stored = new FakeConnections();
        stored.Put(rig.Connection);
        using var supervisor = new ConnectionSupervisor(
            stored, new ChannelCatalog([IrcRig.NewChannel()]), sessions, rig.Gateway, Options.Create(new PublicAddressOptions()),
            Options.Create(new OutboxOptions()), TimeProvider.System, NullLogger<ConnectionSupervisor>.Instance);
        await supervisor.StartAsync(Cancel);
        Assert.True(SpinWait.SpinUntil(() => ((IConnectionHealth)sessions).Find(rig.Connection.Id)?.State == ConnectionState.Up, TimeSpan.FromSeconds(10)));
        var isBusy = true;
        rig.Gateway.FailsOn = message => Volatile.Read(ref isBusy) || sessions.FindConnection(message.Connection) is null;
        for (var i = 0; i < 20; i++)
        {
            await rig.SayAsync(5001, $"{i:00}");
        }

        await rig.Person(5001).SayAsync(IrcRig.NickOf(5002), "the server has passed on all of it");
        Assert.True(SpinWait.SpinUntil(() => rig.Gateway.Offered.Count > 0, TimeSpan.FromSeconds(5)));

        Volatile.Write(ref isBusy, false);
        stored.Put(rig.Connection with { IsEnabled = !isSwitchedOff });
        await (isSwitchedOff ? supervisor.RefreshAsync(rig.Connection.Id, Cancel) : supervisor.StopAsync(Cancel));

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i:00}"), rig.Gateway.Stored.Select(message => ((InboundContent.Said)message.Content).Text));
        await supervisor.StopAsync(CancellationToken.None);
    }
}
