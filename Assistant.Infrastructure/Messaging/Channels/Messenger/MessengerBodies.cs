using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.Messenger;

/// <summary>What is sent for one message: a text; or a text with buttons that stay; or, for more or under a longer text, with quick replies, which go once one is pressed. Pure.</summary>
internal static class MessengerBodies
{
    private const int LongestLabel = 20;
    private const int LongestPayload = 1000;
    private const int MostButtons = 3;
    private const int LongestButtonText = 640;
    private const int MostQuickReplies = 13;

    public static IReadOnlyList<JsonObject> Of(OutboundMessage message)
    {
        var text = Rendered.Fit(message.Body.Markdown, MessengerChannel.Limit, PlainRenderer.Render, static words => words);
        var buttons = message.Body.Buttons;
        return buttons.Count == 0 ? [Addressed(message.Chat, new JsonObject { ["text"] = text })]
            : buttons.Count <= MostButtons && text.Length <= LongestButtonText ? [Addressed(message.Chat, Template(message, text))]
            : [.. buttons.Chunk(MostQuickReplies).Select((some, i) => Addressed(
                message.Chat, QuickReplies(message, i == 0 ? text : Labels.Cut(string.Join(" / ", some.Select(button => button.Label)), MessengerChannel.Limit.Max), some)))];
    }

    private static JsonObject Addressed(ExternalChat chat, JsonObject content) => new()
    {
        ["recipient"] = new JsonObject { ["id"] = chat.ExternalId },
        ["messaging_type"] = "RESPONSE",
        ["message"] = content,
    };

    private static JsonObject Template(OutboundMessage message, string text) => new()
    {
        ["attachment"] = new JsonObject
        {
            ["type"] = "template",
            ["payload"] = new JsonObject
            {
                ["template_type"] = "button",
                ["text"] = text,
                ["buttons"] = new JsonArray([.. message.Body.Buttons.Select(button => new JsonObject
                {
                    ["type"] = "postback", ["title"] = Labels.Cut(button.Label, LongestLabel), ["payload"] = PayloadOf(message, button),
                })]),
            },
        },
    };

    private static JsonObject QuickReplies(OutboundMessage message, string text, MessageButton[] buttons) => new()
    {
        ["text"] = text,
        ["quick_replies"] = new JsonArray([.. buttons.Select(button => new JsonObject
        {
            ["content_type"] = "text", ["title"] = Labels.Cut(button.Label, LongestLabel), ["payload"] = PayloadOf(message, button),
        })]),
    };

    private static string PayloadOf(OutboundMessage message, MessageButton button) => new CarriedPress(message.Id, button.Data, button.Label).Write(LongestPayload);
}
