using System.Text.RegularExpressions;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Channels.Email;
using Assistant.Infrastructure.Messaging.Channels.Irc;
using Assistant.Infrastructure.Messaging.Channels.Mqtt;
using Assistant.Infrastructure.Messaging.Channels.Xmpp;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels;

/// <summary>A stored secret is sent nowhere but where it was entered for.</summary>
public sealed partial class DestinationTests
{
    private static readonly Dictionary<string, IReadOnlyList<SettingField>> s_channels = new(StringComparer.Ordinal)
    {
        ["email"] = EmailSettings.Fields, ["irc"] = IrcSettings.Fields, ["mqtt"] = MqttSettings.Fields, ["xmpp"] = XmppSettings.Fields,
    };

    public static TheoryData<string, string, string> Moves { get; } = new()
    {
        { "email", "imapHost", "mail.attacker.example" }, { "email", "imapPort", "9930" }, { "email", "imapSecurity", "none" },
        { "email", "smtpHost", "mail.attacker.example" }, { "email", "smtpPort", "5870" }, { "email", "smtpSecurity", "none" },
        { "irc", "host", "irc.attacker.example" }, { "irc", "port", "6000" }, { "irc", "security", "none" }, { "irc", "authority", "another" },
        { "mqtt", "host", "mqtt.attacker.example" }, { "mqtt", "port", "1883" }, { "mqtt", "security", "none" }, { "mqtt", "authority", "another" },
        { "xmpp", "address", "assistant@attacker.example" }, { "xmpp", "host", "xmpp.attacker.example" }, { "xmpp", "port", "5000" },
        { "xmpp", "security", "none" }, { "xmpp", "authority", "another" },
    };

    [Theory]
    [MemberData(nameof(Moves))]
    public void Another_server_or_a_weaker_line_wants_the_secrets_again(string channel, string key, string value)
    {
        var fields = s_channels[channel];
        var stored = Stored(fields);
        var sent = Without(fields, stored).ToDictionary();
        Assert.Empty(SettingsForm.Complete(fields, new SettingValues(sent), stored).Problems);

        sent[key] = value;
        var moved = SettingsForm.Complete(fields, new SettingValues(sent), stored);

        Assert.Equal(fields.Where(f => f.Kind == SettingKind.Secret).Select(f => f.Key), moved.Problems.Select(p => p.Key));
    }

    [Fact]
    public void Every_channel_that_keeps_a_secret_says_which_settings_lead_to_its_server()
    {
        var channels = typeof(EmailSettings).Assembly.GetTypes()
            .SelectMany(type => type.GetProperties().Where(property => property.PropertyType == typeof(IReadOnlyList<SettingField>) && property.GetMethod!.IsStatic))
            .Select(property => (Type: property.DeclaringType!.Name, Fields: (IReadOnlyList<SettingField>)property.GetValue(null)!))
            .Where(channel => channel.Fields.Any(field => field.Kind == SettingKind.Secret)).ToList();

        Assert.True(channels.Count > 15, $"{channels.Count} channels");
        Assert.Empty(
            from channel in channels
            from field in channel.Fields
            where field.Kind is not (SettingKind.Secret or SettingKind.Url) && !field.IsDestination && LeadsSomewhere().IsMatch(field.Key)
            select $"{channel.Type}: {field.Key}");
    }

    private static SettingValues Stored(IReadOnlyList<SettingField> fields) => new(fields.Where(f => f.Kind != SettingKind.Url).Select(f => KeyValuePair.Create(f.Key, f switch
    {
        { Kind: SettingKind.Secret } => $"secret of {f.Key}",
        { Default: { } standard } => standard,
        { Kind: SettingKind.Number } => "1",
        { Kind: SettingKind.Switch } => "true",
        { Kind: SettingKind.Choice, Choices: [var first, ..] } => first.Value,
        _ => "home.example",
    })));

    private static IReadOnlyDictionary<string, string> Without(IReadOnlyList<SettingField> fields, SettingValues stored)
        => SettingsForm.WithoutSecrets(fields, stored).All;

    [GeneratedRegex("(host|port|server|domain|security|authority)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LeadsSomewhere();
}
