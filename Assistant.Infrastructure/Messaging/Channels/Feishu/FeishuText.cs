using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

/// <summary>What somebody sent, out of Feishu's forms.</summary>
/// <param name="IsMention">Whether the assistant is mentioned; the mention is taken off the text.</param>
internal sealed record FeishuSaid(string Text, IReadOnlyList<Attachment> Attachments, bool IsMention);

/// <summary>Reads the content of messages. Pure, and total: what is not known is nothing.</summary>
internal static partial class FeishuText
{
    private const int MaxAttachments = 20;

    private static readonly FeishuSaid Nothing = new("", [], false);

    public static FeishuSaid Read(FeishuMessage message, string? bot)
    {
        try
        {
            using var content = JsonDocument.Parse(message.Content ?? "");
            var isMention = bot is not null && (message.Mentions ?? []).Any(mention => mention?.Id?.OpenId == bot);
            var attachments = new List<Attachment>();
            var text = content.RootElement.ValueKind == JsonValueKind.Object ? Words(message, content.RootElement, attachments) : "";
            return new FeishuSaid(WithoutPlaceholders(text, message.Mentions ?? [], bot), attachments, isMention);
        }
        catch (Exception fault) when (FeishuEvents.IsUnreadable(fault))
        {
            return Nothing;
        }
    }

    // Stickers, cards and invitations that are passed on have nothing to read in them.
    private static string Words(FeishuMessage message, JsonElement content, List<Attachment> attachments)
    {
        switch (message.MessageType)
        {
            case "text":
                return TextOf(content, "text") ?? "";
            case "post":
                return Post(message, content, attachments);
            case "image":
                Attach(message, content, "image", attachments);
                return "";
            case "file":
                Attach(message, content, "file", attachments);
                return "";
            case "audio":
                Attach(message, content, "voice", attachments);
                return "";
            case "media":
                Attach(message, content, "video", attachments);
                return "";
            case "location":
                return $"📍 {TextOf(content, "name")} ({TextOf(content, "latitude")}, {TextOf(content, "longitude")})";
            default:
                return "";
        }
    }

    private static string Post(FeishuMessage message, JsonElement content, List<Attachment> attachments)
    {
        // One that was passed on may have its languages around it; the first is as good as any.
        var post = content.TryGetProperty("content", out _) || content.EnumerateObject().FirstOrDefault().Value is not { ValueKind: JsonValueKind.Object } inner ? content : inner;
        var text = new StringBuilder(TextOf(post, "title"));
        foreach (var line in Items(post, "content"))
        {
            text.Append(text.Length > 0 ? "\n" : "");
            foreach (var run in line.ValueKind == JsonValueKind.Array ? line.EnumerateArray() : default)
            {
                text.Append(Run(message, run, attachments));
            }
        }

        return text.ToString();
    }

    private static string Run(FeishuMessage message, JsonElement run, List<Attachment> attachments)
    {
        switch (TextOf(run, "tag"))
        {
            case "a" when TextOf(run, "href") is { Length: > 0 } address:
                var label = TextOf(run, "text") ?? "";
                return label.Length == 0 || label == address ? address : $"{label} ({address})";
            case "at":
                // A placeholder such as those of a text, or the person's id.
                return TextOf(run, "user_id") is { } user && user.StartsWith('@') ? user : $"@{TextOf(run, "user_name")}";
            case "img":
                Attach(message, run, "image", attachments);
                return "";
            case "media":
                Attach(message, run, "video", attachments);
                return "";
            case "code_block":
                return $"```{TextOf(run, "language")?.ToLowerInvariant()}\n{TextOf(run, "text")?.TrimEnd()}\n```";
            case "hr":
                return "---";
            default:
                return TextOf(run, "text") ?? "";
        }
    }

    private static void Attach(FeishuMessage message, JsonElement content, string kind, List<Attachment> attachments)
    {
        var isImage = kind == "image";
        if (attachments.Count < MaxAttachments && TextOf(content, isImage ? "image_key" : "file_key") is { } key && FeishuFiles.IsKey(key))
        {
            attachments.Add(new Attachment(
                kind, FeishuFiles.ReferenceOf(message.MessageId!, isImage, key), TextOf(content, "file_name"), kind == "voice" ? "audio/opus" : null));
        }
    }

    // Longer keys begin like shorter ones ("@_user_1", "@_user_10"): each is read whole.
    private static string WithoutPlaceholders(string text, IReadOnlyList<FeishuMention?> mentions, string? bot)
    {
        var words = new StringBuilder(text.Length);
        var at = 0;
        foreach (var match in Placeholder().EnumerateMatches(text))
        {
            words.Append(text, at, match.Index - at);
            at = match.Index + match.Length;
            var key = text.Substring(match.Index, match.Length);
            var mention = mentions.FirstOrDefault(mention => mention?.Key == key);
            if (bot is not null && mention?.Id?.OpenId == bot)
            {
                // Of the white space on both sides one is enough.
                at += at < text.Length && text[at] == ' ' && (words.Length == 0 || char.IsWhiteSpace(words[^1])) ? 1 : 0;
            }
            else
            {
                words.Append(key == "@_all" ? "@all" : mention?.Name is { Length: > 0 } name ? $"@{name}" : key);
            }
        }

        return words.Append(text, at, text.Length - at).ToString().Trim();
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement of, string name)
        => of.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : default;

    private static string? TextOf(JsonElement of, string name)
        => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    [GeneratedRegex("@_(?:user_[0-9]+|all)")]
    private static partial Regex Placeholder();
}
