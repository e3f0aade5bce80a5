using System.Security.Claims;
using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Audit.Tree;
using Assistant.Domain.Security;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Assistant.Web.Components;
using Assistant.Web.Components.Pages.Audit;
using Assistant.Web.Tests.Localization;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Assistant.Web.Tests.Components.Pages.Audit;

public sealed class AuditProofPanelTests : BunitContext
{
    private readonly Caller _me = DeskFixture.Operator("Mira", DeskFixture.Acme, Roles.Auditor);
    private readonly InMemoryAuditLog _log = new();
    private readonly CheckpointDesk _desk;

    public AuditProofPanelTests()
    {
        _desk = new CheckpointDesk(
            _log, new AuditTree(_log, new InMemoryAuditTreeStore()), new InMemoryCheckpointStore(), new FakeCheckpointSigner(), [], new AuditAlarm(), TimeProvider.System,
            NullLogger<CheckpointDesk>.Instance);
        for (var i = 0; i < 5; i++)
        {
            _log.Append(_me.Audit(DateTimeOffset.UnixEpoch, AuditActions.SignedIn, $"user/{i}"));
        }

        AddAuthorization().SetAuthorized("mira@example.org");
        Services.AddSingleton(_desk);
        Services.AddSingleton<IPrincipalCallers>(new OneCaller(_me));
        Services.AddScoped<ConsoleCaller>();
    }

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_no_checkpoint_covers_says_so_and_is_proven_once_one_does()
    {
        using var _ = new SpokenLanguage("en");
        var panel = Render<AuditProofPanel>(parameters => parameters.Add(p => p.Seq, 3));
        Assert.Empty(panel.FindAll("[role=status], dl"));

        await panel.Find("button").ClickAsync(new());
        Assert.Contains("No signed checkpoint covers this event yet", panel.Find("[role=status]").TextContent, StringComparison.Ordinal);
        Assert.Empty(panel.FindAll("a"));

        var made = Assert.IsType<CheckpointOutcome.Made>(await _desk.SignAsync(DeskFixture.Acme, Cancel)).Checkpoint;
        await panel.Find("button").ClickAsync(new());

        Assert.Equal("5", panel.Find("dd.tabular").TextContent);
        Assert.Equal(made.Note.Trim(), panel.Find("pre").TextContent.Trim());
        var hashes = panel.FindAll("code").Select(code => Convert.FromHexString(code.TextContent)).ToList();
        var leaf = MerkleTree.LeafHash((await _log.ReadAsync(DeskFixture.Acme, 3, Cancel).FirstAsync(Cancel)).Hash.Span);
        Assert.True(MerkleTree.VerifyInclusion(leaf, 2, 5, hashes, made.Head.Root.Span));
        Assert.Equal(AuditExportEndpoint.ProofPath(3), panel.Find("a[download]").GetAttribute("href"));
    }

    protected override void Dispose(bool disposing)
    {
        _desk.Dispose();
        base.Dispose(disposing);
    }

    private sealed class OneCaller(Caller caller) : IPrincipalCallers
    {
        public Caller? Find(ClaimsPrincipal principal) => caller;
    }
}
