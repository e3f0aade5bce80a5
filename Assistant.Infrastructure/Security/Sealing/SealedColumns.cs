using Assistant.Infrastructure.Ai;
using Assistant.Infrastructure.Audit.Bodies;
using Assistant.Infrastructure.Audit.Checkpoints;
using Assistant.Infrastructure.Audit.Filters;
using Assistant.Infrastructure.Idempotency;
using Assistant.Infrastructure.Messaging;
using Assistant.Infrastructure.Messaging.Channels.WebChat;
using Assistant.Infrastructure.Security.Identity;

namespace Assistant.Infrastructure.Security.Sealing;

/// <summary>A column whose values are sealed under the tenant's data key.</summary>
/// <param name="Key">Column that tells the tenant's rows apart.</param>
/// <param name="Place">Where the value of the row with this key is sealed.</param>
internal sealed record SealedColumn(string Table, string Key, string Column, bool HasIdKey, Func<string, string> Place)
{
    // The first bytes name the version. Pages follow the key, so that a value that does not open is met once in a pass.
    public string SelectOlder { get; } =
        $"SELECT {Key}, {Column} FROM {Table} WHERE tenant_id = @p0 AND {Column} IS NOT NULL AND substr({Column}, 1, 5) <> @p1 AND {Key} > @p2 "
        + $"ORDER BY {Key} LIMIT {PageSize}";

    public string CountOlder { get; } =
        $"SELECT COUNT(*) FROM {Table} WHERE tenant_id = @p0 AND {Column} IS NOT NULL AND substr({Column}, 1, 5) <> @p1";

    public string CountOf { get; } = $"SELECT COUNT(*) FROM {Table} WHERE tenant_id = @p0 AND substr({Column}, 1, 5) = @p1";

    // Whoever changed the value meanwhile sealed it under the newest version.
    public string Replace { get; } = $"UPDATE {Table} SET {Column} = @p3 WHERE tenant_id = @p0 AND {Key} = @p1 AND {Column} = @p2";

    public const int PageSize = 100;
}

/// <summary>Every column with sealed values: rotation goes over these, and a test finds what is missing here.</summary>
internal static class SealedColumns
{
    public static IReadOnlyList<SealedColumn> All { get; } =
    [
        new("connections", "id", "sealed_settings", HasIdKey: false, SqlConnectionStore.Place),
        new("engines", "name", "sealed_settings", HasIdKey: false, SqlEngineStore.Place),
        new("users", "id", "totp_secret", HasIdKey: true, id => SignInAttempts.TotpPlace(Guid.Parse(id))),
        new("idempotency", "id", "sealed_body", HasIdKey: false, SqlIdempotencyStore.Place),
        new("chat_identities", "connection_id", "sealed_private_key", HasIdKey: false, SqlChatIdentityStore.Place),
        new("audit_heads", "tenant_id", "sealed_key", HasIdKey: false, _ => AuditKeys.Place),
        new("audit_filters", "id", "sealed_filter", HasIdKey: true, id => SqlAuditFilterStore.Place(Guid.Parse(id))),
        new("audit_keys", "tenant_id", "sealed_seed", HasIdKey: false, _ => Ed25519CheckpointSigner.Place),
        new("person_keys", "person_id", "wrapped", HasIdKey: true, id => PersonSealer.KeyPlace(Guid.Parse(id))),
    ];

    /// <summary>Columns of bytes that are not sealed, and why.</summary>
    public static IReadOnlyDictionary<string, string> NotSealed { get; } = new Dictionary<string, string>
    {
        ["messages.body"] = "sealed under a person's key, which rotation wraps again",
        ["attachment_chunks.body"] = "sealed under a person's key, which rotation wraps again",
        ["reactions.body"] = "sealed under a person's key, which rotation wraps again",
        ["outbox.body"] = "sealed under a person's key, which rotation wraps again",
        ["inbox.pressed"] = "sealed under a person's key, which rotation wraps again",
        ["facts.body"] = "sealed under a person's key, which rotation wraps again",
        ["audit_events.body"] = "sealed under the tenant's audit key, which rotation wraps again",
        ["installation_key.wrapped"] = "wrapped by the master key",
        ["data_keys.wrapped"] = "wrapped by the master key",
        ["api_keys.hash"] = "SHA-256 of 256 random bits",
        ["users.recovery_codes"] = "SHA-256 of 120 random bits each",
        ["step_ups.hash"] = "hash of an operation",
        ["person_acts.digest"] = "hash of what a person asked for",
        ["passkeys.credential_id"] = "known to whoever asks for a passkey",
        ["passkeys.public_key"] = "public",
        ["passkey_ceremonies.payload_hash"] = "hash of a challenge that is used once",
        ["audit_events.previous_hash"] = "hash of the chain, published in checkpoints",
        ["audit_events.hash"] = "hash of the chain, published in checkpoints",
        ["audit_keys.public_key"] = "public",
        ["audit_tiles.hashes"] = "hashes of the tree, published in checkpoints and proofs",
        ["audit_heads.hash"] = "hash of the chain, published in checkpoints",
    };
}
