using Assistant.Domain.Audit;
using Assistant.Domain.Memory;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Testing.Fakes;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Domain.Tests.Memory;

public sealed class IndexingDeskTests
{
    private readonly FakeIndexing _store = new();

    private IndexingDesk Desk => new(_store, _store, new OpenGuard(), new FakeTimeProvider());

    [Theory]
    [InlineData(Roles.Operator)]
    [InlineData(Roles.Auditor)]
    [InlineData(Roles.Viewer)]
    public async Task Who_may_not_decide_learns_and_changes_nothing(string role)
    {
        await Assert.ThrowsAsync<PermissionDeniedException>(() => Desk.ReadAsync(Callers.Of(role), TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => Desk.DecideAsync(Callers.Of(role), Indexing.Nothing, TestContext.Current.CancellationToken));
        Assert.Empty(_store.Unindexed);
    }

    [Fact]
    public async Task A_decision_is_of_the_callers_tenant_alone()
    {
        var outcome = await Desk.DecideAsync(Callers.Of(Roles.Owner, tenant: "office"), Indexing.Nothing, TestContext.Current.CancellationToken);

        Assert.Equal(IndexingOutcome.Decided, outcome);

        Assert.Equal([new TenantId("office")], _store.Unindexed);
        Assert.Equal(Indexing.Everything, await Desk.ReadAsync(Callers.Admin, TestContext.Current.CancellationToken));
    }

    [Theory] // somebody may narrow it at the same moment: what was not proven must not undo that
    [InlineData(Indexing.Everything)]
    [InlineData(Indexing.Nothing)]
    public async Task What_is_so_already_is_not_written(Indexing indexing)
    {
        await _store.DecideAsync(TenantId.Default, indexing, IndexingDesk.Draft(Callers.Admin, indexing, default), TestContext.Current.CancellationToken);
        var before = _store.Decisions;

        Assert.Equal(IndexingOutcome.Unchanged, await Desk.DecideAsync(Callers.Admin, indexing, TestContext.Current.CancellationToken));

        Assert.Equal(before, _store.Decisions);
    }

    [Theory] // the file would make it what it declares at the next start, without proof
    [InlineData(Indexing.Everything)]
    [InlineData(Indexing.Nothing)]
    public async Task What_a_file_decides_nobody_else_does(Indexing declared)
    {
        await _store.DecideAsync(TenantId.Default, declared, IndexingDesk.Draft(Callers.Admin, declared, default), TestContext.Current.CancellationToken);
        _store.Declared.Add(TenantId.Default);
        var other = declared == Indexing.Everything ? Indexing.Nothing : Indexing.Everything;

        Assert.Equal(IndexingOutcome.Provisioned, await Desk.DecideAsync(Callers.Admin, other, TestContext.Current.CancellationToken));

        Assert.Equal(declared, await Desk.ReadAsync(Callers.Admin, TestContext.Current.CancellationToken));
        Assert.True(await Desk.IsProvisionedAsync(Callers.Admin, TestContext.Current.CancellationToken));
        Assert.False(await Desk.IsProvisionedAsync(Callers.Of(Roles.Owner, tenant: "office"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void The_event_says_who_decided_what()
    {
        var draft = IndexingDesk.Draft(Callers.Admin, Indexing.Nothing, DateTimeOffset.UnixEpoch);

        Assert.Equal((AuditActions.IndexingChanged, "tenant/default", "nothing", "Ada"), (draft.Action, draft.Subject, draft.Details["index"], draft.Actor.Name));
    }
}
