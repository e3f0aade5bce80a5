using Assistant.Domain.Diagnostics;
using Assistant.Infrastructure.Diagnostics;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Persistence.Postgres;
using Npgsql;
using Xunit;

namespace Assistant.Infrastructure.Tests.Persistence;

/// <summary>Which users of a PostgreSQL server the program works with, and what it says to the others.</summary>
public sealed class ApplicationRoleTests : IAsyncLifetime
{
    private readonly string _name = $"role_{Guid.CreateVersion7():N}"[..24];
    private string _server = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Owner => _name + "_o";

    private string Login => _name + "_l";

    private string Other => _name + "_x";

    private string Long => _name.PadRight(60, 'y');

    public async ValueTask InitializeAsync()
    {
        var server = Environment.GetEnvironmentVariable("ASSISTANT_TEST_POSTGRES");
        Assert.SkipWhen(string.IsNullOrEmpty(server), "PostgreSQL is missing: ASSISTANT_TEST_POSTGRES is not set (tests/run.sh provides it).");
        _server = server;
        await RunAsync($"CREATE ROLE {Owner} LOGIN PASSWORD 'p'");
        await RunAsync($"CREATE ROLE {Login} LOGIN PASSWORD 'p'");
        await RunAsync($"CREATE ROLE {Other}");
        await RunAsync($"CREATE DATABASE {_name} OWNER {Owner} TEMPLATE template0");
    }

    public async ValueTask DisposeAsync()
    {
        if (_server.Length > 0)
        {
            await RunAsync($"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");
            foreach (var role in new[] { Owner + "_app", Owner, Login, Other, Long })
            {
                await RunAsync($"DROP ROLE IF EXISTS {role}");
            }
        }
    }

