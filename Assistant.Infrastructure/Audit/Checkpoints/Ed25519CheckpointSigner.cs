using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Assistant.Infrastructure.Audit.Checkpoints;

/// <inheritdoc cref="ICheckpointSigner"/>
internal sealed class Ed25519CheckpointSigner(IReadPool reads, SealedWrites writes, ISecretSealer sealer, InstallationName installation, TimeProvider clock)
    : ICheckpointSigner
{
    /// <summary>Where the seed of a tenant's key is sealed.</summary>
    internal const string Place = "audit_keys/seed";

    private const string Find = "SELECT origin, public_key, sealed_seed FROM audit_keys WHERE tenant_id = @p0";

    private const string Insert =
        "INSERT INTO audit_keys (tenant_id, origin, public_key, sealed_seed, created_at) VALUES (@p0, @p1, @p2, @p3, @p4) ON CONFLICT DO NOTHING";

    private readonly ConcurrentDictionary<TenantId, CheckpointKey> _keys = new();

    public async Task<CheckpointKey> ReadKeyAsync(TenantId tenant, CancellationToken cancellationToken)
        => _keys.TryGetValue(tenant, out var known) ? known : _keys.GetOrAdd(tenant, (await ReadAsync(tenant, cancellationToken)).Key);

    public async Task<string> SignAsync(TenantId tenant, string text, CancellationToken cancellationToken)
    {
        var (key, sealedSeed) = await ReadAsync(tenant, cancellationToken); // not kept: rotation seals it again
        var seed = await sealer.OpenAsync(tenant, Place, sealedSeed, cancellationToken);
        var bytes = Encoding.UTF8.GetBytes(text);
        var signature = new byte[Ed25519.SignatureSize];
        Ed25519.Sign(seed, 0, bytes, 0, bytes.Length, signature, 0);
        CryptographicOperations.ZeroMemory(seed);
        return SignedNote.Format(text, key, signature);
    }

    public bool Verify(SignedNote note, CheckpointKey key)
    {
        if (note.SignatureOf(key) is not { } signature || signature.Length != Ed25519.SignatureSize)
        {
            return false;
        }

        var text = Encoding.UTF8.GetBytes(note.Text);
        return Ed25519.Verify(signature.ToArray(), 0, key.PublicKey.ToArray(), 0, text, 0, text.Length);
    }

    private async Task<(CheckpointKey Key, byte[] SealedSeed)> ReadAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        if (await FindAsync(tenant, cancellationToken) is not { } found)
        {
            await MakeAsync(tenant, cancellationToken);
            found = await FindAsync(tenant, cancellationToken) ?? throw new TenantUnknownException(tenant);
        }

        return found;
    }

    private async Task<(CheckpointKey, byte[])?> FindAsync(TenantId tenant, CancellationToken cancellationToken)
        => await reads.ReadAsync(
            TenantScope.Of(tenant),
            session => session.QueryFirst<(CheckpointKey, byte[])?>(
                Find, row => (new CheckpointKey(row.GetString(0), row.GetBytes(1)), row.GetBytes(2)), tenant.Value),
            cancellationToken);

    // Of two processes that are first at once, one key stays.
    private async Task MakeAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var seed = RandomNumberGenerator.GetBytes(Ed25519.SecretKeySize);
        var publicKey = new byte[Ed25519.PublicKeySize];
        Ed25519.GeneratePublicKey(seed, 0, publicKey, 0);
        var (origin, now) = ($"assistant/{installation.Read()}/{tenant}", clock.GetUtcNow());
        await writes.ExecuteAsync(
            tenant, Place, seed, (session, sealedSeed) => session.Execute(Insert, tenant.Value, origin, publicKey, sealedSeed, now), cancellationToken);
        CryptographicOperations.ZeroMemory(seed);
    }
}
