using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Irc;

/// <summary>Tries settings: signs in, under another nick where the wanted one is taken, joins nothing and leaves.</summary>
internal sealed class IrcCheck(MessengerLines lines, IrcOptions options, TimeProvider time)
{
    public async Task<ConnectionTest> RunAsync(SettingValues values, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var (settings, problem) = IrcSettings.Read(values);
        var check = settings is null
            ? new ConnectionCheck(Phrase.Of("channel.check-settings"), false, problem!, Phrase.Of("irc.settings-fix"))
            : await TryAsync(settings, cancellationToken);
        return new ConnectionTest([check], time.GetElapsedTime(started));
    }

    private async Task<ConnectionCheck> TryAsync(IrcSettings settings, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.Silence);
        try
        {
            await using var wire = new IrcWire(await lines.OpenAsync(IrcSession.Name, settings.Address, patience.Token));
            var registration = new IrcRegistration(wire, settings);
            await registration.RunAsync(patience.Token);
            await wire.WriteAsync(IrcMessage.Of("QUIT", "Goodbye"), patience.Token);
            return Checks.SignedIn(IrcSession.Name, registration.Nick);
        }
        catch (IrcRefusedException refused)
        {
            return Checks.WrongCredentials(IrcSession.Name, refused.Reason);
        }
        catch (PhrasedException fault)
        {
            return Checks.Unreachable(IrcSession.Name, fault.Reason);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested && fault is IOException or OperationCanceledException)
        {
            return Checks.Unreachable(IrcSession.Name, Phrase.Of("irc.lost"));
        }
    }
}
