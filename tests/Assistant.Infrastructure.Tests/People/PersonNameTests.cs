using Assistant.Domain.Messaging;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing.Contracts;
using Xunit;

namespace Assistant.Infrastructure.Tests.People;

/// <summary>What a person is called follows the account they are known by.</summary>
public abstract class PersonNameTests : PathContract
{
    [Fact]
    public async Task Whoever_was_given_another_name_keeps_it_when_their_account_is_renamed()
    {
        await HearAsync(HomeLine, "1", "hello");
        await ((TestHouse)Ports.Owner!).Get<IWriteQueue>().ExecuteAsync(
            TenantScope.Of(Home), session => session.Execute("UPDATE people SET display_name = 'Accounting'"), Cancel);

        await StoreAsync(HomeLine, Said(HomeLine, "2", "hello") with { Sender = new ExternalSender("user-1", "Wei Li") });

        var row = Assert.Single((await Ports.People.ListAsync(Home, null, null, 10, Cancel)).Items);
        Assert.Equal(("Accounting", "Wei Li"), (row.Person.DisplayName, Assert.Single(row.Identities).DisplayName));
    }
}

public sealed class SqlitePersonNameTests : PersonNameTests
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnSqliteAsync()).Ports;
}

public sealed class PostgresPersonNameTests : PersonNameTests
{
    protected override async Task<PathPorts> OpenAsync() => (await TestHouse.OnPostgresAsync()).Ports;
}
