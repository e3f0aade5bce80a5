using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing;
using Assistant.Testing.Contracts;
using Assistant.Testing.InMemory.House;
using Xunit;

namespace Assistant.Infrastructure.Tests.Conversations;

/// <summary>After a take-over has returned, nothing the assistant decided before leaves; nothing is lost and order is kept.</summary>
public sealed class TakeOverRaceTests
{
    private const int Races = 10_000;
    private const int RacesPerDatabase = 300;

    [Fact]
    public async Task Nothing_of_the_assistants_leaves_after_a_take_over_in_any_order_of_steps()
    {
        for (var seed = 1; seed <= Races; seed++)
        {
            var ports = await MemoryPorts.OpenAsync();
            using var race = new TakeOverRace(ports, await ConnectAsync(ports), seed);
            race.Run();
        }
    }

    [Fact]
    public async Task The_promise_holds_on_sqlite()
    {
        await using var house = await TestHouse.OnSqliteAsync();
        await RunAsync(house.Ports);
    }

    [Fact]
    public async Task The_promise_holds_on_postgres()
    {
        await using var house = await TestHouse.OnPostgresAsync();
        await RunAsync(house.Ports);
    }

    private static async Task RunAsync(PathPorts ports)
    {
        var line = await ConnectAsync(ports);
        for (var seed = 1; seed <= RacesPerDatabase; seed++)
        {
            using var race = new TakeOverRace(ports, line, seed);
            race.Run();
        }
    }

    private static async Task<Connection> ConnectAsync(PathPorts ports)
    {
        var cancel = TestContext.Current.CancellationToken;
        var now = ports.Clock.GetUtcNow();
        await ports.Tenants.EnsureAsync(TenantId.Default, "Home", cancel);
        var line = new Connection(
            new ConnectionId("race-line"), TenantId.Default, "loopback", "race", AccessPolicy.Open, true, false, SettingValues.Empty, now, now);
        await ports.Connections.PutAsync(
            line, new AuditDraft(line.Tenant, now, Actor.System, AuditActions.ConnectionSaved, "connection/race-line", "local", AuditDraft.NoDetails), cancel);
        return line;
    }
}
