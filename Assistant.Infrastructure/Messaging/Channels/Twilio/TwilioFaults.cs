using System.Globalization;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Twilio;

/// <summary>What Twilio's error codes mean, at once and in later reports: https://www.twilio.com/docs/api/errors</summary>
internal static class TwilioFaults
{
    private static readonly KnownRefusal Pause = new(Remedy.Time, Phrase.Of("channel.pause", ("name", TwilioChannel.Name)));
    private static readonly KnownRefusal WrongCredentials = new(Remedy.Operator, Phrase.Of("channel.sign-in-refused", ("name", TwilioChannel.Name)));
    private static readonly KnownRefusal WrongSender = new(Remedy.Operator, Phrase.Of("twilio.sender-unusable"));
    private static readonly KnownRefusal WrongNumber = new(Remedy.None, Phrase.Of("twilio.number-wrong"));
    private static readonly KnownRefusal Unreachable = new(Remedy.None, Phrase.Of("twilio.unreachable"));
    private static readonly KnownRefusal Filtered = new(Remedy.None, Phrase.Of("twilio.filtered"));

    private static readonly KnownRefusal FileNotFetched = new(Remedy.None, Phrase.Of("twilio.file-not-fetched"));
    private static readonly KnownRefusal FileTooLarge = new(Remedy.None, Phrase.Of("twilio.file-too-large"));

    private static readonly Dictionary<int, KnownRefusal> Known = new()
    {
        [20003] = WrongCredentials,
        [20404] = WrongCredentials,
        [10001] = new(Remedy.Operator, Phrase.Of("twilio.account-inactive")),
        [20005] = new(Remedy.Operator, Phrase.Of("twilio.account-inactive")),
        [30002] = new(Remedy.Operator, Phrase.Of("twilio.account-inactive")),
        [20429] = Pause,
        [14107] = Pause,
        [21611] = Pause,
        [30001] = Pause,
        [63038] = new(Remedy.Time, Phrase.Of("twilio.daily-limit")),
        [21212] = WrongSender,
        [21603] = WrongSender,
        [21606] = WrongSender,
        [21659] = WrongSender,
        [21660] = WrongSender,
        [21701] = WrongSender,
        [21703] = WrongSender,
        [21705] = WrongSender,
        [30034] = new(Remedy.Operator, Phrase.Of("twilio.unregistered")),
        // The operator's to allow, but of one person: the others must not wait for it.
        [21408] = new(Remedy.None, Phrase.Of("twilio.region-closed")),
        [21608] = new(Remedy.None, Phrase.Of("twilio.trial")),
        [21610] = new(Remedy.None, Phrase.Of("twilio.opted-out")),
        [21211] = WrongNumber,
        [21217] = WrongNumber,
        [21604] = WrongNumber,
        [21614] = WrongNumber,
        [30005] = WrongNumber,
        [30006] = WrongNumber,
        [21612] = Unreachable,
        [30003] = Unreachable,
        [30008] = Unreachable,
        [11200] = FileNotFetched,
        [21620] = FileNotFetched,
        [11751] = FileTooLarge,
        [30019] = FileTooLarge,
        [30004] = Filtered,
        [30007] = Filtered,
    };

    /// <summary>How a send ended; <see langword="null"/> for a success.</summary>
    /// <param name="isOtherSender">Whether it was sent as another than the settings name: that one cannot send is no fault of theirs, and holds up its own chats only.</param>
    public static SendOutcome? OutcomeOf(CallOutcome outcome, bool isOtherSender = false)
    {
        if (outcome is not CallOutcome.Answered { IsSuccess: false } answer || TwilioApi.Read(answer, TwilioJson.Default.TwilioError) is not { } error)
        {
            return CallFaults.OutcomeOf(TwilioChannel.Name, outcome)
                ?? (outcome is CallOutcome.Answered { IsSuccess: false } ? new SendOutcome.Rejected(CallFaults.ReasonOf(TwilioChannel.Name, outcome)!) : null);
        }

        var known = Known.GetValueOrDefault(error.Code);
        return (isOtherSender && known == WrongSender ? WrongSender with { Remedy = Remedy.None } : known)?.OutcomeAfter(answer.RetryAfter)
            ?? CallFaults.OutcomeOf(TwilioChannel.Name, answer)
            ?? new SendOutcome.Rejected(ReasonOf(error.Code, error.Message));
    }

    /// <summary>Why a call did not succeed; <see langword="null"/> for a success.</summary>
    public static Phrase? ReasonOf(CallOutcome outcome) => OutcomeOf(outcome) switch
    {
        SendOutcome.RetryAfter later => later.Reason,
        SendOutcome.Rejected refused => refused.Reason,
        SendOutcome.Uncertain uncertain => uncertain.Reason,
        _ => null,
    };

    /// <summary>What a code means.</summary>
    /// <param name="says">Twilio's own words, for a code we have none for.</param>
    public static Phrase ReasonOf(int code, string? says = null) => Known.GetValueOrDefault(code)?.Reason
        ?? Phrase.Of("channel.refuses", ("name", TwilioChannel.Name), ("says", string.Create(CultureInfo.InvariantCulture, $"{says} ({code})").TrimStart()));
}
