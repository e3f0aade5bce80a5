using System.Security.Cryptography;
using System.Text;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Tenancy;

namespace Assistant.Testing.Fakes;

/// <summary>Signs with a keyed hash: who does not hold this object's secret cannot sign. For rules, not for the algorithm.</summary>
public sealed class FakeCheckpointSigner : ICheckpointSigner
{
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);

    public Task<CheckpointKey> ReadKeyAsync(TenantId tenant, CancellationToken cancellationToken)
        => Task.FromResult(new CheckpointKey($"assistant/test/{tenant}", SHA256.HashData(_secret)));

    public async Task<string> SignAsync(TenantId tenant, string text, CancellationToken cancellationToken)
        => SignedNote.Format(text, await ReadKeyAsync(tenant, cancellationToken), HMACSHA512.HashData(_secret, Encoding.UTF8.GetBytes(text)));

    public bool Verify(SignedNote note, CheckpointKey key)
        => key.PublicKey.Span.SequenceEqual(SHA256.HashData(_secret)) && note.SignatureOf(key) is { } signature
            && signature.Span.SequenceEqual(HMACSHA512.HashData(_secret, Encoding.UTF8.GetBytes(note.Text)));
}
