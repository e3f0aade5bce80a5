// Unwrapping a person's key costs as much as opening five messages, and a turn needs it four times within milliseconds. What is kept here
// answers only to the very bytes it was unwrapped from, which every unit and read takes from the database first: a key that was destroyed
// or wrapped anew, by whichever process, is not found here any more from that commit on (ADR 125).
// Making a cipher of the key costs as much as opening three, so it is lent, not copied (ADR 126). A cipher is for one borrower at a time; who
// comes while it is out gets one of their own, made from the key.
using System.Security.Cryptography;
using Assistant.Domain.People;
using Assistant.Domain.Tenancy;

namespace Assistant.Infrastructure.Security.Sealing;

/// <summary>Keys of the people who are talking just now, by what they were unwrapped from. Safe for concurrent use.</summary>
internal sealed class OpenedPersonKeys : IDisposable
{
    /// <summary>A key nobody asked for during a whole one of these is wiped at its end.</summary>
    public static readonly TimeSpan Keep = TimeSpan.FromMinutes(1);

    private const int Capacity = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<(TenantId Tenant, Guid Person), Entry> _entries = [];
    private readonly ITimer _sweep;

    public OpenedPersonKeys(TimeProvider clock) => _sweep = clock.CreateTimer(_ => Sweep(), null, Keep, Keep);

    /// <summary>People whose keys are kept.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>
    /// The person's key, the borrower's alone until they give it back; <see langword="null"/> when these bytes have not been opened lately.
    /// </summary>
    public PersonKey? Borrow(TenantId tenant, Guid person, ReadOnlySpan<byte> wrapped)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue((tenant, person), out var entry))
            {
                return null;
            }

            if (!wrapped.SequenceEqual(entry.Wrapped))
            {
                Remove(tenant, person);
                return null;
            }

            entry.IsUsed = true;
            return entry.Take() ?? new PersonKey(tenant, new PersonId(person), [.. entry.Key]);
        }
    }

    /// <summary>Takes back what was borrowed, or a key unwrapped by <see cref="Add"/>'s caller; wipes it where it is not wanted any more.</summary>
    /// <param name="wrapped">What it was borrowed for.</param>
    public void Return(PersonKey key, TenantId tenant, ReadOnlySpan<byte> wrapped)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue((tenant, key.Person.Value), out var entry) && wrapped.SequenceEqual(entry.Wrapped) && entry.Put(key))
            {
                return;
            }
        }

        key.Dispose();
    }

    public void Add(TenantId tenant, Guid person, byte[] wrapped, ReadOnlySpan<byte> key)
    {
        lock (_lock)
        {
            Remove(tenant, person);
            if (_entries.Count < Capacity)
            {
                _entries.Add((tenant, person), new Entry(wrapped, key.ToArray()));
            }
        }
    }

    /// <summary>Wipes the person's key, where it is here: it was destroyed.</summary>
    public void Forget(TenantId tenant, Guid person)
    {
        lock (_lock)
        {
            Remove(tenant, person);
        }
    }

    public void Dispose()
    {
        _sweep.Dispose();
        lock (_lock)
        {
            foreach (var (tenant, person) in _entries.Keys.ToArray())
            {
                Remove(tenant, person);
            }
        }
    }

    private void Sweep()
    {
        lock (_lock)
        {
            foreach (var ((tenant, person), entry) in _entries.ToArray())
            {
                if (!entry.IsUsed)
                {
                    Remove(tenant, person);
                }

                entry.IsUsed = false;
            }
        }
    }

    private void Remove(TenantId tenant, Guid person)
    {
        if (_entries.Remove((tenant, person), out var entry))
        {
            entry.Take()?.Dispose();
            CryptographicOperations.ZeroMemory(entry.Key);
        }
    }

    private sealed class Entry(byte[] wrapped, byte[] key)
    {
        private PersonKey? _idle;

        public byte[] Wrapped { get; } = wrapped;

        public byte[] Key { get; } = key;

        /// <summary>Since the last sweep.</summary>
        public bool IsUsed { get; set; } = true;

        /// <returns><see langword="null"/> when it is out.</returns>
        public PersonKey? Take()
        {
            var idle = _idle;
            _idle = null;
            return idle;
        }

        /// <returns><see langword="false"/> when another one has come back before.</returns>
        public bool Put(PersonKey key)
        {
            var hasRoom = _idle is null;
            _idle ??= key;
            return hasRoom;
        }
    }
}
