namespace Assistant.Domain.Security.EndToEnd;

/// <summary>An X25519 key (RFC 7748), 32 bytes each. The private half is a secret: never logged, stored sealed.</summary>
public sealed class KeyPair(byte[] privateKey, byte[] publicKey)
{
    /// <summary>Length of either half.</summary>
    public const int Bytes = 32;

    public ReadOnlyMemory<byte> Private { get; } = privateKey;

    public ReadOnlyMemory<byte> Public { get; } = publicKey;
}

/// <summary>X25519: two sides that know each other's public half get the same secret. Safe for concurrent use.</summary>
public interface IKeyAgreement
{
    /// <summary>A new key from the system's random source.</summary>
    KeyPair Create();

    /// <summary>The key of 32 private bytes.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    KeyPair Restore(ReadOnlySpan<byte> privateKey);

    /// <summary>The shared secret, 32 bytes.</summary>
    /// <exception cref="LineBrokenException">No key, or one that makes every secret the same (RFC 7748 section 6.1).</exception>
    byte[] Agree(KeyPair own, ReadOnlySpan<byte> theirs);
}

/// <summary>What came over an encrypted line is not what the other side sent: altered, repeated, out of order, or with a gap before it.</summary>
/// <remarks>Nothing more is accepted on the line; a new one has to be made.</remarks>
public sealed class LineBrokenException : Exception
{
    public LineBrokenException(string message) : base(message) { }

    public LineBrokenException(string message, Exception inner) : base(message, inner) { }

    public LineBrokenException() : this("The encrypted line is broken.") { }
}
