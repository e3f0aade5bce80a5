using System.Text;
using Npgsql;

namespace Assistant.Infrastructure.Persistence.Postgres;

/// <summary>The role all statements run as: it owns no table, hence cannot take a wall down, and no wall is open to it.</summary>
/// <remarks>
/// With one connection string it is made beside the user of that string, without a login, and every connection becomes it. Where the
/// owner of the tables has a connection string of its own, it is the user the program logs in as.
/// </remarks>
/// <param name="where">The database, for messages.</param>
/// <param name="user">Whom the one connection string names; <see langword="null"/> where the owner has its own.</param>
internal sealed class ApplicationRole(string where, string? user)
{
    /// <summary>Makes a new connection act as the role; it stays so until it is closed for good.</summary>
    /// <remarks>Where it looks for tables is settled first: "$user" in the search path would name the role from then on.</remarks>
    public const string Become =
        "SELECT set_config('search_path', (SELECT string_agg(quote_ident(name), ', ' ORDER BY place) "
        + "FROM unnest(current_schemas(false)) WITH ORDINALITY AS path (name, place)), false), set_config('role', session_user || '_app', false)";

    private const string Exists = "SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = $1)";
    private const string OwnName = "SELECT session_user || '_app'";

    // Two processes that start at once take turns in their database; those of other databases of the server meet at the role itself.
    private const string TakeTurn = "SELECT pg_advisory_xact_lock(hashtext('assistant application role'))";

    private const string MakeRole = "SELECT format('CREATE ROLE %I NOLOGIN', $1)";
    private const string JoinRole = "SELECT format('GRANT %I TO %I', $1, session_user) WHERE NOT (SELECT rolsuper FROM pg_roles WHERE rolname = session_user)";

    private const string OpenSchema =
        "SELECT format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), $1) WHERE NOT has_schema_privilege($1::name, current_schema(), 'USAGE')";

    // A grant that is there already would be written again at every start. Somebody else's table in the schema is left alone, unless it is owned by
    // whoever owns the list of migrations: such a one is the program's, and what refuses the grant says so.
    private const string OpenTables =
        "SELECT format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', c.oid::regclass, $1) FROM pg_class c "
        + "WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> '__EFMigrationsHistory' "
        + "AND (pg_has_role(session_user, c.relowner, 'USAGE') OR c.relowner = (SELECT h.relowner FROM pg_class h "
        + "WHERE h.relnamespace = c.relnamespace AND h.relname = '__EFMigrationsHistory')) "
        + "AND NOT (has_table_privilege($1::name, c.oid, 'SELECT') AND has_table_privilege($1::name, c.oid, 'INSERT') "
        + "AND has_table_privilege($1::name, c.oid, 'UPDATE') AND has_table_privilege($1::name, c.oid, 'DELETE'))";

    private const string OpenHistory =
        "SELECT format('GRANT SELECT ON %s TO %I', c.oid::regclass, $1) FROM pg_class c "
        + "WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = '__EFMigrationsHistory' AND NOT has_table_privilege($1::name, c.oid, 'SELECT')";

    // The list of migrations stands for all tables.
    private const string Schema = "SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = to_regclass('\"__EFMigrationsHistory\"')";

    private const string Powers =
        "SELECT current_user::text, rolsuper OR rolbypassrls OR EXISTS (SELECT 1 FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace "
        + "AND c.relkind IN ('r', 'p') AND pg_has_role(current_user, c.relowner, 'MEMBER')) FROM pg_roles WHERE rolname = current_user";

    // NAMEDATALEN - 1: https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
    private const int LongestName = 63;

    private const int Attempts = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>The schema in which this connection finds the program's tables; <see langword="null"/> where it finds none.</summary>
    public static Task<string?> FindSchemaAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
        => AskAsync<string>(connection, Schema, null, cancellationToken);

