using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Assistant.Domain.Security;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace Assistant.Web.Security;

/// <summary>
/// Remembers in a browser which accounts signed in on it. That proves nothing about who sits there and opens nothing: such a device only has
/// a budget of its own for trying, which strangers do not use up.
/// </summary>
/// <remarks>
/// Payload: 16 bytes of device id, 8 bytes of issue time (Unix seconds, big endian), then up to <see cref="MaxAccounts"/> tags of 16 bytes,
/// the latest first. Sealed under the installation's session keys.
/// </remarks>
internal sealed class KnownDevices(IDataProtectionProvider protection, TimeProvider clock)
{
    public const string CookieName = "assistant-device";

    private const int MaxAccounts = 4;
    private const int IdBytes = 16;
    private const int HeadBytes = IdBytes + sizeof(long);
    private const int MaxCookieLength = 1024;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(180);

    private readonly IDataProtector _protector = protection.CreateProtector("Assistant.KnownDevices.v1");
    private readonly HostCookies _cookies = new();

    /// <summary>The device at hand when the account signed in on it before, or <see langword="null"/>.</summary>
    public Guid? Find(HttpContext context, string email)
        => Read(context) is { } kept && Accounts(kept).Any(tag => CryptographicOperations.FixedTimeEquals(tag, TagOf(email))) ? new Guid(kept.AsSpan(0, IdBytes)) : null;

    /// <summary>The device at hand, whoever used it; <see langword="null"/> when it is one nobody has seen.</summary>
    public Guid? FindAny(HttpContext context) => Read(context) is { } kept ? new Guid(kept.AsSpan(0, IdBytes)) : null;

    /// <summary>Notes that the account signed in here. Each time anew: the cookie lives as long as the device is used.</summary>
    /// <returns>The device.</returns>
    public Guid Remember(HttpContext context, string email)
    {
        var (kept, own) = (Read(context), TagOf(email));
        var accounts = (kept is null ? [] : Accounts(kept).Where(tag => !tag.AsSpan().SequenceEqual(own))).Take(MaxAccounts - 1).Prepend(own);
        var head = new byte[HeadBytes];
        (kept?[..IdBytes] ?? RandomNumberGenerator.GetBytes(IdBytes)).CopyTo(head, 0);
        BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(IdBytes), clock.GetUtcNow().ToUnixTimeSeconds());
        _cookies.AppendResponseCookie(context, CookieName, WebEncoders.Base64UrlEncode(_protector.Protect([.. head, .. accounts.SelectMany(tag => tag)])), new CookieOptions
        {
            HttpOnly = true, IsEssential = true, MaxAge = Lifetime, Path = "/", SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps,
        });
        return new Guid(head.AsSpan(0, IdBytes));
    }

    private byte[]? Read(HttpContext context)
    {
        if (_cookies.GetRequestCookie(context, CookieName) is not { Length: > 0 and <= MaxCookieLength } text)
        {
            return null;
        }

        try
        {
            var payload = _protector.Unprotect(WebEncoders.Base64UrlDecode(text));
            return payload.Length > HeadBytes && Age(payload) is { Ticks: >= 0 } age && age < Lifetime ? payload : null;
        }
        catch (Exception forged) when (forged is CryptographicException or FormatException)
        {
            return null; // of another installation, or nobody's
        }
    }

    private TimeSpan Age(byte[] payload)
        => clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(payload.AsSpan(IdBytes)));

    private static IEnumerable<byte[]> Accounts(byte[] payload) => payload[HeadBytes..].Chunk(IdBytes);

    private static byte[] TagOf(string email) => SHA256.HashData(Encoding.UTF8.GetBytes(EmailAddress.Normalize(email)))[..IdBytes];
}
