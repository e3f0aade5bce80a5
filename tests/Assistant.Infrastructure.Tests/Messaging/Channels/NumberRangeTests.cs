using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Ai;
using Assistant.Infrastructure.Messaging.Channels.Email;
using Assistant.Infrastructure.Messaging.Channels.Irc;
using Assistant.Infrastructure.Messaging.Channels.Mqtt;
using Assistant.Infrastructure.Messaging.Channels.Telegram;
using Assistant.Infrastructure.Messaging.Channels.Xmpp;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels;

/// <summary>What a channel or an engine would not use as it stands is not stored as it stands.</summary>
public sealed class NumberRangeTests
{
    [Theory]
    [InlineData("pollTimeout", "999")]
    [InlineData("burst", "0")]
    [InlineData("interval", "61")]
    [InlineData("port", "70000")]
    [InlineData("imapPort", "0")]
    [InlineData("smtpPort", "-25")]
    [InlineData("poll", "541")]
    [InlineData("answersPerHour", "0")]
    [InlineData("radius", "25")]
    [InlineData("maxTokens", "-3")]
    [InlineData("inputPrice", "-1")]
    [InlineData("outputPrice", "-1")]
    public void A_number_that_would_be_replaced_by_another_is_a_problem(string key, string value)
    {
        SettingField[] all =
        [
            .. TelegramSettings.Fields, .. EmailSettings.Fields, .. IrcSettings.Fields, .. MqttSettings.Fields, .. XmppSettings.Fields, .. WebChatProfile.Fields,
            EngineFields.MaxTokens, EngineFields.InputPrice, EngineFields.OutputPrice,
        ];
        var fields = all.Where(field => field.Key == key).ToList();

        Assert.NotEmpty(fields);
        Assert.All(fields, field => Assert.Contains(new SettingValues([KeyValuePair.Create(key, value)]).Check([field]), problem => problem.Key == key));
    }
}
