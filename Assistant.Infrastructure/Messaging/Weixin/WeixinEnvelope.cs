using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Weixin;

/// <summary>Encrypted callbacks: proved, opened and read, in this order.</summary>
internal sealed class WeixinEnvelope(string token, WeixinCrypt crypt, TimeProvider time)
{
    // What stands on the envelope is not signed: it must say the same as what is in it.
    private static readonly string[] Repeated = ["ToUserName", "AgentID"];

    /// <summary>The message of a callback, or <see langword="null"/> when it does not prove where it comes from.</summary>
    /// <returns><see cref="WeixinXml.Nothing"/> for what is proven and cannot be read: whoever sent it had the secret.</returns>
    public WeixinXml? Open(WebhookRequest request)
    {
        if (WeixinXml.Read(request.Body.ToArray()) is not { } envelope || OpenText(request, envelope["Encrypt"]) is not { } bytes)
        {
            return null;
        }

        if (WeixinXml.Read(bytes) is not { } message)
        {
            return WeixinXml.Nothing;
        }

        return Repeated.All(name => envelope[name].Length == 0 || envelope[name] == message[name]) ? message : null;
    }

    /// <summary>What a signed, encrypted text says; <see langword="null"/> likewise.</summary>
    public byte[]? OpenText(WebhookRequest request, string? encrypted)
    {
        var query = request.Query;
        return !string.IsNullOrEmpty(encrypted)
            && query.GetValueOrDefault("timestamp") is { } timestamp && CallbackProof.IsFresh(timestamp, WeixinSignature.Tolerance, time.GetUtcNow())
            && WeixinSignature.IsValid(query.GetValueOrDefault("msg_signature"), token, timestamp, query.GetValueOrDefault("nonce"), encrypted)
                ? crypt.Open(encrypted)
                : null;
    }
}
