using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Meta;

namespace Assistant.Infrastructure.Messaging.Channels.WhatsApp;

/// <summary>What WhatsApp's error codes mean, as far as somebody can do something about them.</summary>
/// <remarks>https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes</remarks>
internal static class WhatsAppFaults
{
    private static readonly KnownRefusal Pause = new(Remedy.Time, Phrase.Of("channel.pause", ("name", WhatsAppChannel.Name)));
    private static readonly KnownRefusal MayNot = new(Remedy.Operator, Phrase.Of("whatsapp.may-not"));
    private static readonly KnownRefusal Locked = new(Remedy.Operator, Phrase.Of("whatsapp.account-locked"));

    public static MetaFaults All { get; } = new(WhatsAppChannel.Name, new Dictionary<(int Code, int Subcode), KnownRefusal>
    {
        [(3, 0)] = MayNot,
        [(10, 0)] = MayNot,
        [(200, 0)] = MayNot,
        [(131005, 0)] = MayNot,
        [(100, 33)] = new(Remedy.Operator, Phrase.Of("whatsapp.number-unknown")),
        [(133010, 0)] = new(Remedy.Operator, Phrase.Of("whatsapp.number-unregistered")),
        [(368, 0)] = Locked,
        [(131031, 0)] = Locked,
        [(131042, 0)] = new(Remedy.Operator, Phrase.Of("whatsapp.payment")),
        [(131048, 0)] = new(Remedy.Time, Phrase.Of("whatsapp.quality")),
        [(130429, 0)] = Pause,
        [(131056, 0)] = Pause with { Scope = PauseScope.Chat },
        [(131057, 0)] = Pause,
        [(131000, 0)] = Pause with { Scope = PauseScope.Chat },
        [(131016, 0)] = Pause,
        [(131026, 0)] = new(Remedy.None, Phrase.Of("whatsapp.undeliverable")),
        [(131030, 0)] = new(Remedy.None, Phrase.Of("whatsapp.not-a-test-number")),
        [(131047, 0)] = new(Remedy.None, Phrase.Of("whatsapp.window-closed")),
        [(131021, 0)] = new(Remedy.None, Phrase.Of("whatsapp.to-itself")),
    });
}
