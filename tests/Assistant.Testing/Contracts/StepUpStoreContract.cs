using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Tenancy;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every store of requests for proof must do.</summary>
public abstract class StepUpStoreContract
{
    private static readonly TenantId Own = TenantId.Default;
    private static readonly TenantId Other = new("other");
    private static readonly Actor Ada = new("user", Guid.CreateVersion7().ToString(), "ada@example.org");
    private static readonly UserId Prover = new(Guid.Parse(Ada.Id));
    private static readonly byte[] Hash = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 25, 9, 0, 0, TimeSpan.Zero));
    private IStepUpStore _store = null!;
    private IAuditLog _audit = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>An empty store in which the tenants exist, and the log it writes to.</summary>
    protected abstract Task<(IStepUpStore Store, IAuditLog Audit)> CreateAsync(TimeProvider clock, params TenantId[] tenants);

    [Fact]
    public async Task A_request_is_read_as_it_was_made()
    {
        var request = await AddAsync();

        var found = await _store.FindAsync(Own, request.Id, Cancel);

        Assert.NotNull(found);
        Assert.Equal(request.RequestedBy, found.RequestedBy);
        Assert.Equal(request.Shown, found.Shown);
        Assert.Equal(Hash, found.Hash.ToArray());
        Assert.Equal(
            (request.Operation, request.Subject, request.CreatedAt, request.ExpiresAt, StepUpState.Pending, null, null),
            (found.Operation, found.Subject, found.CreatedAt, found.ExpiresAt, found.State, found.ProvenBy, found.ProvenAt));
    }

    [Fact]
    public async Task A_proof_is_used_once()
    {
        var request = await ProvenAsync();

        Assert.True(await UseAsync(request));
        Assert.False(await UseAsync(request));

        Assert.Equal(StepUpState.Used, (await _store.FindAsync(Own, request.Id, Cancel))!.State);
        Assert.Single(await EventsAsync(AuditActions.StepUpUsed));
    }

    [Fact]
    public async Task Of_several_uses_at_once_one_succeeds()
    {
        var request = await ProvenAsync();

        var uses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => UseAsync(request), Cancel)));

        Assert.Single(uses, used => used);
    }

    [Fact]
    public async Task A_request_without_proof_is_not_used()
    {
        var request = await AddAsync();

        Assert.False(await UseAsync(request));
        Assert.Empty(await EventsAsync(AuditActions.StepUpUsed));
    }

    [Fact]
    public async Task A_proof_is_for_who_asked_and_for_what_was_asked()
    {
        var request = await ProvenAsync();
        byte[] otherHash = [.. Hash[..31], 0xFF];

        Assert.False(await UseAsync(request, by: Ada with { Id = Guid.CreateVersion7().ToString() }));
        Assert.False(await UseAsync(request, by: Ada with { Kind = "apikey" }));
        Assert.False(await UseAsync(request, hash: otherHash));
        Assert.False(await UseAsync(request, tenant: Other));
        Assert.True(await UseAsync(request, by: Ada with { Name = "a new name" }));
    }

    [Fact]
    public async Task A_proof_is_good_for_five_minutes()
    {
        var old = await ProvenAsync();
        var fresh = await ProvenAsync();

        _clock.Advance(SensitiveOperations.MaxProofAge);
        Assert.True(await UseAsync(fresh));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(await UseAsync(old));
    }

    [Fact]
    public async Task A_request_waits_ten_minutes_for_its_proof()
    {
        var request = await AddAsync();
        _clock.Advance(SensitiveOperations.RequestLifetime);

        Assert.False(await ProveAsync(request));
        Assert.False(await _store.DeclineAsync(Own, request.Id, Draft(AuditActions.StepUpRefused), Cancel));
    }

    [Fact]
    public async Task A_request_is_decided_once()
    {
        var proven = await ProvenAsync();
        var declined = await AddAsync();
        Assert.True(await _store.DeclineAsync(Own, declined.Id, Draft(AuditActions.StepUpRefused), Cancel));

        Assert.False(await ProveAsync(proven));
        Assert.False(await _store.DeclineAsync(Own, proven.Id, Draft(AuditActions.StepUpRefused), Cancel));
        Assert.False(await ProveAsync(declined));
        Assert.False(await UseAsync(declined));
    }

    [Fact]
    public async Task A_tenant_neither_sees_nor_proves_anothers_request()
    {
        var request = await AddAsync();

        Assert.Null(await _store.FindAsync(Other, request.Id, Cancel));
        Assert.False(await _store.ProveAsync(Other, request.Id, Prover, Draft(AuditActions.StepUpProven, Other), Cancel));
        Assert.False(await _store.DeclineAsync(Other, request.Id, Draft(AuditActions.StepUpRefused, Other), Cancel));
        Assert.Equal(StepUpState.Pending, (await _store.FindAsync(Own, request.Id, Cancel))!.State);
    }

    [Fact]
    public async Task Old_requests_are_forgotten()
    {
        var old = await AddAsync();
        _clock.Advance(TimeSpan.FromDays(1));
        var recent = await AddAsync();
        _clock.Advance(TimeSpan.FromHours(1));

        await AddAsync();

        Assert.Null(await _store.FindAsync(Own, old.Id, Cancel));
        Assert.NotNull(await _store.FindAsync(Own, recent.Id, Cancel));
    }

    [Fact]
    public async Task A_tenants_new_request_forgets_no_other_tenants_old_ones()
    {
        var old = await AddAsync();
        _clock.Advance(TimeSpan.FromDays(2));

        await AddAsync(Other);

        Assert.NotNull(await _store.FindAsync(Own, old.Id, Cancel));
    }

    private async Task<StepUpRequest> AddAsync(TenantId? tenant = null)
    {
        if (_store is null)
        {
            (_store, _audit) = await CreateAsync(_clock, Own, Other);
        }

        var now = _clock.GetUtcNow();
        var request = new StepUpRequest(
            StepUpId.Create(), tenant ?? Own, Ada, SensitiveOperations.ApiKeyCreate.Name, "apikey",
            new Dictionary<string, string> { ["name"] = "脚本 “x”", ["role"] = "viewer" }, Hash, now, now + SensitiveOperations.RequestLifetime);
        await _store.AddAsync(request, Draft(AuditActions.StepUpRequested, tenant), Cancel);
        return request;
    }

    private async Task<StepUpRequest> ProvenAsync()
    {
        var request = await AddAsync();
        Assert.True(await ProveAsync(request));
        return request;
    }

    private Task<bool> ProveAsync(StepUpRequest request)
        => _store.ProveAsync(Own, request.Id, Prover, Draft(AuditActions.StepUpProven), Cancel);

    private Task<bool> UseAsync(StepUpRequest request, Actor? by = null, byte[]? hash = null, TenantId? tenant = null)
        => _store.UseAsync(tenant ?? Own, request.Id, by ?? Ada, hash ?? Hash, Draft(AuditActions.StepUpUsed, tenant ?? Own), Cancel);

    private async Task<IReadOnlyList<AuditEvent>> EventsAsync(string action)
        => (await _audit.ListAsync(Own, new AuditFilter(Action: action), null, 10, Cancel)).Items;

    private AuditDraft Draft(string action, TenantId? tenant = null)
        => new(tenant ?? Own, _clock.GetUtcNow(), Ada, action, "stepup/x", "local", AuditDraft.NoDetails);
}