    [Fact]
    public async Task An_owner_that_may_not_make_roles_is_told_in_one_line_and_works_once_an_administrator_did_it()
    {
        await using (var database = new PostgresDatabase(As(Owner)))
        {
            var refused = await Assert.ThrowsAsync<InstallationException>(() => database.MigrateAsync(Cancel));
            Assert.Contains($"CREATE ROLE \"{Owner}_app\" NOLOGIN; GRANT \"{Owner}_app\" TO \"{Owner}\";", refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', refused.Message);
        }

        await RunAsync($"CREATE ROLE {Owner}_app NOLOGIN");
        await RunAsync($"GRANT {Owner}_app TO {Owner}");

        await AssertWorksAsync(new PostgresDatabase(As(Owner)), Owner + "_app");
    }

    [Fact]
    public async Task An_owner_that_may_make_roles_makes_its_own()
    {
        await RunAsync($"ALTER ROLE {Owner} CREATEROLE");

        await AssertWorksAsync(new PostgresDatabase(As(Owner)), Owner + "_app");
    }

    [Fact]
    public async Task With_an_owner_of_the_tables_apart_the_program_is_the_user_it_logs_in_as()
        => await AssertWorksAsync(new PostgresDatabase(As(Login), As(Owner)), Login);

    [Fact]
    public async Task A_user_no_wall_is_closed_to_is_refused()
    {
        await using var super = new PostgresDatabase(new NpgsqlConnectionStringBuilder(_server) { Database = _name }.ConnectionString, As(Owner));
        await using var owner = new PostgresDatabase(As(Owner), As(Owner));

        foreach (var database in new[] { super, owner })
        {
            var refused = await Assert.ThrowsAsync<InstallationException>(() => database.MigrateAsync(Cancel));
            Assert.Contains("keeps no tenants apart", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Somebody_elses_table_beside_the_programs_is_left_alone()
    {
        await RunAsync($"ALTER ROLE {Owner} CREATEROLE");
        await RunAsync("CREATE TABLE others (id integer)", _name);

        await AssertWorksAsync(new PostgresDatabase(As(Owner)), Owner + "_app");

        Assert.False((bool)(await RunAsync($"SELECT has_table_privilege('{Owner}_app', 'others', 'SELECT')", _name))!);
    }

    [Fact]
    public async Task An_owner_the_programs_tables_do_not_belong_to_is_told_so_and_not_to_make_a_role()
    {
        await AssertWorksAsync(new PostgresDatabase(As(Login), As(Owner)), Login);
        await RunAsync(
            $"ALTER TABLE tenants OWNER TO {Other}; ALTER TABLE \"__EFMigrationsHistory\" OWNER TO {Other}; "
            + $"GRANT SELECT ON \"__EFMigrationsHistory\" TO {Owner}; REVOKE ALL ON tenants FROM {Login}",
            _name);

        await using var database = new PostgresDatabase(As(Login), As(Owner));
        var refused = await Assert.ThrowsAsync<InstallationException>(() => database.MigrateAsync(Cancel));

        Assert.Contains("Assistant__Database__OwnerConnectionString must own the program's tables", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("CREATE ROLE", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_whose_name_leaves_no_room_for_the_role_beside_it_is_refused_and_may_be_the_owner_of_two()
    {
        await RunAsync($"CREATE ROLE {Long} LOGIN CREATEROLE PASSWORD 'p'");
        await RunAsync($"ALTER DATABASE {_name} OWNER TO {Long}");
        await using (var database = new PostgresDatabase(As(Long)))
        {
            var refused = await Assert.ThrowsAsync<InstallationException>(() => database.MigrateAsync(Cancel));
            Assert.Contains("more than 59 bytes", refused.Message, StringComparison.Ordinal);
            Assert.Contains("Assistant__Database__OwnerConnectionString", refused.Message, StringComparison.Ordinal);
        }

        await AssertWorksAsync(new PostgresDatabase(As(Login), As(Long)), Login);
    }

    [Fact]
    public async Task The_tables_are_found_in_a_schema_named_like_the_user_and_what_the_path_names_behind_it_stays_in_it()
    {
        await RunAsync($"ALTER ROLE {Owner} CREATEROLE");
        await RunAsync($"CREATE SCHEMA AUTHORIZATION {Owner}", _name);

        await AssertWorksAsync(new PostgresDatabase(As(Owner)), Owner + "_app");

        Assert.Equal(Owner, await RunAsync("SELECT schemaname::text FROM pg_tables WHERE tablename = 'tenants'", _name));
        await using var database = new PostgresDatabase(As(Owner));
        Assert.Equal(FindingLevel.Fine, (await ExamineAsync(database)).Level);
        await using var connection = database.Open(forWriting: false);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT current_schemas(false)::text";
        Assert.Equal($"{{{Owner},public}}", await command.ExecuteScalarAsync(Cancel));
    }

    [Fact]
    public async Task A_user_that_looks_elsewhere_than_where_the_owner_has_the_tables_is_told_where_they_are()
    {
        await RunAsync($"CREATE SCHEMA AUTHORIZATION {Owner}", _name);
        await using (var database = new PostgresDatabase(As(Login), As(Owner)))
        {
            var refused = await Assert.ThrowsAsync<InstallationException>(() => database.MigrateAsync(Cancel));

            Assert.EndsWith($"Add Search Path={Owner} to it.", refused.Message, StringComparison.Ordinal);
            Assert.Equal(FindingLevel.Failed, (await ExamineAsync(database)).Level);
        }

        await AssertWorksAsync(new PostgresDatabase($"{As(Login)};Search Path={Owner}", As(Owner)), Login);
    }

    private static async Task<Finding> ExamineAsync(PostgresDatabase database)
        => Assert.Single(await new DatabaseDiagnostic(database, new DataFolder(Path.GetTempPath())).RunAsync(Cancel));

    private static async Task AssertWorksAsync(PostgresDatabase database, string role)
    {
        await using var opened = database;
        await database.MigrateAsync(Cancel);
        await database.MigrateAsync(Cancel); // as every later start does

        await using var context = database.OpenContext(TenantScope.System);
        Assert.Empty(context.Set<Tenancy.TenantRow>());
        // A connection that went back to the pool is still nobody else's.
        for (var i = 0; i < 3; i++)
        {
            await using var connection = database.Open(forWriting: false);
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT current_user::text";
            Assert.Equal(role, await command.ExecuteScalarAsync(Cancel));
        }
    }

    private string As(string user)
        => new NpgsqlConnectionStringBuilder(_server) { Database = _name, Username = user, Password = "p", MaxPoolSize = 3 }.ConnectionString;

    private async Task<object?> RunAsync(string sql, string? database = null)
    {
        await using var connection = new NpgsqlConnection(
            database is null ? _server : new NpgsqlConnectionStringBuilder(_server) { Database = database, Pooling = false }.ConnectionString);
        await connection.OpenAsync(CancellationToken.None);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the test's own text
        command.CommandText = sql;
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync(CancellationToken.None);
    }
}
