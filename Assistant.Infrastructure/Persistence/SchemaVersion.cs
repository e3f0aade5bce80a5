using System.Data.Common;

namespace Assistant.Infrastructure.Persistence;

/// <summary>Which migrations a database has seen, told by how many there are and which is the newest.</summary>
/// <remarks>
/// Asking EF Core takes its whole model of the schema, more than half a second of the processor at each start and each verb. So it is asked only where
/// this is another than the build's own: then the thorough way, see <see cref="SchemaUpgrade"/>, finds out what is missing or unknown.
/// </remarks>
internal sealed record SchemaVersion(int Migrations, string? Newest)
{
    private const string Select = "SELECT COUNT(*), MAX(\"MigrationId\") FROM \"__EFMigrationsHistory\"";

    /// <exception cref="DbException">There is no schema yet, or the database does not answer.</exception>
    public static SchemaVersion Read(SqlSession session) => session.QueryFirst(Select, row => new SchemaVersion(row.GetInt32(0), row.TextOrNull(1)))!;

    /// <summary>Whether the database has exactly this schema; <see langword="false"/> also where that cannot be told.</summary>
    public bool IsThatOf(SqlSession session)
    {
        try
        {
            return Read(session) == this;
        }
        catch (DbException)
        {
            return false; // whatever is wrong, the thorough way says it
        }
    }
}
