using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.GoogleChat;

/// <summary>Tries settings against Google: a token is asked for, one space, and the keys of events. Changes nothing there.</summary>
internal sealed class GoogleChatCheck(MessengerHttp http, CallOptions options, TimeProvider time)
{
    public async Task<ConnectionTest> RunAsync(SettingValues values, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var settings = GoogleChatSettings.Read(values);
        return new ConnectionTest(
            Checks.Missing(GoogleChatSettings.Fields, values, GoogleChatSettings.RequiredOf(values)) is { } missing ? [missing]
                : settings.Account is { } account ? await CheckAsync(settings, account, cancellationToken)
                : [new ConnectionCheck(Phrase.Of("channel.check-settings"), false, Phrase.Of("googlechat.key-form"), Phrase.Of("googlechat.key-fix"))],
            time.GetElapsedTime(started));
    }

    private async Task<IReadOnlyList<ConnectionCheck>> CheckAsync(GoogleChatSettings settings, GoogleServiceAccount account, CancellationToken cancellationToken)
    {
        using var keys = new PublishedKeys(GoogleChatChannel.Name, settings.Keys, http, options, time);
        using var api = new GoogleChatApi(settings, account, http, time);
        try
        {
            await api.SignInAsync(cancellationToken);
            return await api.ListSpacesAsync(cancellationToken) switch
            {
                CallOutcome.Answered { IsSuccess: true } => [Checks.SignedIn(GoogleChatChannel.Name, account.Email), await Checks.KeysAsync(GoogleChatChannel.Name, keys, cancellationToken)],
                CallOutcome.Answered refused when CallFaults.OutcomeOf(GoogleChatChannel.Name, refused) is null
                    => [Checks.WrongCredentials(GoogleChatChannel.Name, Phrase.Of("googlechat.no-api")) with { Fix = Phrase.Of("googlechat.api-fix") }],
                var other => [Checks.Unreachable(GoogleChatChannel.Name, CallFaults.ReasonOf(GoogleChatChannel.Name, other)!)],
            };
        }
        catch (NoTokenException fault)
        {
            return [fault.IsRefusal ? Checks.WrongCredentials(GoogleChatChannel.Name, fault.Reason) : Checks.Unreachable(GoogleChatChannel.Name, fault.Reason)];
        }
    }
}
