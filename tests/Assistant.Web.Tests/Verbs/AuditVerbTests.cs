using System.Runtime.CompilerServices;
using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Audit.Tree;
using Assistant.Domain.Conversations;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Assistant.Web.Verbs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Web.Tests.Verbs;

/// <summary>An export is for nobody else's eyes, and takes the place of an earlier one only when it is whole.</summary>
public sealed class AuditVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assistant-audit-").FullName;
    private readonly BreakableLog _log = new();
    private readonly CheckpointDesk _desk;
    private readonly AuditVerb _verb;

    public AuditVerbTests()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));
        _desk = new CheckpointDesk(
            _log, new AuditTree(_log, new InMemoryAuditTreeStore()), new InMemoryCheckpointStore(), new FakeCheckpointSigner(), [], new AuditAlarm(), clock,
            NullLogger<CheckpointDesk>.Instance);
        _verb = new AuditVerb(_log, _desk, new FakeTenants(), clock);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Target => Path.Combine(_folder, "audit.jsonl");

    public void Dispose()
    {
        _desk.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("jsonl")]
    [InlineData("csv")]
    public async Task An_export_that_fails_leaves_what_was_there(string format)
    {
        await File.WriteAllTextAsync(Target, "kept", Cancel);
        _log.IsBroken = true;

        Assert.Equal(VerbExit.WrongUse, (await RunAsync("export", "--out", Target, "--format", format)).Exit);

        Assert.Equal("kept", await File.ReadAllTextAsync(Target, Cancel));
        Assert.Equal([Target], Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData("jsonl", "{\"seq\":1,")]
    [InlineData("csv", "seq,at,")]
    public async Task An_export_is_its_owners_alone_also_where_a_file_was_that_everybody_reads(string format, string begins)
    {
        await File.WriteAllTextAsync(Target, new string('x', 100_000), Cancel);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Target, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }

        var (exit, error) = await RunAsync("export", "--out", Target, "--format", format);

        Assert.Equal((VerbExit.Fine, ""), (exit, error));
        var text = await File.ReadAllTextAsync(Target, Cancel);
        Assert.StartsWith(begins, text, StringComparison.Ordinal);
        Assert.DoesNotContain("xxx", text, StringComparison.Ordinal);
        Assert.Equal([Target], Directory.GetFiles(_folder));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Target));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-7)]
    public async Task A_log_with_an_event_under_a_number_below_the_first_is_not_intact(long seq)
    {
        await RunAsync("export", "--out", Target);
        Assert.Equal(VerbExit.Fine, (await RunAsync("verify")).Exit);

        _log.Forge(seq, UserDesk.LocalCaller(TenantId.Default).Audit(DateTimeOffset.UnixEpoch, AuditActions.AuditExported, "tenant/default"));

        Assert.Equal(VerbExit.CheckFailed, (await RunAsync("verify")).Exit);
    }

    private async Task<(int Exit, string Error)> RunAsync(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        await using var services = new ServiceCollection().BuildServiceProvider();
        var exit = await _verb.RunAsync(new VerbContext(args, TextReader.Null, output, error, services, Json: false), Cancel);
        return (exit, error.ToString());
    }

    /// <summary>Reads an event and then, once broken, no further.</summary>
    private sealed class BreakableLog : IAuditLog
    {
        private readonly InMemoryAuditLog _inner = new();

        public bool IsBroken { get; set; }

        public void Forge(long seq, AuditDraft draft) => _inner.Forge(seq, draft);

        public Task AppendAsync(AuditDraft draft, CancellationToken cancellationToken) => _inner.AppendAsync(draft, cancellationToken);

        public Task<Page<AuditEvent>> ListAsync(TenantId tenant, AuditFilter filter, string? after, int limit, CancellationToken cancellationToken)
            => _inner.ListAsync(tenant, filter, after, limit, cancellationToken);

        public async IAsyncEnumerable<AuditEvent> ReadAsync(TenantId tenant, long fromSeq, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var written in _inner.ReadAsync(tenant, fromSeq, cancellationToken))
            {
                yield return written;
                if (IsBroken)
                {
                    throw new IOException("The disk is gone.");
                }
            }
        }

        public Task<AuditCheckpoint> ReadHeadAsync(TenantId tenant, CancellationToken cancellationToken) => _inner.ReadHeadAsync(tenant, cancellationToken);
    }
}
