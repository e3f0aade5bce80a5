using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.WhatsApp;

/// <summary>What is sent for one message: a text; or buttons, or a list, under a text; or a text they have no room for, and then them. Pure.</summary>
internal static class WhatsAppBodies
{
    private const int LongestBody = 1024;
    private const int MostButtons = 3;
    private const int LongestButton = 20;
    private const int MostRows = 10;
    private const int LongestRow = 24;
    private const int LongestDescription = 72;

    /// <param name="listLabel">On the button that opens a list.</param>
    public static IReadOnlyList<JsonObject> Of(OutboundMessage message, string listLabel)
    {
        var text = WhatsAppRenderer.Render(message.Body.Markdown);
        var buttons = message.Body.Buttons;
        if (buttons.Count == 0)
        {
            return [Addressed(message, "text", new JsonObject { ["body"] = text, ["preview_url"] = false })];
        }

        var isSeparate = text.Length > LongestBody;
        var bodies = new List<JsonObject>();
        if (isSeparate)
        {
            bodies.Add(Addressed(message, "text", new JsonObject { ["body"] = text, ["preview_url"] = false }));
        }

        // A label that would be cut is told whole below the row of a list.
        var isList = buttons.Count > MostButtons || buttons.Any(button => button.Label.Length > LongestButton);
        foreach (var (i, some) in buttons.Chunk(isList ? MostRows : MostButtons).Index())
        {
            var body = i == 0 && !isSeparate ? text : Labels.Cut(string.Join(" / ", some.Select(button => button.Label)), LongestBody);
            bodies.Add(Addressed(message, "interactive", isList ? ListOf(body, some, listLabel) : ButtonsOf(body, some)));
        }

        return bodies;
    }

    /// <summary>A file that was handed in.</summary>
    /// <param name="name">What people keep it by, of a document.</param>
    public static JsonObject OfFile(OutboundMessage message, string type, string id, string? name)
        => Addressed(message, type, name is null ? new JsonObject { ["id"] = id } : new JsonObject { ["id"] = id, ["filename"] = name });

    /// <summary>Whom it is for: by number where there is one, else by the id that stays.</summary>
    private static JsonObject Addressed(OutboundMessage message, string type, JsonObject content)
    {
        var chat = message.Chat.ExternalId;
        var body = new JsonObject
        {
            ["messaging_product"] = "whatsapp",
            ["recipient_type"] = "individual",
            [WhatsAppIds.IsPhone(chat) ? "to" : "recipient"] = chat,
            ["type"] = type,
            [type] = content,
        };
        if (message.ReplyToExternalId is { Length: > 0 } earlier)
        {
            body["context"] = new JsonObject { ["message_id"] = earlier };
        }

        return body;
    }

    private static JsonObject ButtonsOf(string body, MessageButton[] buttons) => new()
    {
        ["type"] = "button",
        ["body"] = new JsonObject { ["text"] = body },
        ["action"] = new JsonObject
        {
            ["buttons"] = new JsonArray([.. buttons.Select(button => new JsonObject
            {
                ["type"] = "reply",
                ["reply"] = new JsonObject { ["id"] = button.Data, ["title"] = Labels.Cut(button.Label, LongestButton) },
            })]),
        },
    };

    private static JsonObject ListOf(string body, MessageButton[] buttons, string listLabel) => new()
    {
        ["type"] = "list",
        ["body"] = new JsonObject { ["text"] = body },
        ["action"] = new JsonObject
        {
            ["button"] = Labels.Cut(listLabel, LongestButton),
            ["sections"] = new JsonArray(new JsonObject { ["rows"] = new JsonArray([.. buttons.Select(RowOf)]) }),
        },
    };

    private static JsonObject RowOf(MessageButton button)
    {
        var row = new JsonObject { ["id"] = button.Data, ["title"] = Labels.Cut(button.Label, LongestRow) };
        if (button.Label.Length > LongestRow)
        {
            row["description"] = Labels.Cut(button.Label, LongestDescription);
        }

        return row;
    }
}
