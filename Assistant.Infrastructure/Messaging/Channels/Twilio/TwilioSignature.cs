using System.Security.Cryptography;
using System.Text;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Twilio;

/// <summary>
/// Twilio's proof of a callback: HMAC-SHA1, by the auth token, of the address it calls and the fields it posts. Pure.
/// https://www.twilio.com/docs/usage/security#validating-requests
/// </summary>
internal static class TwilioSignature
{
    private const string BodyHash = "bodySHA256";

    /// <summary>Whether the signature is over this address and these fields, whatever fields Twilio has added since this was written.</summary>
    /// <remarks>Twilio writes the default port of the address, or leaves it out: both are tried.</remarks>
    public static bool IsSigned(string authToken, string url, IReadOnlyList<(string Name, string Value)> fields, string? signature)
    {
        if (authToken.Length == 0)
        {
            return false;
        }

        var content = ContentOf(fields);
        var isSigned = false;
        foreach (var spelling in SpellingsOf(url))
        {
            isSigned |= CallbackProof.IsBase64(signature, Sign(authToken, spelling + content));
        }

        return isSigned;
    }

    /// <summary>The same where the body is no form: the address, which is signed alone, then names the hash of the body.</summary>
    public static bool IsSigned(string authToken, string url, string bodyHash, ReadOnlySpan<byte> body, string? signature)
        => IsSigned(authToken, $"{url}{(url.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{BodyHash}={bodyHash}", [], signature)
            && CallbackProof.IsHex(bodyHash, SHA256.HashData(body));

    /// <summary>The hash of a body that is no form, in the query of a callback.</summary>
    public static string? BodyHashIn(IReadOnlyDictionary<string, string> query) => query.GetValueOrDefault(BodyHash);

#pragma warning disable CA5350 // Twilio's own scheme; keyed, SHA-1 is as yet sound.
    private static byte[] Sign(string authToken, string content) => HMACSHA1.HashData(Encoding.UTF8.GetBytes(authToken), Encoding.UTF8.GetBytes(content));
#pragma warning restore CA5350

    private static string ContentOf(IReadOnlyList<(string Name, string Value)> fields)
    {
        var content = new StringBuilder();
        foreach (var field in fields.Distinct().OrderBy(field => field.Name, StringComparer.Ordinal).ThenBy(field => field.Value, StringComparer.Ordinal))
        {
            content.Append(field.Name).Append(field.Value);
        }

        return content.ToString();
    }

    private static IEnumerable<string> SpellingsOf(string url)
    {
        var fragment = url.IndexOf('#', StringComparison.Ordinal);
        url = fragment < 0 ? url : url[..fragment];
        var start = url.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme ? scheme + 3 : 0;
        var end = url.AsSpan(start).IndexOfAny('/', '?') is >= 0 and var length ? start + length : url.Length;
        var host = url[start..end];
        var colon = host.LastIndexOf(':');
        var (name, port) = colon > host.LastIndexOf(']') ? (host[..colon], host[colon..]) : (host, url.StartsWith("https", StringComparison.Ordinal) ? ":443" : ":80");
        return [url[..start] + name + url[end..], url[..start] + name + port + url[end..]];
    }
}
