using System.Globalization;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Weixin;

/// <summary>What refusals of one of the platforms mean, in words for people.</summary>
internal sealed class WeixinFaults(string messenger, IReadOnlyDictionary<int, KnownRefusal> known)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>How a send ended; <see langword="null"/> for a success.</summary>
    public SendOutcome? OutcomeOf(WeixinAnswer answer)
    {
        if (answer.IsSuccess)
        {
            return null;
        }

        var reason = ReasonOf(answer)!;
        return CallFaults.OutcomeOf(messenger, answer.Outcome) ?? (known.GetValueOrDefault(answer.Code)?.Remedy, answer) switch
        {
            (_, { Code: -1 }) => new SendOutcome.RetryAfter(null, reason),
            (Remedy.Time or Remedy.Operator, _) or (_, { IsTokenEnded: true }) => new SendOutcome.RetryAfter(Pause, reason, PauseScope.Connection),
            _ => new SendOutcome.Rejected(reason),
        };
    }

    /// <summary>How handing in a file ended; <see langword="null"/> when the answer names it. Nobody has seen it yet, so no doubt about it can be left.</summary>
    public SendOutcome? UploadOutcomeOf(WeixinAnswer answer) => OutcomeOf(answer) switch
    {
        SendOutcome.Uncertain lost => new SendOutcome.RetryAfter(null, lost.Reason),
        null when answer.Text("media_id").Length == 0 => new SendOutcome.RetryAfter(null, Phrase.Of("channel.unreadable", ("name", messenger))),
        var outcome => outcome,
    };

    /// <summary>Why a call did not succeed; <see langword="null"/> for a success.</summary>
    public Phrase? ReasonOf(WeixinAnswer answer) => answer switch
    {
        { IsSuccess: true } => null,
        { Code: 0 } => CallFaults.ReasonOf(messenger, answer.Outcome),
        { Code: -1 } => Phrase.Of("channel.pause", ("name", messenger)),
        _ when known.TryGetValue(answer.Code, out var refusal) => refusal.Reason,
        { IsTokenEnded: true } => Phrase.Of("channel.sign-in-refused", ("name", messenger)),
        _ => Phrase.Of("channel.refuses", ("name", messenger), ("says", string.Create(CultureInfo.InvariantCulture, $"{answer.Says} ({answer.Code})"))),
    };

    /// <summary>Whether the code is one of those that are known.</summary>
    public bool Explains(WeixinAnswer answer) => known.ContainsKey(answer.Code);

    /// <summary>Whether an operator has to do something before anything else is taken.</summary>
    public bool NeedsOperator(WeixinAnswer answer) => answer.IsTokenEnded || known.GetValueOrDefault(answer.Code)?.Remedy == Remedy.Operator;
}
