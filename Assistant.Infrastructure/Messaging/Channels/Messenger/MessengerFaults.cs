using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Meta;

namespace Assistant.Infrastructure.Messaging.Channels.Messenger;

/// <summary>What Messenger's error codes mean, as far as somebody can do something about them.</summary>
/// <remarks>https://developers.facebook.com/docs/messenger-platform/error-codes</remarks>
internal static class MessengerFaults
{
    private static readonly KnownRefusal MayNot = new(Remedy.Operator, Phrase.Of("messenger.may-not"));
    private static readonly KnownRefusal WindowClosed = new(Remedy.None, Phrase.Of("messenger.window-closed"));
    private static readonly KnownRefusal Unavailable = new(Remedy.None, Phrase.Of("messenger.unavailable"));

    public static MetaFaults All { get; } = new(MessengerChannel.Name, new Dictionary<(int Code, int Subcode), KnownRefusal>
    {
        [(3, 0)] = MayNot,
        [(10, 0)] = MayNot,
        [(200, 0)] = MayNot,
        [(230, 0)] = MayNot,
        [(10, 2018278)] = WindowClosed,
        [(10, 2018065)] = WindowClosed,
        [(10, 2534022)] = WindowClosed,
        [(10, 2018108)] = Unavailable,
        [(551, 0)] = Unavailable,
        [(200, 1545041)] = Unavailable,
        [(100, 2018001)] = new(Remedy.None, Phrase.Of("messenger.person-unknown")),
        [(368, 0)] = new(Remedy.Operator, Phrase.Of("messenger.blocked")),
        [(1200, 0)] = new(Remedy.Time, Phrase.Of("channel.pause", ("name", MessengerChannel.Name)), PauseScope.Chat),
    });
}
