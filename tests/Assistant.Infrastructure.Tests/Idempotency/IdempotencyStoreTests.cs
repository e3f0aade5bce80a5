using Assistant.Domain.Idempotency;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Idempotency;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Tests.Persistence;
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
        return new SqlIdempotencyStore(_stores.Writes, new XorSealer(), Time);
    }

    /// <summary>Seals so that plain text is not readable and the place matters; keeps nothing secret.</summary>
    private sealed class XorSealer : ISecretSealer
    {
        public Task<byte[]> SealAsync(TenantId tenant, string place, ReadOnlyMemory<byte> plaintext, CancellationToken cancellationToken)
            => Task.FromResult(Mask(tenant, place, plaintext));

        public Task<byte[]> OpenAsync(TenantId tenant, string place, ReadOnlyMemory<byte> sealedBytes, CancellationToken cancellationToken)
            => Task.FromResult(Mask(tenant, place, sealedBytes));

        private static byte[] Mask(TenantId tenant, string place, ReadOnlyMemory<byte> bytes)
        {
            var key = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{tenant}/{place}"));
            return [.. bytes.ToArray().Select((b, i) => (byte)(b ^ key[i % key.Length]))];
        }
    }
}

public sealed class SqliteIdempotencyStoreTests() : SqlIdempotencyStoreTests(onPostgres: false);

public sealed class PostgresIdempotencyStoreTests() : SqlIdempotencyStoreTests(onPostgres: true);
