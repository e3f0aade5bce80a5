using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Weixin;

namespace Assistant.Infrastructure.Messaging.Channels.WeChat;

/// <summary>Tries settings against WeChat. Changes nothing there: a stable token does not end the one another program has.</summary>
internal sealed class WeChatCheck(MessengerHttp http, TimeProvider time)
{
    public async Task<ConnectionTest> RunAsync(SettingValues values, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        return new ConnectionTest(
            Checks.Missing(WeChatSettings.Fields, values, "appId", "appSecret", "token") is { } missing
                ? [missing]
                : await CheckAsync(WeChatSettings.Read(values), cancellationToken),
            time.GetElapsedTime(started));
    }

    private async Task<IReadOnlyList<ConnectionCheck>> CheckAsync(WeChatSettings settings, CancellationToken cancellationToken)
    {
        var callback = Phrase.Of("wechat.check-callback");
        if (!settings.HasKeyForm)
        {
            return [new ConnectionCheck(callback, false, Phrase.Of("wechat.key-form"), Phrase.Of("wechat.key-form-fix"))];
        }

        using var api = new WeChatApi(http, settings, time);
        return await api.SignInAsync(cancellationToken) is not { } refusal
            ? [Checks.SignedIn(WeChatChannel.Name, settings.AppId), new ConnectionCheck(callback, true, Phrase.Of("wechat.callback-ready"))]
            : [Failed(refusal)];
    }

    private static ConnectionCheck Failed(WeixinAnswer answer)
    {
        var reason = WeChatFaults.All.ReasonOf(answer)!;
        return answer.Code switch
        {
            WeChatFaults.AddressNotTrusted => Checks.Unreachable(WeChatChannel.Name, reason) with { Fix = Phrase.Of("wechat.address-fix") },
            _ when WeChatFaults.All.NeedsOperator(answer) => Checks.WrongCredentials(WeChatChannel.Name, reason),
            _ => Checks.Unreachable(WeChatChannel.Name, reason),
        };
    }
}
