// A restore swaps a database and several files, which no system call does at once. So everything new is made ready aside; then a journal
// is written that names every step; then the steps are taken, each of which can be taken twice. Whoever starts next, after a crash at any
// instant, reads the journal and takes what is left of them. Without a journal nothing was touched.
//
// Where the database takes its new content in a transaction of its own (PostgreSQL), the journal is written before, and the database itself
// says afterwards whether that transaction was committed.
using System.Text.Json;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Backups;

/// <summary>How far a restore has come.</summary>
public enum RestoreStage
{
    /// <summary>The database takes its new content in one transaction.</summary>
    Copying,

    /// <summary>What stood there is moved aside.</summary>
    SettingAside,

    /// <summary>What was made ready is moved into its place.</summary>
    Placing,

    /// <summary>Everything is the backup's; the audit logs are to say so.</summary>
    Recording,
}

/// <summary>The steps of a restore that has begun.</summary>
/// <param name="Id">Of this restore.</param>
/// <param name="Aside">Folder for what stood there, below the data folder.</param>
/// <param name="Old">Files and folders to set aside, below the data folder.</param>
/// <param name="New">Files that were made ready, by the path they will have below the data folder.</param>
/// <param name="By">Who restores.</param>
/// <param name="Origin">Where from, as in audit events.</param>
/// <param name="MadeAt">Time of the backup.</param>
/// <param name="Digest">Of the backup.</param>
/// <param name="Before">Where the audit logs ended.</param>
/// <param name="Restored">Where they end in the backup.</param>
public sealed record RestoreJournal(
    Guid Id, RestoreStage Stage, string Aside, IReadOnlyList<string> Old, IReadOnlyList<string> New, Actor By, string Origin, DateTimeOffset MadeAt,
    string Digest, IReadOnlyList<LogHead> Before, IReadOnlyList<LogHead> Restored)
{
    /// <summary>How the event names the restore: found again, it is not written twice.</summary>
    public string Subject => $"restore/{Id}";

    /// <summary>What to go on with after a crash.</summary>
    /// <param name="isCopied">Whether the database has the content of this restore; counts only while that is in question.</param>
    /// <returns><see langword="null"/> when the restore never came to be: what stood there stands.</returns>
    public RestoreJournal? GoOn(bool isCopied)
        => Stage != RestoreStage.Copying ? this : isCopied ? this with { Stage = RestoreStage.SettingAside } : null;

    /// <summary>The event that follows the restored log of a tenant.</summary>
    public AuditDraft Event(TenantId tenant, DateTimeOffset now)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["made"] = MadeAt.ToString("O", System.Globalization.CultureInfo.InvariantCulture), ["digest"] = Digest,
        };
        Add("before:head", Before);
        Add("after:head", Restored);
        return new AuditDraft(tenant, now, By, AuditActions.BackupRestored, Subject, Origin, details);

        void Add(string name, IReadOnlyList<LogHead> heads)
        {
            if (heads.FirstOrDefault(head => head.Tenant == tenant.Value) is { } head)
            {
                details[name] = head.ToString();
            }
        }
    }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web);

    /// <exception cref="FormatException">These bytes are no journal.</exception>
    public static RestoreJournal Parse(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<RestoreJournal>(bytes, JsonSerializerOptions.Web) is { Old: not null, New: not null, By: not null } journal
                && journal.Old.Concat(journal.New).Append(journal.Aside).All(BackupEntry.IsSafe)
                ? journal
                : throw new FormatException("The journal of a restore is not one.");
        }
        catch (JsonException error)
        {
            throw new FormatException("The journal of a restore cannot be read.", error);
        }
    }
}
