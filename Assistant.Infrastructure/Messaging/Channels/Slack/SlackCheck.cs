using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Slack;

/// <summary>Tries settings against Slack. Changes nothing there: the address of a socket is asked for and not used.</summary>
internal sealed class SlackCheck(MessengerHttp http, TimeProvider time)
{
    public async Task<ConnectionTest> RunAsync(SettingValues values, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var checks = new List<ConnectionCheck>();
        var settings = SlackSettings.Read(values);
        if (Checks.Missing(SlackSettings.Fields, values, "botToken", settings.RequiredKey) is { } missing)
        {
            checks.Add(missing);
        }
        else
        {
            await CheckAsync(settings, checks, cancellationToken);
        }

        return new ConnectionTest(checks, time.GetElapsedTime(started));
    }

    private async Task CheckAsync(SlackSettings settings, List<ConnectionCheck> checks, CancellationToken cancellationToken)
    {
        var client = new SlackClient(http, settings);
        var reply = await client.TestAsync(cancellationToken);
        if (SlackIdentity.BotOf(reply) is not { } bot)
        {
            var says = SlackFailure.Explain(reply);
            checks.Add(SlackFailure.IsCredentials(reply) ? Checks.WrongCredentials(SlackChannel.Name, says) : Checks.Unreachable(SlackChannel.Name, says));
            return;
        }

        checks.Add(Checks.SignedIn(SlackChannel.Name, bot.Team.Length > 0 ? $"{bot.Name} ({bot.Team})" : bot.Name));
        if (!settings.UsesWebhook)
        {
            checks.Add(SocketCheck(await client.OpenSocketAsync(cancellationToken)));
        }

        if (reply.Scopes is { } scopes)
        {
            checks.Add(FilesCheck(scopes));
        }
    }

    private static ConnectionCheck FilesCheck(IReadOnlyList<string> scopes)
    {
        var name = Phrase.Of("slack.check-files");
        return (scopes.Contains(SlackFiles.ReadScope), scopes.Contains("files:write")) switch
        {
            (true, true) => new ConnectionCheck(name, true, Phrase.Of("slack.files-ready")),
            (true, false) => new ConnectionCheck(name, false, Phrase.Of("slack.files-wait"), Phrase.Of("slack.missing-scope", ("scope", "files:write"))),
            _ => new ConnectionCheck(name, false, Phrase.Of("slack.files-unread"), Phrase.Of("slack.missing-scope", ("scope", SlackFiles.ReadScope))),
        };
    }

    private static ConnectionCheck SocketCheck(SlackReply reply)
    {
        var name = Phrase.Of("slack.check-socket");
        return reply.IsOk
            ? new ConnectionCheck(name, true, Phrase.Of("slack.socket-ready"))
            : new ConnectionCheck(name, false, SlackFailure.Explain(reply), Phrase.Of("slack.socket-fix"));
    }
}
