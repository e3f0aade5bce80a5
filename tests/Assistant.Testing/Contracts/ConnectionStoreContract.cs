using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every <see cref="IConnectionStore"/> must hold.</summary>
public abstract class ConnectionStoreContract : PathContract
{
    protected const string Secret = "12345:not-for-anyone's-eyes";

    [Fact]
    public async Task A_connection_comes_back_as_it_was_saved()
    {
        var saved = await SaveAsync(HomeLine with { DisplayName = "客厅", Access = AccessPolicy.Pairing, IsEnabled = false, Settings = Settings(Secret) });

        var found = (await Ports.Connections.FindAsync(saved.Id, Cancel))!;

        Assert.Equal(Secret, found.Settings.Find("token"));
        Assert.Equal(saved with { Settings = SettingValues.Empty }, found with { Settings = SettingValues.Empty });
        Assert.Null(await Ports.Connections.FindAsync(new ConnectionId("nobody"), Cancel));
    }

    [Fact]
    public async Task Saving_again_replaces_what_was_there()
    {
        await SaveAsync(HomeLine with { Settings = Settings("first") });
        await SaveAsync(HomeLine with { Settings = Settings("second"), Access = AccessPolicy.Blocked });

        var found = (await Ports.Connections.FindAsync(HomeLine.Id, Cancel))!;
        Assert.Equal(("second", AccessPolicy.Blocked), (found.Settings.Find("token"), found.Access));
        Assert.Equal(3, (await AuditOfAsync(Home)).Count(e => e.What.Action == AuditActions.ConnectionSaved));
    }

    [Fact]
    public async Task A_name_of_another_tenant_or_channel_is_taken()
    {
        var read = await FindAsync();
        foreach (var other in new[] { read with { Tenant = Office }, read with { ChannelType = "telegram" } })
        {
            Assert.Null(await TrySaveAsync(other, read));
            Assert.Null(await TrySaveAsync(other, read: null));
        }

        Assert.Equal((Home, "loopback"), (await Ports.Connections.FindAsync(HomeLine.Id, Cancel)) is { } found ? (found.Tenant, found.ChannelType) : default);
        Assert.Single(await AuditOfAsync(Office), e => e.What.Action == AuditActions.ConnectionSaved);
    }

    [Fact]
    public async Task Of_two_changes_from_one_reading_one_is_refused()
    {
        var read = await FindAsync();

        var first = await TrySaveAsync(read with { Access = AccessPolicy.Blocked }, read);
        Assert.Null(await TrySaveAsync(read with { IsEnabled = false }, read));

        var found = await FindAsync();
        Assert.Equal((AccessPolicy.Blocked, true, first!.UpdatedAt), (found.Access, found.IsEnabled, found.UpdatedAt));
        Assert.True(found.UpdatedAt > read.UpdatedAt);
        Assert.Equal(2, (await AuditOfAsync(Home)).Count(e => e.What.Action == AuditActions.ConnectionSaved));
    }

    [Fact]
    public async Task Of_two_changes_at_once_one_is_refused()
    {
        var read = await FindAsync();

        var saved = await Task.WhenAll(Enumerable.Range(0, 8).Select(
            i => Task.Run(() => TrySaveAsync(read with { Settings = Settings($"token-{i}") }, read), Cancel)));

        var only = Assert.Single(saved, one => one is not null);
        Assert.Equal(only!.Settings.Find("token"), (await FindAsync()).Settings.Find("token"));
    }

    [Fact]
    public async Task A_new_connection_replaces_none_that_was_made_meanwhile()
    {
        var line = HomeLine with { Id = new ConnectionId("new-line"), Settings = Settings("first") };
        Assert.NotNull(await TrySaveAsync(line, read: null));

        Assert.Null(await TrySaveAsync(line with { Settings = Settings("second") }, read: null));

        Assert.Equal("first", (await Ports.Connections.FindAsync(line.Id, Cancel))!.Settings.Find("token"));
    }

    [Fact]
    public async Task A_change_does_not_bring_back_what_was_removed()
    {
        var read = await FindAsync();
        await Ports.Connections.DeleteAsync(Home, HomeLine.Id, Draft(Home, AuditActions.ConnectionDeleted, "x"), Cancel);

        Assert.Null(await TrySaveAsync(read with { IsEnabled = false }, read));

        Assert.Null(await Ports.Connections.FindAsync(HomeLine.Id, Cancel));
    }

    [Fact]
    public async Task A_list_is_one_tenants_or_everybodys_by_name()
    {
        await ConnectAsync(Home, "a-line", AccessPolicy.Open);

        Assert.Equal(["a-line", "home-line"], (await Ports.Connections.ListAsync(Home, Cancel)).Select(c => c.Id.Value));
        Assert.Equal(["office-line"], (await Ports.Connections.ListAsync(Office, Cancel)).Select(c => c.Id.Value));
        Assert.Equal(["a-line", "home-line", "office-line"], (await Ports.Connections.ListAsync(null, Cancel)).Select(c => c.Id.Value));
    }

    [Fact]
    public async Task A_removed_connection_leaves_its_conversations()
    {
        var conversation = await HearAsync(HomeLine, "1", "hello");

        Assert.False(await Ports.Connections.DeleteAsync(Office, HomeLine.Id, Draft(Office, AuditActions.ConnectionDeleted, "x"), Cancel));
        Assert.True(await Ports.Connections.DeleteAsync(Home, HomeLine.Id, Draft(Home, AuditActions.ConnectionDeleted, "x"), Cancel));
        Assert.False(await Ports.Connections.DeleteAsync(Home, HomeLine.Id, Draft(Home, AuditActions.ConnectionDeleted, "x"), Cancel));

        Assert.Null(await Ports.Connections.FindAsync(HomeLine.Id, Cancel));
        Assert.Single(await ThreadAsync(Home, conversation));
        Assert.Single((await Ports.Queries.ListAsync(Home, Anna.Id, new(), null, 10, Cancel)).Items);
        Assert.Single(await AuditOfAsync(Home), e => e.What.Action == AuditActions.ConnectionDeleted);
    }

    [Fact]
    public async Task A_cursor_survives_saving_the_connection()
    {
        Assert.Null(await Ports.Connections.ReadCursorAsync(HomeLine.Id, Cancel));

        await Ports.Connections.SaveCursorAsync(HomeLine.Id, "41", Cancel);
        await Ports.Connections.SaveCursorAsync(HomeLine.Id, "42", Cancel);
        await SaveAsync(HomeLine with { DisplayName = "renamed" });

        Assert.Equal("42", await Ports.Connections.ReadCursorAsync(HomeLine.Id, Cancel));
        Assert.Null(await Ports.Connections.ReadCursorAsync(OfficeLine.Id, Cancel));
    }

    protected static SettingValues Settings(string token) => new([new("token", token)]);

    protected Task<Connection> SaveAsync(Connection connection) => Ports.Connections.PutAsync(connection, Saving(connection), Cancel);

    private Task<Connection?> TrySaveAsync(Connection connection, Connection? read)
        => Ports.Connections.SaveAsync(connection, read, Saving(connection), Cancel);

    private async Task<Connection> FindAsync() => (await Ports.Connections.FindAsync(HomeLine.Id, Cancel))!;

    private AuditDraft Saving(Connection connection) => Draft(connection.Tenant, AuditActions.ConnectionSaved, $"connection/{connection.Id}");
}
