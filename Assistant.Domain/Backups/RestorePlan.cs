using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Assistant.Domain.Backups;

/// <summary>What stands where a backup is to be restored.</summary>
/// <param name="Database">The kind that is configured, <c>sqlite</c> or <c>postgres</c>.</param>
/// <param name="IsEmpty">There is no database yet.</param>
/// <param name="Logs">Where its audit logs end; those of a database that cannot be read are not known, hence missing.</param>
/// <param name="KnownSchemas">The migrations this program knows.</param>
/// <param name="IsServed">A process serves from it.</param>
/// <param name="FreeBytes">Left on the volume of the data folder.</param>
public sealed record StandingInstallation(
    string Database, bool IsEmpty, IReadOnlyList<LogHead> Logs, IReadOnlyCollection<string> KnownSchemas, bool IsServed, long FreeBytes);

/// <summary>What a restore would do: which backup takes the place of what. Its digest is what somebody agrees to.</summary>
/// <param name="Before">Where the audit logs end now.</param>
/// <param name="Replaces">Whether something stands there.</param>
public sealed record RestorePlan(BackupContents Backup, IReadOnlyList<LogHead> Before, bool Replaces)
{
    /// <summary>Left free on the volume beside what is restored.</summary>
    public const long Spare = 16L << 20;

    /// <summary>SHA-256 over the backup and over what it would replace.</summary>
    public string Digest
    {
        get
        {
            var text = new StringBuilder("assistant restore v1\n").Append(Backup.Manifest.Digest()).Append('\n').Append(Replaces ? "replace" : "empty").Append('\n');
            foreach (var head in Before.OrderBy(head => head.Tenant, StringComparer.Ordinal))
            {
                text.Append(CultureInfo.InvariantCulture, $"{head.Tenant} {head}\n");
            }

            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
        }
    }

    /// <summary>Plans a restore, or says why there can be none.</summary>
    /// <param name="replace">Whether what stands there may be replaced.</param>
    /// <exception cref="BackupRefusedException">It does not fit, or something is in the way.</exception>
    public static RestorePlan Make(BackupContents backup, StandingInstallation here, bool replace)
    {
        if (Find(backup, here, replace) is var (fault, sentence))
        {
            throw new BackupRefusedException(fault, sentence);
        }

        return new RestorePlan(backup, here.Logs, !here.IsEmpty);
    }

    private static (BackupFault Fault, string Sentence)? Find(BackupContents backup, StandingInstallation here, bool replace)
    {
        var manifest = backup.Manifest;
        if (here.IsServed)
        {
            return (BackupFault.Served, "The program is serving from this data folder. Stop it first.");
        }

        if (manifest.Database != here.Database)
        {
            return (BackupFault.OtherDatabase, $"The backup is of a {manifest.Database} database and this installation is set to {here.Database}. Change Assistant__Database__Provider.");
        }

        if (!here.KnownSchemas.Contains(manifest.Schema))
        {
            return (BackupFault.NewerSchema, $"A newer version of this program made the backup (its database has the change {manifest.Schema}). Restore it with that version.");
        }

        if (!here.IsEmpty && !replace)
        {
            return (BackupFault.InTheWay, "There is an installation already. Add --replace to put the backup in its place.");
        }

        var needed = manifest.Entries.Where(entry => !entry.IsTable).Sum(entry => entry.Length) + Spare;
        return needed > here.FreeBytes
            ? (BackupFault.NoSpace, string.Create(CultureInfo.InvariantCulture, $"The backup needs {needed} bytes in the data folder, and {here.FreeBytes} are free there. Nothing was changed."))
            : null;
    }
}
