using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Matrix;

/// <summary>Tries settings against the homeserver. Nothing of it stays there: with a password it signs in as a device of its own, and out again.</summary>
internal sealed class MatrixCheck(MessengerHttp http, TimeProvider time)
{
    public async Task<ConnectionTest> RunAsync(SettingValues values, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var checks = new List<ConnectionCheck>();
        if (Checks.Missing(MatrixSettings.Fields, values, "homeserver") is { } homeless)
        {
            checks.Add(homeless);
        }
        else if (MatrixSettings.Read(values) is var settings && Checks.Missing(MatrixSettings.Fields, values, settings.RequiredKeys) is { } missing)
        {
            checks.Add(missing);
        }
        else
        {
            await CheckAsync(settings, checks, cancellationToken);
        }

        return new ConnectionTest(checks, time.GetElapsedTime(started));
    }

    private async Task CheckAsync(MatrixSettings settings, List<ConnectionCheck> checks, CancellationToken cancellationToken)
    {
        using var signIn = new MatrixSignIn(http, settings, device: null, time);
        var client = new MatrixClient(http, settings, signIn);
        var reply = await client.WhoAmIAsync(cancellationToken);
        if (client.Me.Length == 0)
        {
            var says = MatrixFailure.Explain(reply);
            checks.Add(MatrixFailure.IsCredentials(reply) ? Checks.WrongCredentials(MatrixChannel.Name, says) : Checks.Unreachable(MatrixChannel.Name, says));
            return;
        }

        checks.Add(Checks.SignedIn(MatrixChannel.Name, client.Me));
        checks.Add(new ConnectionCheck(Phrase.Of("matrix.check-encryption"), true, Phrase.Of("matrix.encryption-not-read")));
        if (settings.HasPassword)
        {
            await client.PostAsync("v3/logout", [], cancellationToken);
        }
    }
}
