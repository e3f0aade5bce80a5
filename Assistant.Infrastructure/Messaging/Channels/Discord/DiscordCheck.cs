using System.Net;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Discord;

/// <summary>Tries settings against Discord. Changes nothing there, and begins no session.</summary>
internal sealed class DiscordCheck(MessengerHttp http, TimeProvider time)
{
    // For bots on few servers, and for those Discord has looked at.
    private const long MessageContentIntents = (1 << 18) | (1 << 19);

    public async Task<ConnectionTest> RunAsync(SettingValues values, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var settings = DiscordSettings.Read(values);
        var client = new DiscordClient(http, settings, new DiscordLimits(time));
        var checks = new List<ConnectionCheck>();
        if (Checks.Missing(DiscordSettings.Fields, values, "token") is { } missing)
        {
            checks.Add(missing);
        }
        else if (await client.ReadSelfAsync(cancellationToken) is var self && FindBot(self) is { } bot)
        {
            checks.Add(Checks.SignedIn(DiscordChannel.Name, bot.Name));
            await CheckApplicationAsync(client, settings, values, checks, cancellationToken);
        }
        else
        {
            var says = DiscordFailure.Explain(self);
            checks.Add(self is CallOutcome.Answered { Status: HttpStatusCode.Unauthorized }
                ? Checks.WrongCredentials(DiscordChannel.Name, says)
                : Checks.Unreachable(DiscordChannel.Name, says));
        }

        return new ConnectionTest(checks, time.GetElapsedTime(started));
    }

    /// <summary>Who the token is of.</summary>
    /// <exception cref="PhrasedException">Discord does not say.</exception>
    public static DiscordBot BotOf(CallOutcome outcome) => FindBot(outcome) ?? throw new PhrasedException(DiscordFailure.Explain(outcome));

    private static DiscordBot? FindBot(CallOutcome outcome)
        => outcome is CallOutcome.Answered { IsSuccess: true, Body: var body }
            && DiscordEvents.Read(body, DiscordJson.Default.DiscordUser) is { } user && DiscordIds.Is(user.Id)
                ? new DiscordBot(user.Id!, user.Username ?? user.Id!)
                : null;

    // What only the application's own page can put right.
    private static async Task CheckApplicationAsync(
        DiscordClient client, DiscordSettings settings, SettingValues values, List<ConnectionCheck> checks, CancellationToken cancellationToken)
    {
        if (await client.ReadApplicationAsync(cancellationToken) is not CallOutcome.Answered { IsSuccess: true, Body: var body }
            || DiscordEvents.Read(body, DiscordJson.Default.DiscordApplication) is not { } application)
        {
            return;
        }

        if (settings.ReadsAll)
        {
            var name = Phrase.Of("discord.check-intent");
            checks.Add((application.Flags & MessageContentIntents) is > 0
                ? new ConnectionCheck(name, true, Phrase.Of("discord.intent-on"))
                : new ConnectionCheck(name, false, Phrase.Of("discord.intent-missing"), Phrase.Of("discord.intent-fix")));
        }

        if (values.Find("publicKey")?.Trim() is { } key)
        {
            var name = Phrase.Of("discord.check-key");
            checks.Add(string.Equals(key, application.VerifyKey, StringComparison.OrdinalIgnoreCase)
                ? new ConnectionCheck(name, true, Phrase.Of("discord.key-right"))
                : new ConnectionCheck(name, false, Phrase.Of("discord.key-wrong"), Phrase.Of("discord.key-fix")));
        }
    }
}
