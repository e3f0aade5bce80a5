using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Assistant.Domain.Audit;
using Assistant.Domain.Backups;

namespace Assistant.Testing.InMemory;

/// <summary>Backups of an installation that is a list of lines, the log of one tenant. The files are real, and carry a digest at their end.</summary>
public sealed class InMemoryBackupStore : IBackupStore
{
    private const int DigestSize = 32;

    /// <summary>What the installation holds, oldest first.</summary>
    public List<string> Lines { get; private set; } = [];

    public bool IsServed { get; set; }

    public bool IsEmpty { get; set; }

    public long FreeBytes { get; set; } = 1L << 40;

    private LogHead Head => new("default", Lines.Count, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Lines)))));

    public async Task<BackupContents> CreateAsync(string path, Func<Guid, CancellationToken, Task> begun, CancellationToken cancellationToken)
    {
        if (File.Exists(path))
        {
            throw new BackupRefusedException(BackupFault.Exists, $"{path} is there already.");
        }

        var id = Guid.CreateVersion7();
        await begun(id, cancellationToken);
        var manifest = new BackupManifest(
            BackupManifest.CurrentFormat, id, "test", "memory", "1", "", DateTimeOffset.UnixEpoch, [new BackupEntry("lines", Lines.Count, Head.Hash, [])], [Head]);
        var content = JsonSerializer.SerializeToUtf8Bytes(new Kept(manifest, Lines));
        await File.WriteAllBytesAsync(path, [.. content, .. SHA256.HashData(content)], cancellationToken);
        return new BackupContents(manifest, content.Length + DigestSize);
    }

    public async Task<BackupContents> ReadAsync(string path, CancellationToken cancellationToken)
        => new((await OpenAsync(path, cancellationToken)).Manifest, new FileInfo(path).Length);

    public Task<StandingInstallation> LookAsync(CancellationToken cancellationToken)
        => Task.FromResult(new StandingInstallation("memory", IsEmpty, IsEmpty ? [] : [Head], ["1"], IsServed, FreeBytes));

    public async Task<string?> RestoreAsync(string path, RestorePlan plan, RestoreJournal journal, CancellationToken cancellationToken)
    {
        var kept = await OpenAsync(path, cancellationToken);
        if (kept.Manifest.Digest() != plan.Backup.Manifest.Digest())
        {
            throw BackupRefusedException.Damaged("it is another one");
        }

        Lines = [.. kept.Lines, $"{AuditActions.BackupRestored} {journal.Subject}"];
        return IsEmpty ? null : journal.Aside;
    }

    private static async Task<Kept> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var bytes = await File.ReadAllBytesAsync(path, cancellationToken);
        return bytes.Length > DigestSize && SHA256.HashData(bytes.AsSpan(..^DigestSize)).AsSpan().SequenceEqual(bytes.AsSpan(^DigestSize..))
            ? JsonSerializer.Deserialize<Kept>(bytes.AsSpan(..^DigestSize))!
            : throw BackupRefusedException.Damaged("its digest is another");
    }

    private sealed record Kept(BackupManifest Manifest, IReadOnlyList<string> Lines);
}
