namespace Assistant.Infrastructure.Security.Sealing;

/// <summary>The installation's master key in memory: wraps other keys, and nothing else. Safe for concurrent use.</summary>
/// <param name="key"><see cref="MasterKeyFile.KeySize"/> bytes.</param>
/// <param name="path">The file it was read from, for messages.</param>
internal sealed class MasterKey(byte[] key, string path)
{
    public string Path => path;

    /// <param name="binding">What is wrapped, authenticated and not stored: the same bytes unwrap it.</param>
    public byte[] Wrap(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> binding)
    {
        var wrapped = new byte[SealedBox.Overhead + secret.Length];
        SealedBox.Close(key, secret, wrapped, binding);
        return wrapped;
    }

    /// <returns><see langword="null"/> when it was wrapped by another master key, for something else, or altered.</returns>
    public byte[]? Unwrap(ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> binding) => SealedBox.Open(key, wrapped, binding);
}
