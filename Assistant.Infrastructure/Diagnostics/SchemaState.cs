using System.Data.Common;
using Assistant.Domain.Diagnostics;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Diagnostics;

/// <inheritdoc cref="ISchemaState"/>
internal sealed class SchemaState(IDatabase database) : ISchemaState
{
    public async Task<bool> IsCurrentAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var context = database.OpenSchemaContext();
            return !await SchemaUpgrade.IsDueAsync(context, cancellationToken);
        }
        catch (Exception error) when (error is DbException or InvalidOperationException)
        {
            return false; // a finding of the database
        }
    }
}
