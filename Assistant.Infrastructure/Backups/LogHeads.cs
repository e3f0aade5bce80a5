using System.Data.Common;
using Assistant.Domain.Backups;

namespace Assistant.Infrastructure.Backups;

/// <summary>Where the audit logs of a database end, whichever it is and of whichever version.</summary>
internal static class LogHeads
{
    private const string Select = "SELECT tenant_id, seq, hash FROM audit_heads ORDER BY tenant_id";

    public static async Task<IReadOnlyList<LogHead>> ReadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var heads = new List<LogHead>();
        await using var command = connection.CreateCommand();
        command.CommandText = Select;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            heads.Add(new LogHead(reader.GetString(0), reader.GetInt64(1), Convert.ToHexStringLower(reader.GetFieldValue<byte[]>(2))));
        }

        return heads;
    }
}
