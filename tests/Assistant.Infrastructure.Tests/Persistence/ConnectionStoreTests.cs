using System.Text;
using Assistant.Domain.Security;
using Assistant.Infrastructure.Persistence;
using Assistant.Testing.Contracts;
using Xunit;

namespace Assistant.Infrastructure.Tests.Persistence;

/// <summary>The contract, and that a secret cannot be read from what the database holds.</summary>
public abstract class SealedConnectionStoreTests : ConnectionStoreContract
{
    [Fact]
    public async Task A_secret_is_sealed_in_the_database()
    {
        await SaveAsync(HomeLine with { Settings = Settings(Secret) });

        var stored = await ((TestHouse)Ports.Owner!).Get<IReadPool>().ReadAsync(
            TenantScope.System,
            session => session.QueryFirst("SELECT sealed_settings FROM connections WHERE id = @p0", r => r.GetBytes(0), HomeLine.Id.Value), Cancel);

        Assert.True(stored!.Length > Secret.Length);
        Assert.Equal(-1, stored.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Secret)));
        Assert.Equal(-1, stored.AsSpan().IndexOf("token"u8));
    }

    [Fact]
    public async Task One_whose_settings_do_not_open_keeps_no_other_from_being_listed()
    {
        await SaveAsync(OfficeLine with { Settings = Settings(Secret) });
        await ((TestHouse)Ports.Owner!).Get<IWriteQueue>().ExecuteAsync(
            TenantScope.System,
            session => session.Execute("UPDATE connections SET sealed_settings = @p1 WHERE id = @p0", HomeLine.Id.Value, new byte[64]), Cancel);

        var listed = await Ports.Connections.ListAsync(null, Cancel);

        Assert.Equal([("home-line", true), ("office-line", false)], listed.Select(c => (c.Id.Value, c.Fault is not null)));
        Assert.Equal(Secret, listed[1].Settings.Find("token"));
        Assert.Contains("does not open", listed[0].Fault!.ToString(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<SealBrokenException>(() => Ports.Connections.FindAsync(HomeLine.Id, Cancel));
    }
}

public sealed class SqliteConnectionStoreTests : SealedConnectionStoreTests
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnSqliteAsync()).Ports;
}

public sealed class PostgresConnectionStoreTests : SealedConnectionStoreTests
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnPostgresAsync()).Ports;
}
