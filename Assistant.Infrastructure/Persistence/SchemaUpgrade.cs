using Microsoft.EntityFrameworkCore;

namespace Assistant.Infrastructure.Persistence;

/// <summary>Applies outstanding migrations, never to a database that a newer program has changed.</summary>
internal static class SchemaUpgrade
{
    /// <exception cref="InstallationException">The database knows migrations this program does not.</exception>
    public static async Task ApplyAsync(AssistantDbContext context, CancellationToken cancellationToken)
    {
        if (await FindUnknownAsync(context, cancellationToken) is { } newer)
        {
            throw new InstallationException(
                $"The database was last used by a newer version of this program (it has the change {newer}). Start that version again, "
                + "or restore the backup made before the upgrade.");
        }

        // A start that has nothing to do takes no lock.
        if (await IsDueAsync(context, cancellationToken))
        {
            await context.Database.MigrateAsync(cancellationToken);
        }
    }

    /// <summary>Whether there is a migration the database has not seen.</summary>
    public static async Task<bool> IsDueAsync(AssistantDbContext context, CancellationToken cancellationToken)
        => (await context.Database.GetPendingMigrationsAsync(cancellationToken)).Any();

    /// <summary>The newest migration in the database that this program does not know, or <see langword="null"/>.</summary>
    public static async Task<string?> FindUnknownAsync(AssistantDbContext context, CancellationToken cancellationToken)
        => (await context.Database.GetAppliedMigrationsAsync(cancellationToken)).Except(context.Database.GetMigrations()).Max(StringComparer.Ordinal);
}
