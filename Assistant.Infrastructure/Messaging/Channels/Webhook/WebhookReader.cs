using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Webhook;

/// <summary>Translates callbacks by the paths and conditions of the settings. Pure, and total: any bytes give a document or none, any document messages or none.</summary>
internal sealed class WebhookReader(WebhookSettings settings, ConnectionId connection)
{

    /// <summary>The body as a JSON document, also of a form; <see langword="null"/> when it is neither. The caller disposes it.</summary>
    public static JsonDocument? Parse(WebhookRequest request)
    {
        try
        {
            return request.Headers.TryGetValue("content-type", out var type) && type.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)
                ? JsonSerializer.SerializeToDocument(FormBody.Read(request.Body.Span))
                : JsonDocument.Parse(request.Body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The messages in a document, in its order.</summary>
    public IEnumerable<InboundMessage> Read(JsonElement root, DateTimeOffset now)
    {
        if (settings.Items is null)
        {
            return ReadOne(root, now) is { } only ? [only] : [];
        }

        return settings.Items.In(root) is { ValueKind: JsonValueKind.Array } items
            ? items.EnumerateArray().Select(item => ReadOne(item, now)).OfType<InboundMessage>()
            : [];
    }

    private InboundMessage? ReadOne(JsonElement item, DateTimeOffset now)
    {
        if (settings.Only?.HoldsIn(item) == false || Value(settings.Id, item) is not { } id || Value(settings.Chat, item) is not { } chat
            || Value(settings.Sender, item) is not { } sender)
        {
            return null;
        }

        var isGroup = settings.Group?.HoldsIn(item) == true;
        var (text, isMentioned) = WithoutMention(settings.Text?.TextIn(item)?.Trim() ?? "");
        var files = WebhookFiles.Read(settings, item);
        var (content, change) = settings switch
        {
            { Deleted: { } deleted } when deleted.HoldsIn(item) => (new InboundContent.Deleted(), "/deleted"),
            { Edited: { } edited } when edited.HoldsIn(item) && text.Length > 0 => (new InboundContent.Edited(text), $"/edited/{HashOf(text)}"),
            _ when text.Length > 0 || files.Count > 0 => ((InboundContent?)new InboundContent.Said(text, files, Value(settings.ReplyTo, item)), ""),
            _ => (null, ""),
        };
        return content is null ? null : new InboundMessage
        {
            Connection = connection,
            DedupeKey = KeyOf(chat, id) + change,
            Chat = new ExternalChat(chat, Value(settings.Thread, item), isGroup, Value(settings.Title, item)),
            Sender = ExternalSender.Named(ExternalSender.IdWithin(connection, sender), Value(settings.Name, item), sender, isBot: settings.Bot?.HoldsIn(item) == true),
            ExternalMessageId = id,
            Content = content,

            // In what changes a message many platforms repeat when it was said. An edit as old as the one before would be taken for it.
            SentAt = content is InboundContent.Said ? TimeOf(item) ?? now : now,
            IsAddressed = settings.Groups.IsAddressed(isGroup, isMentioned),
        };
    }

    // Platforms name things as they like. Names with a slash could be taken apart in several places, so their lengths stand before them, and a slash before
    // all: no other key begins with one.
    private static string KeyOf(string chat, string id) => chat.Contains('/', StringComparison.Ordinal) || id.Contains('/', StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"/{chat.Length}/{chat}/{id.Length}/{id}")
        : $"{chat}/{id}";

    private (string Text, bool IsMentioned) WithoutMention(string text)
    {
        if (settings.Mention is not { Length: > 0 } name || MentionIn(text, name) is not (>= 0 and var at))
        {
            return (text, false);
        }

        return (Mention.TakeOff(text, at, name.Length), true);
    }

    /// <summary>Where the name stands as a whole; -1 when it does nowhere.</summary>
    private static int MentionIn(string text, string name)
    {
        var at = text.IndexOf(name, StringComparison.OrdinalIgnoreCase);
        while (at >= 0 && !EndsName(text, at + name.Length, name[^1]))
        {
            at = text.IndexOf(name, at + 1, StringComparison.OrdinalIgnoreCase);
        }

        return at;
    }

    // What ends in no letter, such as <@7>, ends there. Letters of scripts that are written without spaces follow a name directly.
    private static bool EndsName(string text, int index, char last)
        => index >= text.Length || !IsOfName(last) || !IsOfName(text[index]) || char.GetUnicodeCategory(text, index) == UnicodeCategory.OtherLetter;

    private static bool IsOfName(char c) => char.IsLetterOrDigit(c) || c == '_';

    private DateTimeOffset? TimeOf(JsonElement item)
    {
        if (Value(settings.Time, item) is not { } text)
        {
            return null;
        }

        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
        }

        // Seconds of today have ten digits, milliseconds thirteen.
        var milliseconds = number < 100_000_000_000 ? number * 1000 : number;
        return milliseconds < 253_402_300_800_000 ? DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds) : null;
    }

    private static string? Value(JsonQuery? query, JsonElement item) => query?.TextIn(item) is { Length: > 0 and <= 255 } value ? value : null;

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
}
