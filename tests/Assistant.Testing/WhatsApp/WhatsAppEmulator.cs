using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Assistant.Testing.Meta;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Assistant.Testing.WhatsApp;

/// <summary>What was shown to somebody.</summary>
/// <param name="To">The phone number, or the id at the business.</param>
public sealed record WhatsAppShown(string To, string Id, JsonObject Message)
{
    public string Text => (string?)Message["text"]?["body"] ?? (string?)Message["interactive"]?["body"]?["text"] ?? "";
}

/// <summary>The Cloud API for one business number, as documented: it checks what is sent, and tells what people write, press, change and take back.</summary>
public sealed class WhatsAppEmulator : GraphEmulator
{
    public const string NumberId = "106540352242922";
    public const string DisplayNumber = "15550783881";

    private const long Beginning = 1_767_225_600;

    private static readonly Dictionary<string, long> LargestOf = new()
    {
        ["image/jpeg"] = 5 << 20, ["image/png"] = 5 << 20, ["image/webp"] = 500 << 10, ["audio/aac"] = 16 << 20, ["audio/amr"] = 16 << 20, ["audio/mpeg"] = 16 << 20,
        ["audio/mp4"] = 16 << 20, ["audio/ogg"] = 16 << 20, ["video/mp4"] = 16 << 20, ["video/3gpp"] = 16 << 20, ["text/plain"] = 100 << 20, ["application/pdf"] = 100 << 20,
    };

    private readonly ConcurrentQueue<WhatsAppShown> _shown = new();
    private readonly ConcurrentQueue<JsonObject> _typing = new();
    private readonly ConcurrentDictionary<string, (string Name, string Type, byte[] Content)> _uploads = new();
    private readonly ConcurrentQueue<GraphFault.Error> _uploadFaults = new();
    private readonly ConcurrentDictionary<string, string> _otherHosts = new();

    public WhatsAppEmulator()
    {
        App.MapGet("/v24.0/{id}", ReadAsync);
        App.MapPost($"/v24.0/{NumberId}/messages", TakeAsync);
        App.MapPost($"/v24.0/{NumberId}/media", TakeFileAsync);
    }

    /// <summary>Files the number handed in, by their ids.</summary>
    public IReadOnlyDictionary<string, (string Name, string Type, byte[] Content)> Uploads => _uploads;

    public IReadOnlyList<WhatsAppShown> Shown => [.. _shown];

    /// <summary>Signs of typing, with the messages that were marked as read.</summary>
    public IReadOnlyList<JsonObject> Typing => [.. _typing];

    protected override bool GuardsFiles => true;

    /// <summary>A file whose address is named to be there, of all places.</summary>
    public void AddFileAt(string id, string address) => _otherHosts[id] = address;

    /// <summary>A message of somebody who shows their number, without its content.</summary>
    public JsonObject NewMessage(string from, string type) => new()
    {
        ["from"] = from,
        ["from_user_id"] = UserOf(from),
        ["id"] = $"wamid.IN{NextId():D8}",
        ["timestamp"] = $"{Beginning + NextId()}",
        ["type"] = type,
    };

    public JsonObject NewText(string from, string text)
    {
        var message = NewMessage(from, "text");
        message["text"] = new JsonObject { ["body"] = text };
        return message;
    }

    /// <summary>The id of a person at the business.</summary>
    public static string UserOf(string phone) => $"US.9{phone}";

    /// <summary>A callback with messages, each from somebody who has a name.</summary>
    public static JsonObject CallbackWith(params JsonObject[] messages) => CallbackFor(NumberId, messages);

    public static JsonObject CallbackFor(string number, params JsonObject[] messages) => Wrap(number, new JsonObject
    {
        ["contacts"] = new JsonArray([.. messages.Where(message => message["from"] is not null).Select(message => (JsonNode)new JsonObject
        {
            ["profile"] = new JsonObject { ["name"] = $"Person {message["from"]}" },
            ["wa_id"] = (string)message["from"]!,
            ["user_id"] = UserOf((string)message["from"]!),
        })]),
        ["messages"] = new JsonArray([.. messages.Select(message => message.DeepClone())]),
    });

    /// <summary>A callback that says what became of a message.</summary>
    public static JsonObject Status(string message, string status, int? error = null)
    {
        var told = new JsonObject { ["id"] = message, ["status"] = status, ["timestamp"] = "1767225700", ["recipient_id"] = "15550100002" };
        if (error is { } code)
        {
            told["errors"] = new JsonArray(new JsonObject
            {
                ["code"] = code, ["title"] = "Re-engagement message", ["message"] = "Re-engagement message", ["error_data"] = new JsonObject { ["details"] = "Too late." },
            });
        }

        return Wrap(NumberId, new JsonObject { ["statuses"] = new JsonArray(told) });
    }

    public static JsonObject Wrap(string number, JsonObject value, string field = "messages")
    {
        value["messaging_product"] = "whatsapp";
        value["metadata"] = new JsonObject { ["display_phone_number"] = DisplayNumber, ["phone_number_id"] = number };
        return new JsonObject
        {
            ["object"] = "whatsapp_business_account",
            ["entry"] = new JsonArray(new JsonObject { ["id"] = "WABA1", ["changes"] = new JsonArray(new JsonObject { ["field"] = field, ["value"] = value }) }),
        };
    }

    /// <summary>Handing in the next file meets this instead.</summary>
    public void FailUpload(GraphFault.Error fault) => _uploadFaults.Enqueue(fault);