    /// <summary>Makes the role where it is ours to make, and gives it what is in the tables, not the tables.</summary>
    /// <param name="owner">An open connection of the owner of the tables.</param>
    /// <param name="login">The user the program logs in as, where the owner is another.</param>
    /// <exception cref="InstallationException">It may not be made, or the user's name leaves no room for its own.</exception>
    public async Task ProvideAsync(NpgsqlConnection owner, string? login, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var transaction = await owner.BeginTransactionAsync(cancellationToken);
                await AskAsync<object>(owner, TakeTurn, null, cancellationToken);
                var role = login ?? (await AskAsync<string>(owner, OwnName, null, cancellationToken))!;
                if (login is null && Encoding.UTF8.GetByteCount(role) > LongestName)
                {
                    throw TooLong();
                }

                if (login is null && !await AskAsync<bool>(owner, Exists, role, cancellationToken))
                {
                    await MakeAsync(owner, role, cancellationToken);
                }

                await RunAsync(owner, OpenSchema, role, cancellationToken);
                await RunAsync(owner, OpenTables, role, cancellationToken);
                await RunAsync(owner, OpenHistory, role, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return;
            }
            catch (PostgresException error) when (IsRace(error) && attempt < Attempts)
            {
                await Task.Delay(Pause, cancellationToken);
            }
        }
    }

    /// <summary>A connection that acts as the role, or as the user the program logs in as.</summary>
    /// <exception cref="InstallationException">It may not act as the role.</exception>
    public async Task<NpgsqlConnection> EnterAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        try
        {
            return await source.OpenConnectionAsync(cancellationToken);
        }
        catch (PostgresException error) when (user is not null && IsMissing(error))
        {
            throw Refused(error);
        }
    }

    /// <summary>Makes sure that whoever this connection acts as finds the tables, and that the walls hold for them.</summary>
    /// <param name="schema">Where the owner finds the tables.</param>
    /// <exception cref="InstallationException">They do not.</exception>
    public async Task RequireAsync(NpgsqlConnection connection, string? schema, CancellationToken cancellationToken)
    {
        if (await FindSchemaAsync(connection, cancellationToken) != schema)
        {
            throw new InstallationException(
                $"PostgreSQL at {where} has the program's tables in the schema {schema}, where the user of Assistant__Database__ConnectionString does not look for them. "
                + $"Add Search Path={schema} to it.");
        }

        await using var command = new NpgsqlCommand(Powers, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        if (reader.GetBoolean(1))
        {
            throw new InstallationException(
                $"PostgreSQL at {where} keeps no tenants apart for the user {reader.GetString(0)}: it is a superuser, has BYPASSRLS, or can act as the owner of "
                + "the tables. Name another user in Assistant__Database__ConnectionString, or leave Assistant__Database__OwnerConnectionString away.");
        }
    }

    private async Task MakeAsync(NpgsqlConnection owner, string role, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(owner, MakeRole, role, cancellationToken);
            await RunAsync(owner, JoinRole, role, cancellationToken);
        }
        catch (PostgresException error) when (IsMissing(error))
        {
            throw Refused(error);
        }
    }

    // What comes of a role that is not there, is not ours, or may not be made.
    private static bool IsMissing(PostgresException error)
        => error.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.InvalidParameterValue;

    // The server would cut the role's name when it makes it, and never find it again.
    private InstallationException TooLong() => new(
        $"The user {user} of PostgreSQL at {where} has a name of more than {LongestName - "_app".Length} bytes, which leaves no room for that of the role "
        + "beside it. Use one with a shorter name, or two users, the owner of the tables in Assistant__Database__OwnerConnectionString.");

    private InstallationException Refused(PostgresException error) => new(
        $"PostgreSQL at {where} refuses: {error.MessageText}. The program's statements run as a role that {user} may not make or use. "
            + $"Have an administrator run: CREATE ROLE \"{user}_app\" NOLOGIN; GRANT \"{user}_app\" TO \"{user}\";",
        error);

    // Another process made the role, or changed what it belongs to, between our look and our step.
    private static bool IsRace(PostgresException error)
        => error.SqlState is PostgresErrorCodes.DuplicateObject or PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.InternalError;

    private static async Task<T?> AskAsync<T>(NpgsqlConnection connection, string sql, string? role, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, sql, role);
        return await command.ExecuteScalarAsync(cancellationToken) is T answer ? answer : default;
    }

    // The database joins names into statements itself: it knows how to quote them.
    private static async Task RunAsync(NpgsqlConnection connection, string statements, string role, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        await using (var command = Command(connection, statements, role))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                found.Add(reader.GetString(0));
            }
        }

        foreach (var statement in found)
        {
            await using var command = Command(connection, statement, null);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, string? role)
    {
#pragma warning disable CA2100 // constant text, or a statement the database has quoted
        var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        if (role is not null)
        {
            command.Parameters.AddWithValue(role);
        }

        return command;
    }
}
