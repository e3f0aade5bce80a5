using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Assistant.Infrastructure.Persistence.Sqlite;

/// <summary>Lets SQLite's <c>lower</c> know the letters PostgreSQL's knows. Its own knows A to Z, and "Ünal" would not be found by "ünal".</summary>
internal sealed class SqliteLetterCase : DbConnectionInterceptor
{
    public override DbConnection ConnectionCreated(ConnectionCreatedEventData eventData, DbConnection result)
    {
        ((SqliteConnection)result).CreateFunction("lower", (string? text) => text?.ToLowerInvariant(), isDeterministic: true);
        return result;
    }
}
