using Npgsql;

namespace Assistant.Infrastructure.Persistence.Postgres;

/// <summary>What a database keeps text as, which is settled when it is made.</summary>
/// <remarks>In anything but UTF-8, the first name it has no letters for stops its connection for everybody.</remarks>
internal static class TextEncoding
{
    public const string Advice =
        "Make a database with ENCODING 'UTF8' TEMPLATE template0, bring there with pg_dump and psql what is in this one, and name it in Assistant__Database__ConnectionString.";

    private const string Needed = "UTF8";
    private const string Ask = "SELECT current_setting('server_encoding')";

    /// <summary>What is to be said of a database that keeps text as anything else; <see langword="null"/> where nothing is.</summary>
    public static async Task<string?> FindFaultAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Ask, connection);
        return await command.ExecuteScalarAsync(cancellationToken) is string encoding && encoding != Needed
            ? $"keeps text as {encoding}, which lacks the letters of most languages." : null;
    }

    /// <summary>Makes a database that has every letter, whatever the server makes by itself.</summary>
    /// <param name="connectionString">Of the database that is missing.</param>
    public static async Task MakeDatabaseAsync(string? connectionString, string name, CancellationToken cancellationToken)
    {
        await using var server = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Database = "postgres", Pooling = false }.ConnectionString);
        await server.OpenAsync(cancellationToken);
        await using var quoting = new NpgsqlCommand($"SELECT format('CREATE DATABASE %I ENCODING {Needed} TEMPLATE template0', $1)", server);
        quoting.Parameters.AddWithValue(name);
#pragma warning disable CA2100 // a statement the database has quoted
        await using var making = new NpgsqlCommand((string)(await quoting.ExecuteScalarAsync(cancellationToken))!, server);
#pragma warning restore CA2100
        await making.ExecuteNonQueryAsync(cancellationToken);
    }
}
