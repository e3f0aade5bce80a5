using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Filters;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Domain.Tests.Audit;

public sealed class AuditFilterDeskTests
{
    private static readonly AuditFilter SignIns = new(Action: AuditActions.SignedIn);

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 24, 9, 0, 0, TimeSpan.Zero));
    private readonly AuditFilterDesk _desk;
    private readonly Caller _auditor = Caller(Roles.Auditor);

    public AuditFilterDeskTests() => _desk = new AuditFilterDesk(new InMemoryAuditFilterStore(), _clock);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_filter_is_kept_for_who_saved_it()
    {
        var saved = Assert.IsType<SaveFilterOutcome.Saved>(await _desk.SaveAsync(_auditor, "  sign-ins ", SignIns, Cancel)).Filter;

        Assert.Equal(new SavedAuditFilter("sign-ins", SignIns, _clock.GetUtcNow()), saved);
        Assert.Equal([saved], await _desk.ListAsync(_auditor, Cancel));
        Assert.Empty(await _desk.ListAsync(Caller(Roles.Auditor), Cancel));
        Assert.Empty(await _desk.ListAsync(_auditor with { Tenant = new TenantId("other") }, Cancel));
        Assert.True(await _desk.DeleteAsync(_auditor, "sign-ins", Cancel));
        Assert.False(await _desk.DeleteAsync(_auditor, "sign-ins", Cancel));
    }

    [Fact]
    public async Task A_name_is_neither_empty_nor_endless_and_a_filter_filters()
    {
        Assert.IsType<SaveFilterOutcome.NameRefused>(await _desk.SaveAsync(_auditor, " ", SignIns, Cancel));
        Assert.IsType<SaveFilterOutcome.NameRefused>(await _desk.SaveAsync(_auditor, new string('x', SavedAuditFilter.MaxNameLength + 1), SignIns, Cancel));
        Assert.IsType<SaveFilterOutcome.FilterRefused>(await _desk.SaveAsync(_auditor, "everything", new AuditFilter(), Cancel));
        Assert.IsType<SaveFilterOutcome.FilterRefused>(
            await _desk.SaveAsync(_auditor, "long", new AuditFilter(Text: new string('x', SavedAuditFilter.MaxPartLength + 1)), Cancel));
        Assert.Empty(await _desk.ListAsync(_auditor, Cancel));
    }

    [Fact]
    public async Task There_is_an_end_to_how_many()
    {
        for (var i = 0; i < SavedAuditFilter.MaxPerUser; i++)
        {
            await _desk.SaveAsync(_auditor, $"filter {i}", SignIns, Cancel);
        }

        Assert.IsType<SaveFilterOutcome.TooMany>(await _desk.SaveAsync(_auditor, "one more", SignIns, Cancel));
    }

    [Fact]
    public async Task Who_may_not_read_the_log_keeps_no_filters_of_it()
    {
        var viewer = Caller(Roles.Viewer);

        await Assert.ThrowsAsync<PermissionDeniedException>(() => _desk.ListAsync(viewer, Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => _desk.SaveAsync(viewer, "mine", SignIns, Cancel));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => _desk.DeleteAsync(viewer, "mine", Cancel));
    }

    private static Caller Caller(string role)
        => new(new Actor("user", Guid.CreateVersion7().ToString(), "Ada"), TenantId.Default, Roles.PermissionsOf(role), "local");
}
