using System.Globalization;
using System.Net;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Discord;

/// <summary>What it means when Discord says no, in words for people.</summary>
internal static class DiscordFailure
{
    private const int LongestWords = 200;
    private const double LongestPause = 86_400;

    /// <summary>How a send ended that did not succeed.</summary>
    public static SendOutcome OutcomeOf(CallOutcome outcome)
    {
        if (outcome is CallOutcome.Answered { Status: HttpStatusCode.TooManyRequests } flood)
        {
            return Pause(flood);
        }

        return CallFaults.OutcomeOf(DiscordChannel.Name, outcome) ?? new SendOutcome.Rejected(Explain(outcome));
    }

    /// <summary>Why a call did not succeed, also one that sends nothing.</summary>
    public static Phrase Explain(CallOutcome outcome)
        => outcome is CallOutcome.Answered { IsSuccess: false, Status: not HttpStatusCode.TooManyRequests and < HttpStatusCode.InternalServerError } refusal
            && refusal.Status != HttpStatusCode.Unauthorized
                ? Explain(refusal)
                : CallFaults.ReasonOf(DiscordChannel.Name, outcome) ?? Phrase.Of("channel.unreadable", ("name", DiscordChannel.Name));

    /// <summary>How long Discord wants to be left alone, and whether by the whole bot.</summary>
    public static SendOutcome.RetryAfter Pause(CallOutcome.Answered flood)
    {
        var error = DiscordEvents.Read(flood.Body, DiscordJson.Default.DiscordError);
        var delay = error?.RetryAfter is { } seconds and > 0 and <= LongestPause ? TimeSpan.FromSeconds(seconds) : flood.RetryAfter;

        // Without a body of Discord's it is the guard before it, which has the whole address in mind.
        return new SendOutcome.RetryAfter(
            delay, Phrase.Of("channel.pause", ("name", DiscordChannel.Name)), error is null or { Global: true } ? PauseScope.Connection : PauseScope.Chat);
    }

    private static Phrase Explain(CallOutcome.Answered refusal)
    {
        var error = DiscordEvents.Read(refusal.Body, DiscordJson.Default.DiscordError);
        return error?.Code switch
        {
            50001 or 50013 => Phrase.Of("discord.no-rights"),
            50007 or 50278 => Phrase.Of("discord.direct-closed"),
            10003 => Phrase.Of("discord.channel-gone"),
            40005 => Phrase.Of("discord.file-too-large"),
            160005 or 50083 => Phrase.Of("discord.thread-closed"),
            _ => Phrase.Of("channel.refuses", ("name", DiscordChannel.Name), ("says", WordsOf(error) ?? ((int)refusal.Status).ToString(CultureInfo.InvariantCulture))),
        };
    }

    // Discord's own sentence; a page of somebody in between is none.
    private static string? WordsOf(DiscordError? error) => error is { Code: > 0, Message: { Length: > 0 and <= LongestWords } words } ? $"{words} ({error.Code})" : null;
}
