using Assistant.Domain.Idempotency;
using Assistant.Domain.Tenancy;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every <see cref="IIdempotencyStore"/> keeps. The tenants <c>default</c> and <c>other</c> exist.</summary>
public abstract class IdempotencyStoreContract
{
    private static readonly StoredAnswer Created = new(201, "application/json", "{\"id\":1}"u8.ToArray());

    protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract Task<IIdempotencyStore> CreateAsync();

    [Fact]
    public async Task A_repeated_request_gets_the_first_answer()
    {
        var store = await CreateAsync();
        Assert.IsType<IdempotencyClaim.Fresh>(await store.BeginAsync(Request(), Cancel));
        await store.CompleteAsync(Request(), Created, Cancel);

        var answered = Assert.IsType<IdempotencyClaim.Answered>(await store.BeginAsync(Request(), Cancel)).Answer;

        Assert.Equal((201, "application/json"), (answered.Status, answered.ContentType));
        Assert.Equal(Created.Body, answered.Body);
    }

    [Fact]
    public async Task An_answer_without_a_body_is_kept_as_well()
    {
        var store = await CreateAsync();
        await store.BeginAsync(Request(), Cancel);
        await store.CompleteAsync(Request(), new StoredAnswer(204, null, []), Cancel);

        var answered = Assert.IsType<IdempotencyClaim.Answered>(await store.BeginAsync(Request(), Cancel)).Answer;

        Assert.Equal((204, null), (answered.Status, answered.ContentType));
        Assert.Empty(answered.Body);
    }

    [Fact]
    public async Task The_same_key_for_something_else_is_refused_before_and_after_the_answer()
    {
        var store = await CreateAsync();
        await store.BeginAsync(Request(), Cancel);

        Assert.IsType<IdempotencyClaim.KeyReused>(await store.BeginAsync(Request(fingerprint: "other"), Cancel));
        await store.CompleteAsync(Request(), Created, Cancel);
        Assert.IsType<IdempotencyClaim.KeyReused>(await store.BeginAsync(Request(fingerprint: "other"), Cancel));
    }

    [Fact]
    public async Task Of_many_at_once_exactly_one_does_the_work()
    {
        var store = await CreateAsync();

        var claims = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => store.BeginAsync(Request(), Cancel), Cancel)));

        Assert.Single(claims.OfType<IdempotencyClaim.Fresh>());
        Assert.Equal(19, claims.OfType<IdempotencyClaim.InProgress>().Count());
    }

    [Fact]
    public async Task An_abandoned_request_may_be_tried_again_at_once()
    {
        var store = await CreateAsync();
        await store.BeginAsync(Request(), Cancel);

        await store.AbandonAsync(Request(), Cancel);

        Assert.IsType<IdempotencyClaim.Fresh>(await store.BeginAsync(Request(), Cancel));
    }

    [Fact]
    public async Task An_answer_cannot_be_abandoned()
    {
        var store = await CreateAsync();
        await store.BeginAsync(Request(), Cancel);
        await store.CompleteAsync(Request(), Created, Cancel);

        await store.AbandonAsync(Request(), Cancel);

        Assert.IsType<IdempotencyClaim.Answered>(await store.BeginAsync(Request(), Cancel));
    }

    [Fact]
    public async Task A_claim_nobody_finished_passes_on_after_a_minute()
    {
        var store = await CreateAsync();
        await store.BeginAsync(Request(), Cancel);

        Time.Advance(TimeSpan.FromSeconds(59));
        Assert.IsType<IdempotencyClaim.InProgress>(await store.BeginAsync(Request(), Cancel));
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.IsType<IdempotencyClaim.Fresh>(await store.BeginAsync(Request(), Cancel));
        Assert.IsType<IdempotencyClaim.InProgress>(await store.BeginAsync(Request(), Cancel));
    }

    [Fact]
    public async Task An_answer_is_forgotten_after_a_day()
    {
        var store = await CreateAsync();
        await store.BeginAsync(Request(), Cancel);
        await store.CompleteAsync(Request(), Created, Cancel);

        Time.Advance(TimeSpan.FromHours(23));
        Assert.IsType<IdempotencyClaim.Answered>(await store.BeginAsync(Request(), Cancel));
        Time.Advance(TimeSpan.FromHours(1));
        Assert.IsType<IdempotencyClaim.Fresh>(await store.BeginAsync(Request(), Cancel));
    }

    [Fact]
    public async Task Tenants_callers_and_routes_never_meet()
    {
        var store = await CreateAsync();
        await store.BeginAsync(Request(), Cancel);
        await store.CompleteAsync(Request(), Created, Cancel);

        Assert.IsType<IdempotencyClaim.Fresh>(await store.BeginAsync(Request() with { Tenant = new TenantId("other") }, Cancel));
        Assert.IsType<IdempotencyClaim.Fresh>(await store.BeginAsync(Request() with { Caller = "apikey/2" }, Cancel));
        Assert.IsType<IdempotencyClaim.Fresh>(await store.BeginAsync(Request() with { Route = "PUT /b" }, Cancel));
        Assert.IsType<IdempotencyClaim.Fresh>(await store.BeginAsync(Request() with { Key = "k2" }, Cancel));
    }

    [Fact]
    public async Task Two_tenants_with_the_same_request_each_keep_their_own_claim_and_answer()
    {
        var store = await CreateAsync();
        var others = Request() with { Tenant = new TenantId("other") };
        await store.BeginAsync(Request(), Cancel);
        await store.BeginAsync(others, Cancel);

        Time.Advance(IIdempotencyStore.ClaimTimeout);
        Assert.IsType<IdempotencyClaim.Fresh>(await store.BeginAsync(Request(), Cancel));
        Assert.IsType<IdempotencyClaim.Fresh>(await store.BeginAsync(others, Cancel));
        await store.AbandonAsync(others, Cancel);
        Assert.IsType<IdempotencyClaim.InProgress>(await store.BeginAsync(Request(), Cancel));
        Assert.IsType<IdempotencyClaim.Fresh>(await store.BeginAsync(others, Cancel));
        await store.CompleteAsync(others, Created, Cancel);

        Assert.IsType<IdempotencyClaim.InProgress>(await store.BeginAsync(Request(), Cancel));
        Assert.IsType<IdempotencyClaim.Answered>(await store.BeginAsync(others, Cancel));
    }

    private static IdempotentRequest Request(string fingerprint = "f1") => new(TenantId.Default, "apikey/1", "POST /a", "k1", fingerprint);
}
