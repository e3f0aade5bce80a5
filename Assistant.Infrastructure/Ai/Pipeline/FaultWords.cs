using System.Globalization;
using System.Net;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Outgoing;

namespace Assistant.Infrastructure.Ai.Pipeline;

/// <summary>The one place that turns technical failures of engines into phrases that say what to do.</summary>
internal static class FaultWords
{
    public static EngineFault NoConnection(Uri? address, HttpRequestException cause)
    {
        var host = address?.Authority ?? "?";
        if (cause.InnerException is DestinationRefusedException)
        {
            return new(EngineFaultKind.Misconfigured, Phrase.Of("engine.address-refused", ("host", host)));
        }

        return cause.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => new(EngineFaultKind.Unreachable, Phrase.Of("engine.name-unknown", ("host", host))),
            HttpRequestError.SecureConnectionError => new(EngineFaultKind.Unreachable, Phrase.Of("engine.insecure", ("host", host))),
            HttpRequestError.ConnectionError => new(EngineFaultKind.Unreachable, Phrase.Of("engine.no-server", ("host", host))),
            _ => new(EngineFaultKind.BrokenOff, Phrase.Of("engine.closed", ("host", host))),
        };
    }

    public static EngineFault FromStatus(HttpStatusCode status, ServerWords words, TimeSpan? retryAfter, bool isToMessages)
    {
        var code = ((int)status).ToString(CultureInfo.InvariantCulture);
        var says = words.Says.Length > 0 ? words.Says : status.ToString();
        return (int)status switch
        {
            402 => new(EngineFaultKind.Misconfigured, Told(Phrase.Of("engine.no-credit", ("status", code)), words)),
            >= 400 and < 500 when words.IsAboutCredit => new(EngineFaultKind.Misconfigured, Told(Phrase.Of("engine.no-credit", ("status", code)), words)),
            403 when words.IsAboutModeration => new(EngineFaultKind.Refused, Phrase.Of("engine.refused", ("status", code), ("says", says))),
            400 when words.IsAboutKey => new(EngineFaultKind.Misconfigured, Told(Phrase.Of("engine.key-refused", ("status", code)), words)),
            401 or 403 => new(EngineFaultKind.Misconfigured, Told(Phrase.Of("engine.key-refused", ("status", code)), words)),
            404 when words.IsAboutModel => new(EngineFaultKind.Misconfigured, Phrase.Of("engine.model-unknown", ("says", says))),
            404 or 405 when isToMessages
                => new(EngineFaultKind.Misconfigured, Told(Phrase.Of("engine.no-messages-api", ("status", code)), words)),
            404 or 405 => new(EngineFaultKind.Misconfigured, Told(Phrase.Of("engine.no-chat-api", ("status", code)), words)),
            >= 300 and < 400 => new(EngineFaultKind.Misconfigured, Phrase.Of("engine.redirects", ("status", code))),
            429 => new(EngineFaultKind.RateLimited, Phrase.Of("engine.too-many-requests", ("status", code), ("says", says)), retryAfter),
            408 or >= 500 => new(EngineFaultKind.ServerFault, Phrase.Of("engine.server-fault", ("status", code), ("says", says)), retryAfter),
            _ => new(EngineFaultKind.Refused, Phrase.Of("engine.refused", ("status", code), ("says", says))),
        };
    }

    public static EngineFault WebPage { get; } = new(EngineFaultKind.Misconfigured, Phrase.Of("engine.web-page"));

    public static EngineFault NoFirstToken(TimeSpan limit) => new(EngineFaultKind.TimedOut, Phrase.Of("engine.no-first-token", ("seconds", Seconds(limit))));

    public static EngineFault Stalled(TimeSpan limit) => new(EngineFaultKind.TimedOut, Phrase.Of("engine.stalled", ("seconds", Seconds(limit))));

    public static EngineFault TooLong(TimeSpan limit) => new(EngineFaultKind.TimedOut, Phrase.Of("engine.too-long", ("seconds", Seconds(limit))));

    public static EngineFault BrokenOff { get; } = new(EngineFaultKind.BrokenOff, Phrase.Of("engine.broken-off"));

    /// <summary>Nothing came, and no end of it either: not what a server of engines does.</summary>
    public static EngineFault Empty { get; } = new(EngineFaultKind.Malformed, Phrase.Of("engine.empty"));

    /// <summary>An answer came to its end, but nothing of it is for people: the engine only thought, or called a tool, or was silent.</summary>
    public static EngineFault Blank { get; } = new(EngineFaultKind.NoAnswer, Phrase.Of("engine.empty"));

    public static EngineFault Endless { get; } = new(EngineFaultKind.Malformed, Phrase.Of("engine.endless"));

    public static EngineFault Filtered { get; } = new(EngineFaultKind.Refused, Phrase.Of("engine.filtered"));

    public static EngineFault Malformed { get; } = new(EngineFaultKind.Malformed, Phrase.Of("engine.malformed"));

    public static EngineFault Reported(string message) => new(EngineFaultKind.ServerFault, Phrase.Of("engine.reported", ("says", message)));

    public static EngineFault Resting(DateTimeOffset? retryAt, Phrase? lastError)
    {
        var last = lastError ?? Phrase.Of("engine.unknown-fault");
        return new(EngineFaultKind.Resting, retryAt is { } at
            ? Phrase.Of("engine.resting", [("until", new Phrase.Verbatim(at.ToString("HH:mm:ss 'UTC'", CultureInfo.InvariantCulture))), ("last", last)])
            : Phrase.Of("engine.probing", [("last", last)]));
    }

    public static EngineFault NothingToSay { get; } = new(EngineFaultKind.NoAnswer, Phrase.Of("engine.nothing-to-say"));

    /// <summary>What we make of it may be wrong, or half of it: the server's own words stand beside it, when there are any.</summary>
    private static Phrase Told(Phrase ours, ServerWords words)
        => words.Says.Length > 0 ? new Phrase.Several([ours, Phrase.Of("engine.server-says", ("says", words.Says))]) : ours;

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
}
