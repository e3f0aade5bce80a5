using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Messaging.Calls;

/// <summary>Who can do something about a refusal.</summary>
internal enum Remedy
{
    /// <summary>Nobody has to: it passes.</summary>
    Time,
    /// <summary>The operator, in the platform's console or our settings; what waits goes on waiting.</summary>
    Operator,
    /// <summary>Nobody: this message will not be taken.</summary>
    None,
}

/// <summary>What a messenger's error code means.</summary>
/// <param name="Reason">Who can do what, in words for people.</param>
/// <param name="Scope">How far a pause reaches.</param>
internal sealed record KnownRefusal(Remedy Remedy, Phrase Reason, PauseScope Scope = PauseScope.Connection)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>How a send that met it ended.</summary>
    /// <param name="asked">The pause the messenger asks for, or <see langword="null"/>.</param>
    public SendOutcome OutcomeAfter(TimeSpan? asked)
        => Remedy == Remedy.None ? new SendOutcome.Rejected(Reason) : new SendOutcome.RetryAfter(asked ?? Pause, Reason, Scope);
}
