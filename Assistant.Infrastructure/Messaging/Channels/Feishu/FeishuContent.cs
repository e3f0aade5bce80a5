using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

// Three forms. Plain words are a "post" of one run, which shows every character as it is and looks like anybody's message. What has marks or buttons is a
// card, whose dialect has them. What neither has room for is a "text", which takes five times as much and has next to nothing.

/// <summary>A reply in the form Feishu shows it in. Pure.</summary>
internal static class FeishuContent
{
    private const int MaxLabel = 100;

    /// <summary>Of what a card takes (30 KB) a message of this many characters fills about two thirds, Chinese or escaped.</summary>
    public static TextLimit Limit { get; } = new(5_000);

    /// <summary>What a request with a card or a post may have, with room for what is around it.</summary>
    private const int MaxBytes = 29_000;

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The message, whom it is for left open.</summary>
    public static FeishuPost Of(OutboundMessage message)
    {
        var markdown = message.Body.Markdown;
        if (message.Body.Buttons.Count > 0 || FeishuRenderer.IsMarked(markdown))
        {
            foreach (var alignsTables in (ReadOnlySpan<bool>)[true, false])
            {
                var text = FeishuRenderer.Render(markdown, alignsTables);
                if (Fitting(message, "interactive", Card(message, string.IsNullOrWhiteSpace(text) ? FeishuRenderer.Escape(markdown) : text)) is { } card)
                {
                    return card;
                }
            }

            if (message.Body.Buttons.Count > 0)
            {
                return Fitting(message, "interactive", Card(message, PlainElement(Plain(markdown)))) ?? PostOf(message, "interactive", Card(message, PlainElement("…")));
            }
        }

        var plain = Plain(markdown);
        return Fitting(message, "post", Post(plain)) ?? PostOf(message, "text", new JsonObject { ["text"] = FeishuRenderer.WithoutTags(plain) });
    }

    private static string Plain(string markdown) => PlainRenderer.Render(markdown, alignsTables: false) is var text && string.IsNullOrWhiteSpace(text) ? markdown : text;

    private static FeishuPost? Fitting(OutboundMessage message, string type, JsonObject content)
        => PostOf(message, type, content) is var post && FeishuClient.BytesOf(post).Length <= MaxBytes ? post : null;

    /// <summary>Anything else than a text.</summary>
    public static FeishuPost PostOf(OutboundMessage message, string type, JsonObject content)
        => new(null, type, content.ToJsonString(Relaxed), message.Id.ToString("D"), null);

    private static JsonObject Post(string text)
        => new() { ["zh_cn"] = new JsonObject { ["content"] = new JsonArray(new JsonArray(new JsonObject { ["tag"] = "text", ["text"] = text })) } };

    private static JsonObject Card(OutboundMessage message, string markdown) => Card(message, new JsonObject { ["tag"] = "markdown", ["content"] = markdown });

    private static JsonObject PlainElement(string text)
        => new() { ["tag"] = "div", ["text"] = new JsonObject { ["tag"] = "plain_text", ["content"] = text } };

    private static JsonObject Card(OutboundMessage message, JsonObject text)
    {
        var elements = new JsonArray(text);
        if (message.Body.Buttons.Count > 0)
        {
            elements.Add(new JsonObject
            {
                ["tag"] = "column_set",
                ["flex_mode"] = "flow",
                ["columns"] = new JsonArray([.. message.Body.Buttons.Select(button => ColumnOf(button, message.Chat))]),
            });
        }

        return new JsonObject { ["schema"] = "2.0", ["body"] = new JsonObject { ["elements"] = elements } };
    }

    private static JsonObject ColumnOf(MessageButton button, ExternalChat chat) => new JsonObject
    {
        ["tag"] = "column",
        ["width"] = "auto",
        ["elements"] = new JsonArray(new JsonObject
        {
            ["tag"] = "button",
            ["text"] = new JsonObject { ["tag"] = "plain_text", ["content"] = Cut(button.Label) },
            ["behaviors"] = new JsonArray(new JsonObject { ["type"] = "callback", ["value"] = FeishuButton.Write(button, chat) }),
        }),
    };

    private static string Cut(string label) => Legible.Cut(label, MaxLabel, "…");
}

/// <summary>What a button carries. A press names chat and message; what kind of chat it is, and which topic, it does not say.</summary>
internal sealed record FeishuButton(string Data, string Label, bool IsGroup, string? Thread)
{
    public static JsonObject Write(MessageButton button, ExternalChat chat) => new()
    {
        ["data"] = button.Data, ["label"] = button.Label, ["group"] = chat.IsGroup, ["thread"] = chat.ThreadId ?? "",
    };

    /// <summary>The button, or <see langword="null"/> for one that is not ours.</summary>
    public static FeishuButton? Read(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object || TextOf(value, "data") is not { Length: > 0 } data)
        {
            return null;
        }

        var isGroup = value.TryGetProperty("group", out var group) && group.ValueKind == JsonValueKind.True;
        return new FeishuButton(data, TextOf(value, "label") ?? data, isGroup, TextOf(value, "thread") is { } thread && FeishuIds.RootOf(thread) is not null ? thread : null);
    }

    private static string? TextOf(JsonElement of, string name)
        => of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
