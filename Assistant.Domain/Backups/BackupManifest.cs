using System.Security.Cryptography;
using System.Text.Json;

namespace Assistant.Domain.Backups;

/// <summary>One file, or one table, within a backup.</summary>
/// <param name="Name">Its path below the data folder with forward slashes, or <c>tables/…</c>.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Sha256">Of its bytes, lower-case hexadecimal.</param>
/// <param name="Columns">Of a table, in the order of its bytes; empty for a file.</param>
public sealed record BackupEntry(string Name, long Length, string Sha256, IReadOnlyList<string> Columns)
{
    /// <summary>What the names of tables begin with.</summary>
    public const string Tables = "tables/";

    public bool IsTable => Name.StartsWith(Tables, StringComparison.Ordinal);

    /// <summary>Whether a name stays below the folder it is put into.</summary>
    public static bool IsSafe(string name)
        => name.Length > 0 && name.Split('/').All(part => part.Length > 0 && part is not ("." or "..") && part.AsSpan().IndexOfAny('\\', ':', '\0') < 0);
}

/// <summary>Where the audit log of a tenant ended.</summary>
/// <param name="Seq">Number of the last event; 0 for an empty log.</param>
/// <param name="Hash">Its chain hash, lower-case hexadecimal.</param>
public sealed record LogHead(string Tenant, long Seq, string Hash)
{
    public override string ToString() => $"{Seq} {Hash}";
}

/// <summary>What a backup says about itself: the last thing in it, written when everything else is known.</summary>
/// <param name="Format">Of the file; see <see cref="CurrentFormat"/>.</param>
/// <param name="Id">Of this backup.</param>
/// <param name="Product">Version of the program that made it.</param>
/// <param name="Database"><c>sqlite</c> or <c>postgres</c>.</param>
/// <param name="Schema">The newest migration its database has.</param>
/// <param name="Installation">Name of the installation it is of; empty when it had none yet.</param>
/// <param name="MadeAt">When the database was as it is in the backup.</param>
/// <param name="Entries">In the order they lie in.</param>
/// <param name="Logs">By tenant.</param>
public sealed record BackupManifest(
    int Format, Guid Id, string Product, string Database, string Schema, string Installation, DateTimeOffset MadeAt,
    IReadOnlyList<BackupEntry> Entries, IReadOnlyList<LogHead> Logs)
{
    /// <summary>The format this program writes, and the newest one it reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Bytes of everything in it, without what the format adds.</summary>
    public long Length => Entries.Sum(entry => entry.Length);

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web);

    /// <summary>SHA-256 of the manifest, which has a digest of everything else: it stands for the whole backup.</summary>
    public string Digest() => Convert.ToHexStringLower(SHA256.HashData(ToBytes()));

    /// <exception cref="BackupRefusedException">A newer program wrote it, or these bytes are no manifest.</exception>
    public static BackupManifest Parse(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize<BackupManifest>(bytes, JsonSerializerOptions.Web);
            if (manifest is { Format: > CurrentFormat })
            {
                throw new BackupRefusedException(BackupFault.NewerFormat, "A newer version of this program made the backup; use that version.");
            }

            if (manifest is { Entries: not null, Logs: not null, Format: CurrentFormat } && manifest.Entries.All(entry => BackupEntry.IsSafe(entry.Name)))
            {
                return manifest;
            }
        }
        catch (JsonException)
        {
            // Said below, as for everything else that is not as it was written.
        }

        throw BackupRefusedException.Damaged("its list of contents cannot be read");
    }
}

/// <summary>A backup that was read to its end and is as it was written.</summary>
/// <param name="Size">Of the file, in bytes.</param>
public sealed record BackupContents(BackupManifest Manifest, long Size);
