using Assistant.Infrastructure.Messaging.Weixin;

namespace Assistant.Infrastructure.Messaging.Channels.WeChat;

/// <summary>What WeChat's errcodes mean, as far as somebody can do something about them.</summary>
internal static class WeChatFaults
{
    public const int AddressNotTrusted = 40164;

    public static WeixinFaults All { get; } = new(WeChatChannel.Name, new Dictionary<int, WeixinFault>
    {
        [40001] = new(Remedy.Operator, "channel.sign-in-refused"),
        [40125] = new(Remedy.Operator, "channel.sign-in-refused"),
        [40013] = new(Remedy.Operator, "wechat.account-unknown"),
        [AddressNotTrusted] = new(Remedy.Operator, "wechat.address-not-trusted"),
        [48001] = new(Remedy.Operator, "wechat.account-may-not"),
        [45009] = new(Remedy.Time, "channel.pause"),
        [45011] = new(Remedy.Time, "channel.pause"),
        [45015] = new(Remedy.None, "wechat.window-closed"),
        [45047] = new(Remedy.None, "wechat.too-many"),
        [40003] = new(Remedy.None, "wechat.person-unknown"),
        [43004] = new(Remedy.None, "wechat.person-unknown"),
    });
}
