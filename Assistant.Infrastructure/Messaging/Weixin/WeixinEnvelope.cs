using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Weixin;

/// <summary>Encrypted callbacks: proved, opened and read, in this order.</summary>
internal sealed class WeixinEnvelope(string token, WeixinCrypt crypt, TimeProvider time)
{
    // What stands on the envelope is not signed: it must say the same as what is in it.
    private static readonly string[] Repeated = ["ToUserName", "AgentID"];

    /// <summary>The message of a callback, or <see langword="null"/> when it does not prove where it comes from.</summary>
    public WeixinXml? Open(WebhookRequest request)
    {
        var envelope = WeixinXml.Read(request.Body.ToArray());
        return envelope is not null && OpenText(request, envelope["Encrypt"]) is { } bytes && WeixinXml.Read(bytes) is { } message
            && Repeated.All(name => envelope[name].Length == 0 || envelope[name] == message[name])
                ? message
                : null;
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
