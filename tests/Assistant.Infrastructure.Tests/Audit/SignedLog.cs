using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Audit.Tree;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Audit.Checkpoints;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Infrastructure.Tests.Security;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Assistant.Infrastructure.Tests.Audit;

/// <summary>A log in memory, signed with the real key of a real store: what an attacker has who holds the database but not the key.</summary>
internal sealed class SignedLog : IAsyncDisposable
{
    public static readonly TenantId Home = TenantId.Default;

    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    private readonly Stores _stores;
    private readonly DirectoryInfo _folder;

    private SignedLog(Stores stores, DirectoryInfo folder)
    {
        (_stores, _folder) = (stores, folder);
        var keys = new Sealing(stores);
        Signer = new Ed25519CheckpointSigner(
            stores.Reads, keys.Writes, keys.Sealer, new InstallationName(new DataFolder(folder.FullName)), TimeProvider.System);
    }

    public Ed25519CheckpointSigner Signer { get; }

    public string FolderPath => _folder.FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<SignedLog> OpenAsync()
        => new(await Stores.CreateAsync(onPostgres: false, TimeProvider.System, Home), Directory.CreateTempSubdirectory("assistant-audit-"));

    /// <summary>A history in which a checkpoint was signed after each of these sizes.</summary>
    /// <param name="who">Another name gives another history.</param>
    /// <param name="shared">So many events are those of <paramref name="who"/> "anna".</param>
    public async Task<(List<AuditEvent> Events, List<string> Notes)> WriteAsync(string who, int shared, params int[] sizes)
    {
        var log = new InMemoryAuditLog();
        using var desk = new CheckpointDesk(
            log, new AuditTree(log, new InMemoryAuditTreeStore()), new InMemoryCheckpointStore(), Signer, [], new AuditAlarm(), TimeProvider.System,
            NullLogger<CheckpointDesk>.Instance);
        var (events, notes) = (new List<AuditEvent>(), new List<string>());
        foreach (var size in sizes)
        {
            while (events.Count < size)
            {
                var name = events.Count < shared ? "anna" : who;
                events.Add(log.Append(Draft(events.Count, name)));
            }

            notes.Add(Assert.IsType<CheckpointOutcome.Made>(await desk.SignAsync(Home, Cancel)).Checkpoint.Note);
        }

        return (events, notes);
    }

    public static AuditDraft Draft(int i, string who) => new(
        Home, Noon.AddSeconds(i), new Actor("user", who, who), i % 3 == 0 ? "user.signin" : "conversation.reply", $"conversation/{i % 7}", "192.0.2.7",
        i % 2 == 0 ? AuditDraft.NoDetails : new Dictionary<string, string> { ["b"] = $"锅炉 {i}", ["a"] = "\U0001F600", ["\uFFFDz"] = "1", ["\U0001F600"] = "2" });

    public async ValueTask DisposeAsync()
    {
        await _stores.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
