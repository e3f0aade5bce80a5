using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

/// <summary>One way to prove who we are (RFC 6120, 6). One object, one attempt.</summary>
internal abstract class XmppSasl
{
    /// <summary>As servers name it.</summary>
    public abstract string Mechanism { get; }

    public abstract byte[] First();

    /// <summary>What to say to the server's challenge; <see langword="null"/> when it does not make sense.</summary>
    public abstract byte[]? Answer(byte[] challenge);

    /// <summary>Whether the server's last word proves that it knows us as well.</summary>
    public abstract bool IsProven(byte[]? last);

    /// <summary>The strongest of what is offered, or <see langword="null"/>.</summary>
    /// <param name="isPrivate">Whether nobody listens: only then the password itself is handed over.</param>
    public static XmppSasl? Choose(IReadOnlyCollection<string> offered, string user, string password, bool isPrivate, string? nonce = null)
        => offered.Contains("SCRAM-SHA-256") ? new XmppScram(HashAlgorithmName.SHA256, user, password, nonce)
            : offered.Contains("SCRAM-SHA-1") ? new XmppScram(HashAlgorithmName.SHA1, user, password, nonce)
            : offered.Contains("PLAIN") && isPrivate ? new XmppPlain(user, password)
            : null;

    /// <summary>Both sides must hash the same bytes: compatibility forms are folded and odd spaces are spaces (RFC 4013, 2).</summary>
    protected static string Prepared(string text)
    {
        var mapped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c is not ('\u00AD' or '\u200B' or '\u2060' or '\uFEFF'))
            {
                mapped.Append(char.GetUnicodeCategory(c) == UnicodeCategory.SpaceSeparator ? ' ' : c);
            }
        }

        try
        {
            return mapped.ToString().Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            return text; // half a surrogate pair: no server knows such a password
        }
    }
}

/// <summary>The password in the clear (RFC 4616), over TLS only.</summary>
internal sealed class XmppPlain(string user, string password) : XmppSasl
{
    public override string Mechanism => "PLAIN";

    public override byte[] First() => Encoding.UTF8.GetBytes($"\0{Prepared(user)}\0{Prepared(password)}");

    public override byte[]? Answer(byte[] challenge) => null;

    public override bool IsProven(byte[]? last) => true;
}

/// <summary>
/// SCRAM (RFC 5802, RFC 7677): the password never travels, and the server proves that it knows what it must know of it. No channel binding: the line is
/// bound to the server by its certificate.
/// </summary>
internal sealed class XmppScram(HashAlgorithmName hash, string user, string password, string? nonce = null) : XmppSasl
{
    /// <summary>Fewer would make a stolen exchange cheap to search (RFC 7677, 4).</summary>
    private const int MinIterations = 4_096;

    /// <summary>More would let a server keep this machine busy.</summary>
    private const int MaxIterations = 5_000_000;

    private readonly string _nonce = nonce ?? Convert.ToBase64String(RandomNumberGenerator.GetBytes(24));
    private byte[]? _serverProof;

    public override string Mechanism => hash == HashAlgorithmName.SHA256 ? "SCRAM-SHA-256" : "SCRAM-SHA-1";

    public override byte[] First() => Encoding.UTF8.GetBytes("n,," + Bare());

    public override byte[]? Answer(byte[] challenge)
    {
        var serverFirst = Encoding.UTF8.GetString(challenge);
        if (serverFirst.Split(',') is not [['r', '=', .. var both], ['s', '=', .. var salt], ['i', '=', .. var count], ..]
            || both.Length <= _nonce.Length || !both.StartsWith(_nonce, StringComparison.Ordinal)
            || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) || iterations is < MinIterations or > MaxIterations
            || !TryDecode(salt, out var salted))
        {
            return null;
        }

        var size = hash == HashAlgorithmName.SHA256 ? SHA256.HashSizeInBytes : SHA1.HashSizeInBytes;
        var key = Rfc2898DeriveBytes.Pbkdf2(Prepared(password), salted, iterations, hash, size);
        var clientKey = Mac(key, "Client Key");
        var withoutProof = $"c=biws,r={both}";
        var signed = $"{Bare()},{serverFirst},{withoutProof}";
        var proof = Mac(Digest(clientKey), signed);
        for (var i = 0; i < proof.Length; i++)
        {
            proof[i] ^= clientKey[i];
        }

        _serverProof = Mac(Mac(key, "Server Key"), signed);
        return Encoding.UTF8.GetBytes($"{withoutProof},p={Convert.ToBase64String(proof)}");
    }

    public override bool IsProven(byte[]? last)
        => _serverProof is not null && last is not null && Encoding.UTF8.GetString(last).Split(',') is [['v', '=', .. var proof], ..]
            && CallbackProof.IsBase64(proof, _serverProof);

    private string Bare()
        => $"n={Prepared(user).Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal)},r={_nonce}";

#pragma warning disable CA5350 // SCRAM-SHA-1 is what older servers have (RFC 5802); it is chosen only where SHA-256 is not offered.
    private byte[] Mac(byte[] key, string text)
        => hash == HashAlgorithmName.SHA256 ? HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)) : HMACSHA1.HashData(key, Encoding.UTF8.GetBytes(text));

    private byte[] Digest(byte[] bytes) => hash == HashAlgorithmName.SHA256 ? SHA256.HashData(bytes) : SHA1.HashData(bytes);
#pragma warning restore CA5350

    private static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length];
        var isRight = Convert.TryFromBase64String(text, bytes, out var length) && length > 0;
        bytes = bytes[..length];
        return isRight;
    }
}
