using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Weixin;

namespace Assistant.Infrastructure.Messaging.Channels.WeCom;

/// <summary>What WeCom's errcodes mean, as far as somebody can do something about them.</summary>
internal static class WeComFaults
{
    public const int AddressNotTrusted = 60020;

    public static WeixinFaults All { get; } = new(WeComChannel.Name, new Dictionary<int, KnownRefusal>
    {
        [40001] = new(Remedy.Operator, Phrase.Of("channel.sign-in-refused", ("name", WeComChannel.Name))),
        [40013] = new(Remedy.Operator, Phrase.Of("wecom.corp-unknown")),
        [40056] = new(Remedy.Operator, Phrase.Of("wecom.app-unknown")),
        [41011] = new(Remedy.Operator, Phrase.Of("wecom.app-unknown")),
        [48002] = new(Remedy.Operator, Phrase.Of("wecom.app-may-not")),
        [60011] = new(Remedy.Operator, Phrase.Of("wecom.app-may-not")),
        [AddressNotTrusted] = new(Remedy.Operator, Phrase.Of("wecom.address-not-trusted")),
        [301002] = new(Remedy.Operator, Phrase.Of("wecom.app-unknown")),
        [45009] = new(Remedy.Time, Phrase.Of("channel.pause", ("name", WeComChannel.Name))),
        [45033] = new(Remedy.Time, Phrase.Of("channel.pause", ("name", WeComChannel.Name))),
        [40003] = new(Remedy.None, Phrase.Of("wecom.person-unknown")),
        [60111] = new(Remedy.None, Phrase.Of("wecom.person-unknown")),
        [81013] = new(Remedy.None, Phrase.Of("wecom.person-out-of-reach")),
    });
}
