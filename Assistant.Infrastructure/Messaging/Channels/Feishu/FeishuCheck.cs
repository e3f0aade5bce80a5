using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

/// <summary>Tries settings against Feishu. Changes nothing there: asking for a token gives the one that is already good.</summary>
internal sealed class FeishuCheck(MessengerHttp http, TimeProvider time)
{
    public async Task<ConnectionTest> RunAsync(SettingValues values, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        return new ConnectionTest(
            Checks.Missing(FeishuSettings.Fields, values, "appId", "appSecret") is { } missing ? [missing] : await CheckAsync(FeishuSettings.Read(values), cancellationToken),
            time.GetElapsedTime(started));
    }

    private async Task<IReadOnlyList<ConnectionCheck>> CheckAsync(FeishuSettings settings, CancellationToken cancellationToken)
    {
        if (settings is { UsesWebhook: true, CanProve: false })
        {
            return [new ConnectionCheck(EventsName, false, Phrase.Of("feishu.no-proof"), Phrase.Of("feishu.no-proof-fix"))];
        }

        using var client = new FeishuClient(http, settings, time);
        var reply = await client.ReadBotAsync(cancellationToken);
        return reply.IsOk
            ? [
                Checks.SignedIn(settings.Messenger, reply.Answer?.Bot?.AppName ?? settings.AppId),
                settings.UsesWebhook ? EventsCheck(settings) : SocketCheck(settings, await client.OpenSocketAsync(cancellationToken)),
            ]
            : [Failed(settings, reply)];
    }

    private static ConnectionCheck SocketCheck(FeishuSettings settings, FeishuReply reply) => reply.IsOk
        ? new ConnectionCheck(EventsName, true, Phrase.Of("feishu.socket-ready"))
        : new ConnectionCheck(EventsName, false, FeishuFailure.Explain(settings.Messenger, reply), Phrase.Of("feishu.socket-fix"));

    private static Phrase EventsName => Phrase.Of("feishu.check-events");

    private static ConnectionCheck EventsCheck(FeishuSettings settings)
        => new(EventsName, true, settings.EncryptKey.Length > 0 ? Phrase.Of("feishu.events-signed") : Phrase.Of("feishu.events-by-token"));

    private static ConnectionCheck Failed(FeishuSettings settings, FeishuReply reply)
    {
        var says = FeishuFailure.Explain(settings.Messenger, reply);
        return FeishuFailure.IsCredentials(reply) || reply.IsTokenEnded ? Checks.WrongCredentials(settings.Messenger, says)
            : FeishuFailure.NeedsOperator(reply) ? Checks.WrongCredentials(settings.Messenger, says) with { Fix = Phrase.Of("feishu.app-fix") }
            : Checks.Unreachable(settings.Messenger, says);
    }
}
