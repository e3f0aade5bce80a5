using Assistant.Domain.Audit;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;

namespace Assistant.Domain.Messaging;

/// <summary>Name of a connection, unique in the installation; part of its webhook address.</summary>
public readonly record struct ConnectionId
{
    private readonly string? _value;

    /// <exception cref="ArgumentException">Not a <see cref="Slug"/>.</exception>
    public ConnectionId(string value) => _value = Slug.Require(value, "connection name");

    public string Value => _value ?? throw new InvalidOperationException("A connection id is never empty: construct it from a name.");

    public override string ToString() => Value;
}

/// <summary>Who may talk to the assistant over a connection.</summary>
public enum AccessPolicy
{
    /// <summary>An unknown sender receives a code, which an operator approves.</summary>
    Pairing,

    /// <summary>Anyone who is not blocked.</summary>
    Open,

    /// <summary>Approved senders only; others get no answer.</summary>
    Allowlist,

    /// <summary>Nobody: the connection is closed.</summary>
    Blocked,
}

/// <summary>A tenant's account on a messenger.</summary>
/// <param name="ChannelType">The <see cref="ChannelManifest.Type"/> of its channel.</param>
/// <param name="IsProvisioned">Declared in <c>assistant.yaml</c>, hence read-only in the console and the API.</param>
public sealed record Connection(
    ConnectionId Id,
    TenantId Tenant,
    string ChannelType,
    string DisplayName,
    AccessPolicy Access,
    bool IsEnabled,
    bool IsProvisioned,
    SettingValues Settings,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    /// <summary>In a list: why the stored settings cannot be read, so that there are none here; <see langword="null"/> when they can.</summary>
    public Phrase? Fault { get; init; }

    /// <summary>What makes it another connection than it was, for its audit event.</summary>
    /// <param name="before"><see langword="null"/> when it is new.</param>
    /// <param name="manifest">Tells its secrets; without it every setting counts as one.</param>
    public AuditChanges ChangesSince(Connection? before, ChannelManifest? manifest) => new AuditChanges()
        .Add("name", before?.DisplayName, DisplayName)
        .Add("access", before?.Access.ToString().ToLowerInvariant(), Access.ToString().ToLowerInvariant())
        .Add("enabled", before?.IsEnabled, IsEnabled)
        .Add(manifest?.Settings ?? [], before?.Settings, Settings);
}

/// <summary>Configured connections. Secrets in <see cref="Connection.Settings"/> are sealed at rest. Safe for concurrent use.</summary>
public interface IConnectionStore
{
    /// <summary>Connections of one tenant by name; of all tenants when <paramref name="tenant"/> is <see langword="null"/> (start-up, webhooks).</summary>
    /// <remarks>One whose settings do not open keeps no other from being listed: it has a <see cref="Connection.Fault"/>.</remarks>
    Task<IReadOnlyList<Connection>> ListAsync(TenantId? tenant, CancellationToken cancellationToken);

    /// <summary>The connection, or <see langword="null"/>.</summary>
    /// <exception cref="Security.SealBrokenException">Its settings do not open.</exception>
    Task<Connection?> FindAsync(ConnectionId id, CancellationToken cancellationToken);

    /// <summary>Stores a connection in place of the one it was made from, and records who did it, in one transaction.</summary>
    /// <param name="read">What is stored under the name, as the caller read it; <see langword="null"/> when nothing is.</param>
    /// <returns>
    /// What is stored now, its time later than what was read; <see langword="null"/>, and nothing is changed, when that was not stored any more.
    /// A name is one tenant's and one channel's for good: for another one it is never stored.
    /// </returns>
    Task<Connection?> SaveAsync(Connection connection, Connection? read, Audit.AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Removes the connection; its conversations stay.</summary>
    /// <returns><see langword="false"/> when there was none.</returns>
    Task<bool> DeleteAsync(TenantId tenant, ConnectionId id, Audit.AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Where receiving goes on after a restart (a polling offset, a sync token); <see langword="null"/> at first.</summary>
    Task<string?> ReadCursorAsync(ConnectionId id, CancellationToken cancellationToken);

    /// <summary>Stores the cursor. Call it only after everything before it is committed.</summary>
    Task SaveCursorAsync(ConnectionId id, string cursor, CancellationToken cancellationToken);
}
