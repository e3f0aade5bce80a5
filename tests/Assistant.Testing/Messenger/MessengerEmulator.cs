using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Assistant.Testing.Meta;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Assistant.Testing.Messenger;

/// <summary>What was shown to somebody.</summary>
public sealed record MessengerShown(string To, string Id, JsonObject Message)
{
    /// <summary>The file it shows.</summary>
    public (string Name, byte[] Content)? File { get; init; }

    public string Text => (string?)Message["text"] ?? (string?)Message["attachment"]?["payload"]?["text"] ?? "";

    /// <summary>What can be pressed: labels and payloads.</summary>
    public IReadOnlyList<(string Title, string Payload)> Choices =>
        [.. (Message["quick_replies"]?.AsArray() ?? Message["attachment"]?["payload"]?["buttons"]?.AsArray() ?? []).Select(one => ((string)one!["title"]!, (string)one["payload"]!))];

    public bool HasQuickReplies => Message["quick_replies"] is not null;
}

/// <summary>The Messenger Platform for one page, as documented: it checks what is sent, and tells what people write, press and change, and what the page said itself.</summary>
public sealed class MessengerEmulator : GraphEmulator
{
    public const string PageId = "100841475479486";

    private const long Beginning = 1_767_225_600_000;

    private readonly ConcurrentQueue<MessengerShown> _shown = new();
    private readonly ConcurrentQueue<string> _typing = new();

    public MessengerEmulator()
    {
        App.MapGet("/v24.0/me", ReadPageAsync);
        App.MapGet("/v24.0/{id}", ReadPersonAsync);
        App.MapPost($"/v24.0/{PageId}/messages", TakeAsync);
    }

    /// <summary>Whose token it is.</summary>
    public string TokensPage { get; set; } = PageId;

    /// <summary>Whether pictures, sound and films are refused as such.</summary>
    public bool IsUnplayable { get; set; }

    public IReadOnlyList<MessengerShown> Shown => [.. _shown];

    public IReadOnlyList<string> Typing => [.. _typing];

    protected override bool GuardsFiles => false;

    /// <summary>An event between a person and the page, without its content.</summary>
    public JsonObject NewEvent(string from) => new()
    {
        ["sender"] = new JsonObject { ["id"] = from },
        ["recipient"] = new JsonObject { ["id"] = PageId },
        ["timestamp"] = Beginning + NextId(),
    };

    public JsonObject NewText(string from, string text)
    {
        var happened = NewEvent(from);
        happened["message"] = new JsonObject { ["mid"] = $"m_IN{NextId():D8}", ["text"] = text };
        return happened;
    }

    /// <summary>The page's own message, as it is told to the page.</summary>
    public static JsonObject EchoOf(MessengerShown shown) => new()
    {
        ["sender"] = new JsonObject { ["id"] = PageId },
        ["recipient"] = new JsonObject { ["id"] = shown.To },
        ["timestamp"] = Beginning,
        ["message"] = new JsonObject { ["mid"] = shown.Id, ["is_echo"] = true, ["app_id"] = 1517776481860111, ["text"] = shown.Text },
    };

    /// <summary>A callback with events.</summary>
    public static JsonObject CallbackWith(params JsonObject[] events) => new()
    {
        ["object"] = "page",
        ["entry"] = new JsonArray(new JsonObject
        {
            ["id"] = PageId, ["time"] = Beginning, ["messaging"] = new JsonArray([.. events.Select(happened => happened.DeepClone())]),
        }),
    };

    private async Task ReadPageAsync(HttpContext context)
    {
        if (await IsAllowedAsync(context))
        {
            await AnswerAsync(context, 200, new JsonObject { ["id"] = TokensPage, ["name"] = "Helper" });
        }
    }

    private async Task ReadPersonAsync(HttpContext context, string id)
    {
        if (await IsAllowedAsync(context))
        {
            await AnswerAsync(context, 200, new JsonObject { ["first_name"] = "Person", ["last_name"] = id, ["id"] = id });
        }
    }

    private async Task TakeAsync(HttpContext context)
    {
        if (!await IsAllowedAsync(context))
        {
            return;
        }

        if (context.Request.HasFormContentType)
        {
            await TakeFileAsync(context, await context.Request.ReadFormAsync());
            return;
        }

        var body = await BodyOfAsync(context);
        if ((string?)body["recipient"]?["id"] is not { Length: > 0 } to)
        {
            await AnswerAsync(context, new GraphFault.Error(100, 0, "The parameter recipient is required"));
        }
        else if ((string?)body["sender_action"] is { } action)
        {
            _typing.Enqueue($"{to} {action}");
            await AnswerAsync(context, 200, new JsonObject { ["recipient_id"] = to });
        }
        else if (Flaw(body) is { } flaw)
        {
            await AnswerAsync(context, new GraphFault.Error(100, 0, flaw));
        }
        else
        {
            await SendAsync(context, to, () =>
            {
                var id = $"m_OUT{NextId():D8}";
                _shown.Enqueue(new MessengerShown(to, id, body["message"]!.DeepClone().AsObject()));
                return new JsonObject { ["recipient_id"] = to, ["message_id"] = id };
            });
        }
    }

    private async Task TakeFileAsync(HttpContext context, IFormCollection form)
    {
        var to = (string?)JsonNode.Parse(form["recipient"].ToString())?["id"];
        var type = (string?)JsonNode.Parse(form["message"].ToString())?["attachment"]?["type"];
        if (to is null || form["messaging_type"] != "RESPONSE" || form.Files["filedata"] is not { } file || type is not ("image" or "audio" or "video" or "file"))
        {
            await AnswerAsync(context, new GraphFault.Error(100, 0, "The parameter recipient, message or filedata is wrong"));
        }
        else if (type != "file" && (!file.ContentType.StartsWith(type, StringComparison.Ordinal) || IsUnplayable))
        {
            await AnswerAsync(context, new GraphFault.Error(100, 2018047, "Upload attachment failure. A common way to trigger this error is that the provided media type does not match type of the file provided"));
        }
        else
        {
            var content = new MemoryStream();
            await file.CopyToAsync(content);
            await SendAsync(context, to, () =>
            {
                var id = $"m_OUT{NextId():D8}";
                _shown.Enqueue(new MessengerShown(to, id, new JsonObject { ["attachment"] = new JsonObject { ["type"] = type } }) { File = (file.FileName, content.ToArray()) });
                return new JsonObject { ["recipient_id"] = to, ["message_id"] = id, ["attachment_id"] = "1" };
            });
        }
    }

    private static string? Flaw(JsonObject body)
    {
        if ((string?)body["messaging_type"] != "RESPONSE" || body["message"] is not JsonObject message)
        {
            return "messaging_type and message are required";
        }

        var shown = new MessengerShown("", "", message);
        var isTemplate = message["attachment"] is not null;
        var (longest, most) = isTemplate ? (640, 3) : (2000, 13);
        return string.IsNullOrWhiteSpace(shown.Text) || shown.Text.Length > longest ? $"Length of param message[text] must be less than or equal to {longest}"
            : isTemplate && shown.Choices.Count == 0 ? "Number of buttons must be between 1 and 3"
            : shown.Choices.Count > most ? "There are too many buttons"
            : shown.Choices.Any(choice => choice.Title.Length is 0 or > 20 || choice.Payload.Length is 0 or > 1000) ? "A button is too long"
            : null;
    }
}
