using System.Net;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Messaging.Calls;

/// <summary>How a call to a messenger's HTTP interface ended.</summary>
internal abstract record CallOutcome
{
    private CallOutcome() { }

    /// <summary>There is an answer; it may be a refusal.</summary>
    /// <param name="RetryAfter">As the header asks, or <see langword="null"/>.</param>
    public sealed record Answered(HttpStatusCode Status, TimeSpan? RetryAfter, byte[] Body) : CallOutcome
    {
        public bool IsSuccess => (int)Status is >= 200 and < 300;
    }

    /// <summary>The request certainly did nothing: no connection came about.</summary>
    public sealed record NotSent(Phrase Reason) : CallOutcome;

    /// <summary>The request left and no whole answer came: it may have been carried out.</summary>
    /// <param name="IsTooLarge">Whether an answer came, larger than any that is read.</param>
    public sealed record Lost(Phrase Reason, bool IsTooLarge = false) : CallOutcome;
}
