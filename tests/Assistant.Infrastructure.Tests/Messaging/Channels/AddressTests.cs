using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Attachments;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Messaging;
using Assistant.Infrastructure.Messaging.Channels.DingTalk;
using Assistant.Infrastructure.Messaging.Channels.Discord;
using Assistant.Infrastructure.Messaging.Channels.Email;
using Assistant.Infrastructure.Messaging.Channels.Feishu;
using Assistant.Infrastructure.Messaging.Channels.GoogleChat;
using Assistant.Infrastructure.Messaging.Channels.Line;
using Assistant.Infrastructure.Messaging.Channels.Matrix;
using Assistant.Infrastructure.Messaging.Channels.Mattermost;
using Assistant.Infrastructure.Messaging.Channels.Messenger;
using Assistant.Infrastructure.Messaging.Channels.Qq;
using Assistant.Infrastructure.Messaging.Channels.Signal;
using Assistant.Infrastructure.Messaging.Channels.Slack;
using Assistant.Infrastructure.Messaging.Channels.Teams;
using Assistant.Infrastructure.Messaging.Channels.Telegram;
using Assistant.Infrastructure.Messaging.Channels.Twilio;
using Assistant.Infrastructure.Messaging.Channels.Webhook;
using Assistant.Infrastructure.Messaging.Channels.WeChat;
using Assistant.Infrastructure.Messaging.Channels.WeCom;
using Assistant.Infrastructure.Messaging.Channels.WhatsApp;
using Assistant.Infrastructure.Messaging.Channels.Xmpp;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels;

/// <summary>An address that passes the check of the settings can be used, whatever is blank around it.</summary>
public sealed class AddressTests
{
    private static readonly Dictionary<string, Func<IServiceCollection, IServiceCollection>> s_channels = new(StringComparer.Ordinal)
    {
        ["dingtalk"] = s => s.AddDingTalk(), ["discord"] = s => s.AddDiscord(), ["email"] = s => s.AddEmail(), ["feishu"] = s => s.AddFeishu(), ["googlechat"] = s => s.AddGoogleChat(),
        ["line"] = s => s.AddLine(), ["matrix"] = s => s.AddMatrix(), ["mattermost"] = s => s.AddMattermost(), ["messenger"] = s => s.AddMessenger(),
        ["qq"] = s => s.AddQq(), ["signal"] = s => s.AddSignal(), ["slack"] = s => s.AddSlack(), ["teams"] = s => s.AddTeams(),
        ["telegram"] = s => s.AddTelegram(), ["twilio"] = s => s.AddTwilio(), ["webhook"] = s => s.AddWebhook(), ["wechat"] = s => s.AddWeChat(),
        ["wecom"] = s => s.AddWeCom(), ["whatsapp"] = s => s.AddWhatsApp(), ["xmpp"] = s => s.AddXmpp(),
    };

    public static TheoryData<string> Named { get; } = [.. s_channels.Keys];

    [Theory]
    [MemberData(nameof(Named))]
    public async Task A_blank_around_an_address_keeps_no_connection_from_being_opened(string type)
    {
        await using var services = Services(s_channels[type]);
        var channel = Assert.Single(services.GetServices<IChannel>());
        var settings = Filled(channel.Manifest.Settings);
        Assert.Empty(settings.Check(channel.Manifest.Settings));

        await using var session = channel.Open(new Connection(
            new ConnectionId("line"), TenantId.Default, type, "Line", AccessPolicy.Open, true, false, settings, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch));

        Assert.NotNull(session);
    }

    [Fact]
    public void Every_channel_with_an_address_among_its_settings_is_tried()
    {
        var described = typeof(TelegramSettings).Assembly.GetTypes()
            .Where(t => t.Namespace?.StartsWith("Assistant.Infrastructure.Messaging.Channels.", StringComparison.Ordinal) == true)
            .SelectMany(t => t.GetProperties().Where(p => p.PropertyType == typeof(IReadOnlyList<SettingField>) && p.GetMethod!.IsStatic))
            .Where(p => ((IReadOnlyList<SettingField>)p.GetValue(null)!).Any(f => f.Kind == SettingKind.Url))
            .Select(p => p.DeclaringType!.Namespace!.Split('.')[^1].ToLowerInvariant());

        Assert.Empty(described.Except(s_channels.Keys));
    }

    private static SettingValues Filled(IReadOnlyList<SettingField> fields) => new(fields.Select(f => KeyValuePair.Create(f.Key, f switch
    {
        { Kind: SettingKind.Url } => "https://messenger.example ",
        { Kind: SettingKind.Secret } => f.Key == "token" ? "123456:AAE" : "secret",
        { Default: { } standard } => standard,
        { Kind: SettingKind.Number } => "1",
        { Kind: SettingKind.Switch } => "true",
        { Kind: SettingKind.Choice, Choices: [var first, ..] } => first.Value,
        _ => "home.example",
    })));

    private static ServiceProvider Services(Func<IServiceCollection, IServiceCollection> add)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        services.AddPersistence(new DataFolder(Path.GetTempPath()));
        services.AddSecurity();
        services.AddHouse();
        services.AddMessaging();
        services.AddConversations();
        services.AddAttachments();
        add(services);
        return services.BuildServiceProvider();
    }
}
