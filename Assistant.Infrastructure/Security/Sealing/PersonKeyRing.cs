using System.Security.Cryptography;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Security.Sealing;

/// <summary>Persons' keys opened within one unit or read: each is read once, and given back or wiped when this is disposed. For one thread at a time.</summary>
internal sealed class PersonKeyRing(SqlSession session, TenantId tenant, EnvelopeSealer sealer, OpenedPersonKeys opened, TimeProvider clock) : IDisposable
{
    private const int PeoplePerStatement = 16;

    // A rotation may replace the data key between the two reads that opening takes; it is begun anew then.
    private const int Attempts = 3;

    private static readonly string SelectMany =
        "SELECT person_id, wrapped FROM person_keys WHERE tenant_id = @p0 AND person_id IN ("
        + string.Join(", ", Enumerable.Range(1, PeoplePerStatement).Select(i => $"@p{i}")) + ")";

    private readonly Dictionary<Guid, (PersonKey Key, byte[]? Wrapped)> _keys = [];
    private bool _isDetached;

    public TenantId Tenant => tenant;

    /// <summary>Reads many keys in a few statements; whoever has none yet is left out.</summary>
    public void Load(IEnumerable<Guid> people)
    {
        var unknown = people.Where(person => !_keys.ContainsKey(person)).ToHashSet();
        if (unknown.Count == 1)
        {
            Find(new PersonId(unknown.First())); // nearly every conversation is one person's
            return;
        }

        foreach (var some in unknown.Chunk(PeoplePerStatement))
        {
            var values = new SqlValue[1 + PeoplePerStatement];
            values[0] = tenant.Value;
            for (var i = 0; i < PeoplePerStatement; i++)
            {
                values[1 + i] = some[Math.Min(i, some.Length - 1)];
            }

            foreach (var (person, wrapped) in session.Query(SelectMany, row => (row.GetGuid(0), row.IsDBNull(1) ? null : row.GetBytes(1)), values))
            {
                _keys.Add(person, Open(person, wrapped));
            }
        }
    }

    /// <summary>Parts from the session, whose unit or read ends: what was loaded goes on opening, on whichever thread, and nothing more is read.</summary>
    public void Detach() => _isDetached = true;

    /// <summary>The person's key, perhaps a destroyed one; <see langword="null"/> before anything was sealed for them.</summary>
    public PersonKey? Find(PersonId person)
    {
        if (!_keys.TryGetValue(person.Value, out var entry) && !_isDetached && Read(person) is { Length: 1 } found)
        {
            _keys.Add(person.Value, entry = Open(person.Value, found[0]));
        }

        return entry.Key;
    }

    /// <summary>The person's key, made when there is none; perhaps a destroyed one. Only in a unit of work.</summary>
    public PersonKey FindOrMake(PersonId person) => Find(person) ?? Make(person);

    /// <returns><see langword="null"/> when the person's key was destroyed.</returns>
    /// <exception cref="SealBrokenException">It was sealed for somebody else or somewhere else, or altered.</exception>
    public byte[]? Open(PersonId person, string place, byte[] sealedBytes)
        => (Find(person) ?? throw new SealBrokenException(place)).Open(place, sealedBytes);

    public void Dispose()
    {
        foreach (var (key, wrapped) in _keys.Values)
        {
            if (wrapped is null)
            {
                key.Dispose();
            }
            else
            {
                opened.Return(key, tenant, wrapped);
            }
        }

        _keys.Clear();
    }

    private PersonKey Make(PersonId person)
    {
        var writing = (WriteSession)session;
        var fresh = RandomNumberGenerator.GetBytes(MasterKey.Size);
        var wrapped = sealer.Seal(writing, tenant, PersonSealer.KeyPlace(person.Value), fresh);
        CryptographicOperations.ZeroMemory(fresh);
        writing.Execute(PersonSealer.Insert, tenant.Value, person.Value, wrapped, clock.GetUtcNow()); // unless another process was faster
        return Find(person)!;
    }

    // One element, null in it when the key was destroyed; none when there is no row.
    private byte[]?[]? Read(PersonId person)
        => session.QueryFirst<byte[]?[]>(PersonSealer.Select, row => [row.IsDBNull(0) ? null : row.GetBytes(0)], tenant.Value, person.Value);

    private (PersonKey Key, byte[]? Wrapped) Open(Guid person, byte[]? wrapped)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return (Unwrap(person, wrapped), wrapped);
            }
            catch (SealBrokenException) when (attempt < Attempts && Read(new PersonId(person)) is [var again] && !Same(again, wrapped))
            {
                wrapped = again;
            }
        }
    }

    private PersonKey Unwrap(Guid person, byte[]? wrapped)
    {
        if (wrapped is null)
        {
            opened.Forget(tenant, person);
            return new PersonKey(tenant, new PersonId(person), null);
        }

        if (opened.Borrow(tenant, person, wrapped) is { } known)
        {
            return known;
        }

        var key = sealer.Open(session, tenant, PersonSealer.KeyPlace(person), wrapped);
        opened.Add(tenant, person, wrapped, key);
        return new PersonKey(tenant, new PersonId(person), key);
    }

    private static bool Same(byte[]? one, byte[]? other) => one is null ? other is null : one.AsSpan().SequenceEqual(other);
}
