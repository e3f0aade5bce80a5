using Assistant.Infrastructure.Messaging.Weixin;

namespace Assistant.Infrastructure.Messaging.Channels.WeCom;

/// <summary>What WeCom's errcodes mean, as far as somebody can do something about them.</summary>
internal static class WeComFaults
{
    public const int AddressNotTrusted = 60020;

    public static WeixinFaults All { get; } = new(WeComChannel.Name, new Dictionary<int, WeixinFault>
    {
        [40001] = new(Remedy.Operator, "channel.sign-in-refused"),
        [40013] = new(Remedy.Operator, "wecom.corp-unknown"),
        [40056] = new(Remedy.Operator, "wecom.app-unknown"),
        [41011] = new(Remedy.Operator, "wecom.app-unknown"),
        [48002] = new(Remedy.Operator, "wecom.app-may-not"),
        [60011] = new(Remedy.Operator, "wecom.app-may-not"),
        [AddressNotTrusted] = new(Remedy.Operator, "wecom.address-not-trusted"),
        [301002] = new(Remedy.Operator, "wecom.app-unknown"),
        [45009] = new(Remedy.Time, "channel.pause"),
        [45033] = new(Remedy.Time, "channel.pause"),
        [40003] = new(Remedy.None, "wecom.person-unknown"),
        [60111] = new(Remedy.None, "wecom.person-unknown"),
        [81013] = new(Remedy.None, "wecom.person-out-of-reach"),
    });
}
