using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Messaging.Calls;

/// <summary>Checks of a connection test that are the same for all messengers.</summary>
internal static class Checks
{
    /// <summary>The messenger took the credentials.</summary>
    public static ConnectionCheck SignedIn(string messenger, string account)
        => new(SignIn, true, Phrase.Of("channel.signed-in", ("name", messenger), ("account", account)));

    /// <summary>The messenger did not take them.</summary>
    public static ConnectionCheck WrongCredentials(string messenger, Phrase says)
        => new(SignIn, false, says, Phrase.Of("channel.credentials-fix", ("name", messenger)));

    /// <summary>There was no answer, or one that says nothing about the credentials.</summary>
    public static ConnectionCheck Unreachable(string messenger, Phrase says)
        => new(SignIn, false, says, FixOf(messenger, says));

    /// <summary>What is required of a choice of settings and not filled in; <see langword="null"/> when nothing is missing.</summary>
    /// <param name="required">Keys that are required together, beyond those the manifest requires always.</param>
    public static ConnectionCheck? Missing(IReadOnlyList<SettingField> fields, SettingValues settings, params IReadOnlyList<string> required)
    {
        var names = fields.Where(field => required.Contains(field.Key) && settings.Find(field.Key) is null).Select(field => field.Label.English).ToList();
        return names.Count == 0
            ? null
            : new(
                Phrase.Of("channel.check-settings"), false,
                Phrase.Of("channel.settings-missing", ("names", string.Join(", ", names))), Phrase.Of("channel.settings-fix"));
    }

    /// <summary>Whether the keys are at hand that the messenger signs its callbacks with.</summary>
    public static async Task<ConnectionCheck> KeysAsync(string messenger, PublishedKeys keys, CancellationToken cancellationToken)
    {
        var name = Phrase.Of("channel.check-keys");
        try
        {
            await keys.PrepareAsync(cancellationToken);
            return new(name, true, Phrase.Of("channel.keys-ready", ("name", messenger)));
        }
        catch (PhrasedException fault)
        {
            return new(name, false, fault.Reason, FixOf(messenger, fault.Reason));
        }
    }

    // Who was reached and not trusted is not reached better.
    private static Phrase FixOf(string messenger, Phrase says)
        => says.FirstCode == "channel.insecure" ? Phrase.Of("channel.certificate-fix", ("name", messenger)) : Phrase.Of("channel.network-fix", ("name", messenger));

    private static Phrase SignIn => Phrase.Of("channel.check-sign-in");
}
