using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Teams;

/// <summary>Tries settings against Microsoft: a token is asked for, and the keys of activities are fetched. Changes nothing there.</summary>
internal sealed class TeamsCheck(MessengerHttp http, CallOptions options, TimeProvider time)
{
    public async Task<ConnectionTest> RunAsync(SettingValues values, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        return new ConnectionTest(
            Checks.Missing(TeamsSettings.Fields, values, "appId", "appPassword", "tenantId") is { } missing
                ? [missing]
                : await CheckAsync(TeamsSettings.Read(values), cancellationToken),
            time.GetElapsedTime(started));
    }

    private async Task<IReadOnlyList<ConnectionCheck>> CheckAsync(TeamsSettings settings, CancellationToken cancellationToken)
    {
        if (settings.AdmitsNobody)
        {
            return [new ConnectionCheck(Phrase.Of("channel.check-settings"), false, Phrase.Of("teams.tenants-missing"), Phrase.Of("channel.settings-fix"))];
        }

        using var keys = new PublishedKeys(TeamsChannel.Name, settings.Keys, http, options, time);
        using var connector = new TeamsConnector(settings, http, time);
        try
        {
            await connector.GetTokenAsync(cancellationToken);
        }
        catch (NoTokenException fault)
        {
            return [fault.IsRefusal ? Checks.WrongCredentials(TeamsChannel.Name, fault.Reason) : Checks.Unreachable(TeamsChannel.Name, fault.Reason)];
        }

        return [Checks.SignedIn(TeamsChannel.Name, settings.AppId), await Checks.KeysAsync(TeamsChannel.Name, keys, cancellationToken)];
    }
}
