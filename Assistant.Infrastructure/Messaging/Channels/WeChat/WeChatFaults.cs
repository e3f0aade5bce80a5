using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Weixin;

namespace Assistant.Infrastructure.Messaging.Channels.WeChat;

/// <summary>What WeChat's errcodes mean, as far as somebody can do something about them.</summary>
internal static class WeChatFaults
{
    public const int AddressNotTrusted = 40164;

    public static WeixinFaults All { get; } = new(WeChatChannel.Name, new Dictionary<int, KnownRefusal>
    {
        [40001] = new(Remedy.Operator, Phrase.Of("channel.sign-in-refused", ("name", WeChatChannel.Name))),
        [40125] = new(Remedy.Operator, Phrase.Of("channel.sign-in-refused", ("name", WeChatChannel.Name))),
        [40013] = new(Remedy.Operator, Phrase.Of("wechat.account-unknown")),
        [AddressNotTrusted] = new(Remedy.Operator, Phrase.Of("wechat.address-not-trusted")),
        [48001] = new(Remedy.Operator, Phrase.Of("wechat.account-may-not")),
        [45009] = new(Remedy.Time, Phrase.Of("channel.pause", ("name", WeChatChannel.Name))),
        [45011] = new(Remedy.Time, Phrase.Of("channel.pause", ("name", WeChatChannel.Name))),
        [45015] = new(Remedy.None, Phrase.Of("wechat.window-closed")),
        [45047] = new(Remedy.None, Phrase.Of("wechat.too-many")),
        [45007] = new(Remedy.None, Phrase.Of("wechat.voice-too-long")),
        [40003] = new(Remedy.None, Phrase.Of("wechat.person-unknown")),
        [43004] = new(Remedy.None, Phrase.Of("wechat.person-unknown")),
    });
}
