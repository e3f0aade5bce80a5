// What is said is sealed inside the unit that stores it: often only the unit knows whose it is, and sealing with a key at hand takes a
// microsecond. The key's row is read in the unit's own connection, by its primary key; OpenedPersonKeys spares unwrapping it each time.
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Security.Sealing;

/// <summary>Gives units of work and reads the keys of the people whose words they touch. Safe for concurrent use.</summary>
internal sealed class BodySealer(EnvelopeSealer sealer, TimeProvider clock) : IDisposable
{
    private readonly OpenedPersonKeys _opened = new(clock);

    /// <summary>To be awaited before a unit that may meet somebody for the first time.</summary>
    public ValueTask PrepareAsync(TenantId tenant, CancellationToken cancellationToken) => sealer.PrepareAsync(tenant, cancellationToken);

    /// <summary>The keys of a tenant's people, for as long as the session's unit or read lasts, or until they are detached from it. The caller disposes it.</summary>
    public PersonKeyRing In(SqlSession session, TenantId tenant) => new(session, tenant, sealer, _opened, clock);

    /// <summary>People whose opened keys this process keeps.</summary>
    public int KeptKeys => _opened.Count;

    /// <summary>Wipes what this process keeps of a person's key: it was destroyed.</summary>
    public void Forget(TenantId tenant, PersonId person) => _opened.Forget(tenant, person.Value);

    public void Dispose() => _opened.Dispose();
}
