using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Weixin;

namespace Assistant.Infrastructure.Messaging.Channels.WeChat;

/// <summary>Proves callbacks and opens them. In compatible mode a callback has its message twice; only the encrypted one is believed.</summary>
internal sealed class WeChatCallbacks(WeChatSettings settings, TimeProvider time)
{
    private readonly WeixinEnvelope _envelope = new(settings.Token, new WeixinCrypt(settings.EncodingAesKey, settings.AppId), time);

    /// <summary>What WeChat wants to hear again when the address is saved; <see langword="null"/> when it was not WeChat that asked.</summary>
    public string? EchoOf(WebhookRequest request) => IsSigned(request) ? request.Query.GetValueOrDefault("echostr") : null;

    /// <inheritdoc cref="WeixinEnvelope.Open"/>
    public WeixinXml? Open(WebhookRequest request) => settings.IsEncrypted
        ? _envelope.Open(request)
        : IsSigned(request) ? WeixinXml.Read(request.Body.ToArray()) ?? WeixinXml.Nothing : null;

    /// <summary>Whether a message is encrypted and nothing else, where plain ones are expected: the account is in secure mode.</summary>
    public bool IsClosed(WeixinXml xml) => !settings.IsEncrypted && xml["Encrypt"].Length > 0 && xml["FromUserName"].Length == 0;

    private bool IsSigned(WebhookRequest request)
    {
        var query = request.Query;
        return query.GetValueOrDefault("timestamp") is { } timestamp && CallbackProof.IsFresh(timestamp, WeixinSignature.Tolerance, time.GetUtcNow())
            && WeixinSignature.IsValid(query.GetValueOrDefault("signature"), settings.Token, timestamp, query.GetValueOrDefault("nonce"));
    }
}
