using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Mattermost;

/// <summary>Tries settings against the server. Changes nothing there.</summary>
internal sealed class MattermostCheck(MessengerHttp http, TimeProvider time)
{
    public async Task<ConnectionTest> RunAsync(SettingValues values, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var check = Checks.Missing(MattermostSettings.Fields, values, "serverUrl", "token")
            ?? await CheckAsync(MattermostSettings.Read(values), cancellationToken);
        return new ConnectionTest([check], time.GetElapsedTime(started));
    }

    private async Task<ConnectionCheck> CheckAsync(MattermostSettings settings, CancellationToken cancellationToken)
    {
        var reply = await new MattermostClient(http, settings).GetAsync("users/me", cancellationToken);
        var bot = MattermostSocket.BotOf(reply);
        if (bot is null)
        {
            return reply.Status == 401
                ? Checks.WrongCredentials(MattermostChannel.Name, MattermostFailure.Explain(reply))
                : Checks.Unreachable(MattermostChannel.Name, MattermostFailure.Explain(reply));
        }

        // A person's own token works as well, and then the assistant speaks as that person.
        return reply.Body["is_bot"].IsTrue
            ? Checks.SignedIn(MattermostChannel.Name, bot.Name)
            : new ConnectionCheck(
                Phrase.Of("channel.check-sign-in"), false, Phrase.Of("mattermost.not-a-bot", ("account", bot.Name)), Phrase.Of("mattermost.not-a-bot-fix"));
    }
}
