using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

/// <summary>Opens what Feishu encrypts: AES-256-CBC under the SHA-256 of the Encrypt Key, the IV in front, in base64. Pure, and total.</summary>
/// <remarks>
/// There is no MAC: a signature was checked before, but for the handshake. Everything that cannot be opened looks alike, so that nobody learns
/// anything by trying.
/// </remarks>
internal static class FeishuCrypt
{
    private const int BlockBytes = 16;

    /// <summary>The text, or <see langword="null"/>.</summary>
    public static byte[]? Open(string encrypted, string encryptKey)
    {
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(encrypted.Length + 3)];
        if (encryptKey.Length == 0 || !Convert.TryFromBase64String(encrypted, bytes, out var length) || length <= BlockBytes || length % BlockBytes != 0)
        {
            return null;
        }

        using var aes = Aes.Create();
        aes.Key = SHA256.HashData(Encoding.UTF8.GetBytes(encryptKey));
        try
        {
            return aes.DecryptCbc(bytes.AsSpan(BlockBytes, length - BlockBytes), bytes.AsSpan(0, BlockBytes), PaddingMode.PKCS7);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
