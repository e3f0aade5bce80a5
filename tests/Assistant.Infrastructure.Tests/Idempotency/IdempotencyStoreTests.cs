using Assistant.Domain.Idempotency;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Idempotency;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Infrastructure.Tests.Security;
using Assistant.Testing.Contracts;
using Assistant.Testing.Fakes;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Assistant.Infrastructure.Tests.Idempotency;

public sealed class FakeIdempotencyTests : IdempotencyStoreContract
{
    protected override Task<IIdempotencyStore> CreateAsync() => Task.FromResult<IIdempotencyStore>(new FakeIdempotency(Time));
}

public abstract class SqlIdempotencyStoreTests(bool onPostgres) : IdempotencyStoreContract, IAsyncDisposable
{
    private Stores? _stores;

    public async ValueTask DisposeAsync()
    {
        if (_stores is not null)
        {
            await _stores.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task The_answer_is_not_readable_in_the_database()
    {
        var store = await CreateAsync();
        var request = new IdempotentRequest(TenantId.Default, "apikey/1", "POST /apikeys", "k", "f");
        await store.BeginAsync(request, Cancel);
        await store.CompleteAsync(request, new StoredAnswer(201, "application/json", "the-new-key"u8.ToArray()), Cancel);

        await using var context = _stores!.Database.OpenContext(TenantScope.System);
        var row = await context.Set<IdempotencyRow>().SingleAsync(Cancel);

        Assert.False(row.SealedBody.AsSpan().IndexOf("the-new-key"u8) >= 0);
    }

    protected override async Task<IIdempotencyStore> CreateAsync()
    {
        _stores = await Stores.CreateAsync(onPostgres, Time, TenantId.Default, new TenantId("other"));
        var keys = new Sealing(_stores, clock: Time);
        return new SqlIdempotencyStore(_stores.Writes, keys.Sealer, keys.Writes, Time);
    }
}

public sealed class SqliteIdempotencyStoreTests() : SqlIdempotencyStoreTests(onPostgres: false);

public sealed class PostgresIdempotencyStoreTests() : SqlIdempotencyStoreTests(onPostgres: true);
