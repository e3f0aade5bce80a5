using Assistant.Domain.Audit;
using Assistant.Domain.Security.Keys;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing.Contracts;
using Assistant.Testing.InMemory;

namespace Assistant.Infrastructure.Tests.Security;

/// <summary>Keeps the fake honest.</summary>
public sealed class InMemoryPersonSealerTests : PersonSealerContract
{
    protected override Task<(IPersonSealer Sealer, IAuditLog Audit)> CreateAsync(params TenantId[] tenants)
    {
        var log = new InMemoryAuditLog();
        return Task.FromResult<(IPersonSealer, IAuditLog)>((new InMemoryPersonSealer(log), log));
    }
}

public abstract class SqlPersonSealerTests(bool onPostgres) : PersonSealerContract, IAsyncDisposable
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

    protected override async Task<(IPersonSealer Sealer, IAuditLog Audit)> CreateAsync(params TenantId[] tenants)
    {
        _stores = await Stores.CreateAsync(onPostgres, TimeProvider.System, tenants);
        return (new Sealing(_stores).People, _stores.Audit);
    }
}

public sealed class SqlitePersonSealerTests() : SqlPersonSealerTests(onPostgres: false);

public sealed class PostgresPersonSealerTests() : SqlPersonSealerTests(onPostgres: true);
