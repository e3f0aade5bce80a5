using System.Globalization;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.WeCom;

/// <summary>Cards with buttons. A press brings back the key of its button and the task id of its card, and nothing else: both carry what we need then.</summary>
internal static class WeComCard
{
    /// <summary>Longest text a card shows whole, in characters.</summary>
    public const int LongestText = 112;

    /// <summary>The type of its message, and the field it stands in.</summary>
    public const string Type = "template_card";

    private const int MostButtons = 6;

    /// <summary>The cards of a message: one for each six buttons.</summary>
    /// <param name="text">Shown on the first, cut where the card would cut it.</param>
    public static IEnumerable<JsonObject> Of(OutboundMessage message, string text)
        => message.Body.Buttons.Chunk(MostButtons).Select((buttons, i) => Card(TaskOf(message.Id, i), i == 0 ? Cut(text) : "…", buttons));

    /// <summary>The message a card belongs to, by the id it was delivered with.</summary>
    public static string MessageOf(string taskId) => taskId.IndexOf('@', StringComparison.Ordinal) is > 0 and var at ? taskId[..at] : taskId;

    /// <summary>The id of a message with buttons; the same for each attempt, so WeCom takes a card once.</summary>
    public static string IdOf(Guid message) => message.ToString("N");

    /// <summary>The button a key was made for. One we did not make is its own label.</summary>
    public static MessageButton ButtonOf(string key)
    {
        var mark = key.LastIndexOf('#');
        return mark > 0 ? new MessageButton(Uri.UnescapeDataString(key[(mark + 1)..]), key[..mark]) : new MessageButton(key, key);
    }

    private static string TaskOf(Guid message, int card)
        => card == 0 ? IdOf(message) : string.Create(CultureInfo.InvariantCulture, $"{IdOf(message)}@{card + 1}");

    private static JsonObject Card(string task, string text, MessageButton[] buttons) => new()
    {
        ["msgtype"] = Type,
        [Type] = new JsonObject
        {
            ["card_type"] = "button_interaction",
            ["sub_title_text"] = text,
            ["task_id"] = task,
            ["button_list"] = new JsonArray([.. buttons.Select(Button)]),
        },
    };

    private static JsonNode Button(MessageButton button) => new JsonObject { ["text"] = button.Label, ["style"] = 1, ["key"] = KeyOf(button) };

    // A key may have 1,024 bytes: the label, escaped, has room for a hundred Chinese characters.
    private static string KeyOf(MessageButton button) => $"{button.Data}#{Uri.EscapeDataString(Cut(button.Label, 100))}";

    private static string Cut(string text) => Cut(text, LongestText);

    private static string Cut(string text, int most)
    {
        var runes = new StringInfo(text);
        return runes.LengthInTextElements <= most ? text : runes.SubstringByTextElements(0, most - 1) + "…";
    }
}
