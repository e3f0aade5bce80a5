using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.DingTalk;

/// <summary>Tries settings against DingTalk. Changes nothing there: a ticket for a stream is asked for and not used.</summary>
internal sealed class DingTalkCheck(MessengerHttp http, TimeProvider time)
{
    public async Task<ConnectionTest> RunAsync(SettingValues values, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        return new ConnectionTest(
            Checks.Missing(DingTalkSettings.Fields, values, "clientId", "clientSecret") is { } missing
                ? [missing]
                : await CheckAsync(DingTalkSettings.Read(values), cancellationToken),
            time.GetElapsedTime(started));
    }

    private async Task<IReadOnlyList<ConnectionCheck>> CheckAsync(DingTalkSettings settings, CancellationToken cancellationToken)
    {
        using var client = new DingTalkClient(http, settings, time);
        if (await client.SignInAsync(cancellationToken) is { } refusal)
        {
            var says = DingTalkFailure.Explain(refusal);
            return [DingTalkFailure.IsCredentials(refusal) ? Checks.WrongCredentials(DingTalkChannel.Name, says) : Checks.Unreachable(DingTalkChannel.Name, says)];
        }

        var signedIn = Checks.SignedIn(DingTalkChannel.Name, settings.RobotCode);
        return settings.UsesWebhook ? [signedIn] : [signedIn, StreamCheck(await client.OpenStreamAsync(cancellationToken))];
    }

    private static ConnectionCheck StreamCheck(DingTalkReply reply)
    {
        var name = Phrase.Of("dingtalk.check-stream");
        return reply is { IsOk: true, Answer.Ticket.Length: > 0 }
            ? new ConnectionCheck(name, true, Phrase.Of("dingtalk.stream-ready"))
            : new ConnectionCheck(name, false, DingTalkFailure.Explain(reply), Phrase.Of("dingtalk.stream-fix"));
    }
}
