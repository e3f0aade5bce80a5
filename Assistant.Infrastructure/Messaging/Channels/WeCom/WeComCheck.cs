using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Weixin;

namespace Assistant.Infrastructure.Messaging.Channels.WeCom;

/// <summary>Tries settings against WeCom. Changes nothing there: asking for a token gives the one that is already good.</summary>
internal sealed class WeComCheck(MessengerHttp http, TimeProvider time)
{
    public async Task<ConnectionTest> RunAsync(SettingValues values, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        return new ConnectionTest(
            Checks.Missing(WeComSettings.Fields, values, "corpId", "agentId", "secret", "token", "encodingAesKey") is { } missing
                ? [missing]
                : await CheckAsync(WeComSettings.Read(values), cancellationToken),
            time.GetElapsedTime(started));
    }

    private async Task<IReadOnlyList<ConnectionCheck>> CheckAsync(WeComSettings settings, CancellationToken cancellationToken)
    {
        var callback = Phrase.Of("wecom.check-callback");
        if (!settings.HasKeyForm)
        {
            return [new ConnectionCheck(callback, false, Phrase.Of("wecom.key-form"), Phrase.Of("wecom.key-form-fix"))];
        }

        using var api = new WeComApi(http, settings, time);
        var answer = await api.SignInAsync(cancellationToken) ?? await api.ReadAppAsync(cancellationToken);
        return WeComFaults.All.ReasonOf(answer) is not { } reason
            ? [Checks.SignedIn(WeComChannel.Name, answer.Text("name")), new ConnectionCheck(callback, true, Phrase.Of("wecom.callback-ready"))]
            : [Failed(answer, reason)];
    }

    private static ConnectionCheck Failed(WeixinAnswer answer, Phrase reason) => answer.Code switch
    {
        WeComFaults.AddressNotTrusted => Checks.Unreachable(WeComChannel.Name, reason) with { Fix = Phrase.Of("wecom.address-fix") },
        _ when WeComFaults.All.NeedsOperator(answer) => Checks.WrongCredentials(WeComChannel.Name, reason),
        _ => Checks.Unreachable(WeComChannel.Name, reason),
    };
}
