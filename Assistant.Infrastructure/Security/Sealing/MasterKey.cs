namespace Assistant.Infrastructure.Security.Sealing;

/// <summary>The installation's master key in memory: wraps other keys, and nothing else. Safe for concurrent use.</summary>
internal sealed class MasterKey
{
    private readonly Lazy<byte[]> _key;

    /// <param name="key"><see cref="MasterKeyFile.KeySize"/> bytes.</param>
    /// <param name="path">The file it was read from, for messages.</param>
    public MasterKey(byte[] key, string path) => (_key, Path) = (new(key), path);

    private MasterKey(Lazy<byte[]> key, string path) => (_key, Path) = (key, path);

    public string Path { get; }

    /// <summary>The key in a file, read or made when it is needed first: whoever wants none can examine an installation that has none.</summary>
    /// <remarks>The first use throws what <see cref="MasterKeyFile.ReadOrCreate"/> does.</remarks>
    public static MasterKey InFile(string path) => new(new Lazy<byte[]>(() => MasterKeyFile.ReadOrCreate(path)), path);

    /// <summary>Makes sure that it can be used.</summary>
    /// <exception cref="MasterKeyException">The file cannot be used.</exception>
    public void Require() => _ = _key.Value;

    /// <param name="binding">What is wrapped, authenticated and not stored: the same bytes unwrap it.</param>
    public byte[] Wrap(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> binding)
    {
        var wrapped = new byte[SealedBox.Overhead + secret.Length];
        SealedBox.Close(_key.Value, secret, wrapped, binding);
        return wrapped;
    }

    /// <returns><see langword="null"/> when it was wrapped by another master key, for something else, or altered.</returns>
    public byte[]? Unwrap(ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> binding) => SealedBox.Open(_key.Value, wrapped, binding);
}
