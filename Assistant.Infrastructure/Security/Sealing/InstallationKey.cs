using System.Security.Cryptography;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure.Security.Sealing;

/// <summary>
/// The key for what belongs to no tenant, wrapped by the master key. Wrapped, it is also the check value: what opens it is the master key
/// in force. Safe for concurrent use.
/// </summary>
internal sealed class InstallationKey(MasterKey master, IReadPool reads, IWriteQueue writes, TimeProvider clock)
{
    /// <summary>The row as it is; appended <see cref="IDatabase.ForUpdate"/>, whoever wraps or wraps again takes turns.</summary>
    public const string Select = "SELECT wrapped FROM installation_key WHERE id = 1";

    private const string Insert = "INSERT INTO installation_key (id, wrapped, created_at, wrapped_at) VALUES (1, @p0, @p1, @p1) ON CONFLICT DO NOTHING";
    private const string AnyDataKey = "SELECT tenant_id, number, wrapped FROM data_keys ORDER BY tenant_id, number LIMIT 1";

    private volatile byte[]? _key;

    /// <summary>Authenticated when it is wrapped.</summary>
    public static byte[] Binding { get; } = "wrap\0installation"u8.ToArray();

    /// <summary>The key itself; <see cref="LoadAsync"/> has run.</summary>
    public byte[] Bytes => _key ?? throw new InvalidOperationException("The installation key is not loaded yet.");

    /// <summary>Makes sure that the master key is the one this data was made with, and opens the key, making it on the first start.</summary>
    /// <exception cref="MasterKeyException">The master key is another one.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var (wrapped, key) = await RequireMasterAsync(cancellationToken);
        _key = SealedBox.Open(key, wrapped, Binding);
        if (master.Source is MasterKeyFile file)
        {
            file.PromoteIfNext(key); // a rotation was cut off just before its last step
        }
    }

    /// <summary>The master key in force, and the wrapped key that shows it.</summary>
    /// <exception cref="MasterKeyException">The master key is another one.</exception>
    public async Task<(byte[] Wrapped, byte[] Master)> RequireMasterAsync(CancellationToken cancellationToken)
    {
        var wrapped = await ReadWrappedAsync(cancellationToken);
        while (true)
        {
            if (master.FindFor(wrapped, Binding) is { } key)
            {
                return (wrapped, key);
            }

            // A rotation may have ended between reading the row and reading the key.
            var again = await ReadWrappedAsync(cancellationToken);
            wrapped = again.AsSpan().SequenceEqual(wrapped) ? throw master.Foreign() : again;
        }
    }

    /// <summary>The master key in force, inside a unit that wraps with it and holds the row that shows it; makes the row when there is none.</summary>
    /// <exception cref="MasterKeyException">The master key is another one.</exception>
    public static byte[] RequireMaster(WriteSession session, MasterKey master, DateTimeOffset now)
    {
        if (Locked() is not { } wrapped)
        {
            var old = session.Within(TenantScope.System, all => all.QueryFirst(AnyDataKey, MapDataKey));
            var key = old is null ? master.First : master.RequireFor(old.Wrapped, old.Binding);
            session.Execute(Insert, SealedBox.Wrap(key, RandomNumberGenerator.GetBytes(MasterKey.Size), Binding), now);
            wrapped = Locked()!;
        }

        return master.RequireFor(wrapped, Binding);

        byte[]? Locked() => session.QueryFirst(Select + session.ForUpdate, row => row.GetBytes(0));
    }

    // Made when there is none.
    private async Task<byte[]> ReadWrappedAsync(CancellationToken cancellationToken)
    {
        if (await reads.ReadAsync(TenantScope.System, session => session.QueryFirst(Select, row => row.GetBytes(0)), cancellationToken) is { } wrapped)
        {
            return wrapped;
        }

        var key = await reads.ReadAsync(
            TenantScope.System,
            session => session.QueryFirst(AnyDataKey, MapDataKey), cancellationToken) is { } old
            ? master.RequireFor(old.Wrapped, old.Binding)
            : master.First;
        var fresh = SealedBox.Wrap(key, RandomNumberGenerator.GetBytes(MasterKey.Size), Binding);
        var now = clock.GetUtcNow();
        return await writes.ExecuteAsync(
            TenantScope.System,
            session =>
            {
                session.Execute(Insert, fresh, now);
                return session.QueryFirst(Select, row => row.GetBytes(0))!;
            },
            cancellationToken);
    }

    private static WrappedDataKey MapDataKey(SqlRow row) => new(row.GetString(0), row.GetInt32(1), row.GetBytes(2));
}