    private async Task TakeFileAsync(HttpContext context)
    {
        if (!await IsAllowedAsync(context))
        {
            return;
        }

        var form = await context.Request.ReadFormAsync();
        if (_uploadFaults.TryDequeue(out var fault))
        {
            await AnswerAsync(context, fault);
        }
        else if (form["messaging_product"] != "whatsapp" || form.Files["file"] is not { } file || form["type"] != file.ContentType)
        {
            await AnswerAsync(context, new GraphFault.Error(100, 0, "messaging_product, type and file are required"));
        }
        else if (!LargestOf.TryGetValue(file.ContentType, out var largest))
        {
            await AnswerAsync(context, new GraphFault.Error(100, 0, $"Param file must be a file with one of the following types. Received file of type '{file.ContentType}'."));
        }
        else if (file.Length > largest)
        {
            await AnswerAsync(context, new GraphFault.Error(131053, 0, "Media upload error: the file is too large"));
        }
        else
        {
            var content = new MemoryStream();
            await file.CopyToAsync(content);
            var id = $"88{NextId():D8}";
            _uploads[id] = (file.FileName, file.ContentType, content.ToArray());
            await AnswerAsync(context, 200, new JsonObject { ["id"] = id });
        }
    }

    private async Task ReadAsync(HttpContext context, string id)
    {
        if (!await IsAllowedAsync(context))
        {
            return;
        }

        if (id == NumberId)
        {
            await AnswerAsync(context, 200, new JsonObject { ["verified_name"] = "Helper", ["display_phone_number"] = "+1 555-078-3881", ["id"] = NumberId });
        }
        else if (HasFile(id) || _otherHosts.ContainsKey(id))
        {
            await AnswerAsync(context, 200, new JsonObject
            {
                ["messaging_product"] = "whatsapp", ["url"] = _otherHosts.GetValueOrDefault(id) ?? AddressOf(id), ["mime_type"] = "application/octet-stream", ["id"] = id,
            });
        }
        else
        {
            await AnswerAsync(context, new GraphFault.Error(100, 33, "Unsupported get request. Object does not exist"));
        }
    }

    private async Task TakeAsync(HttpContext context)
    {
        if (!await IsAllowedAsync(context))
        {
            return;
        }

        var body = await BodyOfAsync(context);
        if ((string?)body["status"] == "read")
        {
            _typing.Enqueue(body);
            await AnswerAsync(context, 200, new JsonObject { ["success"] = true });
            return;
        }

        if (Flaw(body) is { } flaw)
        {
            await AnswerAsync(context, new GraphFault.Error(131009, 0, flaw));
            return;
        }

        var to = (string)(body["to"] ?? body["recipient"])!;
        await SendAsync(context, to, () =>
        {
            var id = $"wamid.OUT{NextId():D8}";
            _shown.Enqueue(new WhatsAppShown(to, id, body));
            return new JsonObject
            {
                ["messaging_product"] = "whatsapp",
                ["contacts"] = new JsonArray(new JsonObject { ["input"] = to, ["wa_id"] = to }),
                ["messages"] = new JsonArray(new JsonObject { ["id"] = id }),
            };
        });
    }

    private string? Flaw(JsonObject body)
    {
        if ((string?)body["messaging_product"] != "whatsapp" || (string?)body["recipient_type"] != "individual")
        {
            return "messaging_product and recipient_type are required";
        }

        if ((body["to"] is null) == (body["recipient"] is null))
        {
            return "Either to or recipient is required";
        }

        return (string?)body["type"] switch
        {
            "text" => Length(body["text"]?["body"]) is 0 or > 4096 ? "Param text['body'] must be between 1 and 4096 characters" : null,
            "interactive" => FlawOfInteractive(body["interactive"]!),
            "image" or "audio" or "video" or "document" => FlawOfFile((string)body["type"]!, body[(string)body["type"]!]!),
            _ => "The type is unknown",
        };
    }

    private string? FlawOfFile(string type, JsonNode file)
        => !_uploads.TryGetValue((string?)file["id"] ?? "", out var upload) ? "The media id is unknown"
            : type != "document" && !upload.Type.StartsWith(type, StringComparison.Ordinal) ? $"The media is no {type}"
            : null;

    private static string? FlawOfInteractive(JsonNode interactive)
    {
        if (Length(interactive["body"]?["text"]) is 0 or > 1024)
        {
            return "Body text length invalid. Min length: 1, Max length: 1024";
        }

        if ((string?)interactive["type"] == "button")
        {
            var replies = interactive["action"]!["buttons"]!.AsArray().Select(button => button!["reply"]!).ToList();
            return replies.Count is 0 or > 3 ? "Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3"
                : replies.Any(reply => Length(reply["title"]) is 0 or > 20) ? "Button title length invalid. Min length: 1, Max length: 20"
                : replies.Any(reply => Length(reply["id"]) is 0 or > 256) ? "Button id length invalid"
                : null;
        }

        var rows = interactive["action"]!["sections"]!.AsArray().SelectMany(section => section!["rows"]!.AsArray()).ToList();
        return Length(interactive["action"]!["button"]) is 0 or > 20 ? "Button length invalid"
            : rows.Count is 0 or > 10 ? "Total row count exceed max allowed count: 10"
            : rows.Any(row => Length(row!["title"]) is 0 or > 24 || Length(row["description"]) > 72 || Length(row["id"]) is 0 or > 200) ? "Row length invalid"
            : null;
    }

    private static int Length(JsonNode? text) => ((string?)text)?.Length ?? 0;
}
