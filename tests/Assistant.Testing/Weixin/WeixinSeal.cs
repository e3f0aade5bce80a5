using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Assistant.Testing.Weixin;

/// <summary>What WeCom and WeChat do to a callback before they send it.</summary>
public static class WeixinSeal
{
    /// <summary>A text encrypted for a receiver.</summary>
    /// <param name="random">16 bytes.</param>
    public static string Encrypt(string encodingAesKey, byte[] random, string message, string receiveId)
    {
        var (text, receiver) = (Encoding.UTF8.GetBytes(message), Encoding.UTF8.GetBytes(receiveId));
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, text.Length);
        var padding = 32 - ((random.Length + length.Length + text.Length + receiver.Length) % 32);
        byte[] plain = [.. random, .. length, .. text, .. receiver, .. Enumerable.Repeat((byte)padding, padding)];
        using var aes = Aes.Create();
        aes.Key = Convert.FromBase64String(encodingAesKey + "=");
        return Convert.ToBase64String(aes.EncryptCbc(plain, aes.Key[..16], PaddingMode.None));
    }

    /// <summary>The signature of a token and what is signed with it.</summary>
    public static string Sign(params string[] parts)
    {
        Array.Sort(parts, StringComparer.Ordinal);
#pragma warning disable CA5350 // The platforms' own scheme.
        return Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(string.Concat(parts))));
#pragma warning restore CA5350
    }
}
