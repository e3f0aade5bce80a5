using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Assistant.Infrastructure.Messaging.Weixin;

// What is encrypted: 16 random bytes, the length of the message (4 bytes, big-endian), the message, and whom it is for. AES-256-CBC; the first
// half of the key is the IV as well. Padded as PKCS#7 to blocks of 32 bytes, which .NET's own unpadding (16) refuses above 16: it is taken off
// here. There is no MAC, so nothing is decrypted before its signature was checked; the caller sees to that.

/// <summary>Opens what WeCom and WeChat encrypt. Safe for concurrent use.</summary>
/// <param name="receiveId">Whom it must be for: the corp id at WeCom, the app id at WeChat.</param>
internal sealed class WeixinCrypt(string encodingAesKey, string receiveId)
{
    private const int KeyLength = 43;
    private const int RandomBytes = 16;
    private const int HeadBytes = RandomBytes + sizeof(int);
    private const int MaxPadding = 32;

    private readonly byte[]? _key = KeyOf(encodingAesKey);

    /// <summary>Whether a text has the form of an EncodingAESKey.</summary>
    public static bool HasKeyForm(string encodingAesKey) => KeyOf(encodingAesKey) is not null;

    /// <summary>The message, or <see langword="null"/> when it cannot be opened or is for somebody else.</summary>
    public byte[]? Open(string encrypted)
    {
        var cipher = new byte[encrypted.Length];
        if (_key is null || receiveId.Length == 0 || !Convert.TryFromBase64String(encrypted, cipher, out var length) || length == 0 || length % 16 != 0)
        {
            return null;
        }

        using var aes = Aes.Create();
        aes.Key = _key;
        var plain = aes.DecryptCbc(cipher.AsSpan(0, length), _key.AsSpan(0, 16), PaddingMode.None);
        return MessageOf(plain);
    }

    private byte[]? MessageOf(ReadOnlySpan<byte> plain)
    {
        if (plain[^1] is < 1 or > MaxPadding || plain.Length - plain[^1] < HeadBytes)
        {
            return null;
        }

        var content = plain[..^plain[^1]];
        var length = BinaryPrimitives.ReadUInt32BigEndian(content[RandomBytes..]);
        var rest = content[HeadBytes..];
        return length <= rest.Length && rest[(int)length..].SequenceEqual(Encoding.UTF8.GetBytes(receiveId)) ? rest[..(int)length].ToArray() : null;
    }

    private static byte[]? KeyOf(string encodingAesKey)
    {
        var key = new byte[33];
        return encodingAesKey.Length == KeyLength && Convert.TryFromBase64String(encodingAesKey + "=", key, out var length) && length == 32
            ? key[..32]
            : null;
    }
}
