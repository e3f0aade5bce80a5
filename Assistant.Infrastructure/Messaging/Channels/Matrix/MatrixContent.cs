using System.Text.Json;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.Matrix;

/// <summary>What a message of ours consists of. Pure.</summary>
internal static class MatrixContent
{
    /// <summary>Of one message. An event holds the text twice, once of them as HTML, and at most 65,536 bytes in all.</summary>
    public static TextLimit Limit { get; } = new(20_000, LengthUnit.Utf8Bytes);

    /// <summary>What is left of an event for its content, beside what servers add to it.</summary>
    private const int MaxBytes = 60_000;

    private static readonly TextLimit Taken = new(25_000, LengthUnit.Utf8Bytes);

    /// <summary>A text, in plain words and as HTML where that says more.</summary>
    public static JsonObject OfText(OutboundMessage message, string messageType)
    {
        var markdown = Printable(message.Body.Markdown);
        var body = Rendered.Fit(markdown, Taken, PlainRenderer.Render, static words => words);
        var html = HtmlRenderer.Render(markdown);
        var content = NewContent(message, messageType, body);
        if (html.Length == 0 || html == HtmlRenderer.Escape(body) || html == $"<p>{HtmlRenderer.Escape(body)}</p>")
        {
            return content;
        }

        content["format"] = "org.matrix.custom.html";
        content["formatted_body"] = html;
        if (Measure(content) > MaxBytes)
        {
            content.Remove("format");
            content.Remove("formatted_body");
        }

        return content;
    }

    /// <summary>A file that is uploaded already.</summary>
    public static JsonObject OfFile(OutboundMessage message, OutboundFile file, string address)
    {
        var content = NewContent(message, file.Kind switch
        {
            "image" => "m.image",
            "voice" or "audio" => "m.audio",
            "video" => "m.video",
            _ => "m.file",
        }, file.Name);
        content["filename"] = file.Name;
        content["url"] = address;
        content["info"] = new JsonObject { ["mimetype"] = file.MediaType, ["size"] = file.SizeBytes };
        if (file.Kind == "voice")
        {
            content["org.matrix.msc3245.voice"] = new JsonObject();
        }

        return content;
    }

    // Whom it mentions is said, and it is nobody: no words in it ring for anybody.
    private static JsonObject NewContent(OutboundMessage message, string messageType, string body)
    {
        var content = new JsonObject { ["msgtype"] = messageType, ["body"] = body, ["m.mentions"] = new JsonObject() };
        if (RelationOf(message.Chat.ThreadId, message.ReplyToExternalId) is { } relation)
        {
            content["m.relates_to"] = relation;
        }

        return content;
    }

    // A program without threads shows what is in one as a reply to the event named behind it.
    private static JsonObject? RelationOf(string? thread, string? replyTo)
    {
        var isReply = MatrixIds.IsEvent(replyTo);
        if (!MatrixIds.IsEvent(thread))
        {
            return isReply ? new JsonObject { ["m.in_reply_to"] = new JsonObject { ["event_id"] = replyTo } } : null;
        }

        return new JsonObject
        {
            ["rel_type"] = "m.thread", ["event_id"] = thread, ["is_falling_back"] = !isReply,
            ["m.in_reply_to"] = new JsonObject { ["event_id"] = isReply ? replyTo : thread },
        };
    }

    private static int Measure(JsonObject content)
    {
        using var document = JsonDocument.Parse(content.ToJsonString());
        return MatrixCanonicalJson.Measure(document.RootElement);
    }

    // Unseen characters take six bytes each, and half of one is refused.
    private static string Printable(string words)
        => string.Concat(words.EnumerateRunes().Where(rune => !System.Text.Rune.IsControl(rune) || rune.Value is '\n' or '\t').Select(rune => rune.ToString()));
}
