using System.Text;
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
}

public sealed class SqliteConnectionStoreTests : SealedConnectionStoreTests
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnSqliteAsync()).Ports;
}

public sealed class PostgresConnectionStoreTests : SealedConnectionStoreTests
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnPostgresAsync()).Ports;
}
