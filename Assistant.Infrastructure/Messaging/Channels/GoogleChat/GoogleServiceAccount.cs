using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Assistant.Infrastructure.Messaging.Channels.GoogleChat;

/// <summary>The key of a service account, as Google hands it out in a file.</summary>
/// <param name="TokenUri">Where it is exchanged for a token.</param>
internal sealed record GoogleServiceAccount(string Email, string KeyId, string PrivateKey, Uri TokenUri)
{
    private const string Scope = "https://www.googleapis.com/auth/chat.bot";
    private const string GrantType = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <returns><see langword="null"/> when the text is no such file, or the key in it cannot be used.</returns>
    public static GoogleServiceAccount? Parse(string json)
    {
        try
        {
            var file = JsonSerializer.Deserialize(json, GoogleChatJson.Default.GoogleKeyFile);
            if (file is not { ClientEmail: { Length: > 0 } email, PrivateKey: { Length: > 0 } key }
                || !Uri.TryCreate(file.TokenUri ?? "https://oauth2.googleapis.com/token", UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http"))
            {
                return null;
            }

            using var rsa = RSA.Create();
            rsa.ImportFromPem(key);
            return new GoogleServiceAccount(email, file.PrivateKeyId ?? "", key, address);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException or CryptographicException)
        {
            return null;
        }
    }

    /// <summary>A request for a token to call with: an assertion signed with the key (RFC 7523).</summary>
    public HttpRequestMessage NewGrant(DateTimeOffset now) => new(HttpMethod.Post, TokenUri)
    {
        Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = GrantType, ["assertion"] = Assert(now) }),
    };

    // The key is not among what a record prints.
    public override string ToString() => Email;

    private string Assert(DateTimeOffset now)
    {
        var header = JsonSerializer.SerializeToUtf8Bytes(new GoogleTokenHeader("RS256", "JWT", KeyId), GoogleChatJson.Default.GoogleTokenHeader);
        var claims = JsonSerializer.SerializeToUtf8Bytes(
            new GoogleTokenClaims(Email, Scope, TokenUri.AbsoluteUri, now.ToUnixTimeSeconds(), (now + Lifetime).ToUnixTimeSeconds()), GoogleChatJson.Default.GoogleTokenClaims);
        var signed = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(claims)}";
        using var rsa = RSA.Create();
        rsa.ImportFromPem(PrivateKey);
        return $"{signed}.{Base64Url.EncodeToString(rsa.SignData(System.Text.Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }
}
