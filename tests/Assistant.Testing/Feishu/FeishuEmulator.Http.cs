using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Assistant.Testing.Feishu;

// The open platform's interface.
public sealed partial class FeishuEmulator
{
    private const int MaxRichBytes = 30 * 1024;
    private const int MaxTextBytes = 150 * 1024;

    private static readonly string[] FileTypes = ["opus", "mp4", "pdf", "doc", "xls", "ppt", "stream"];

    private string Token => $"t-emulated-{_token}";

    private async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (path == "/ws/v2" && context.WebSockets.IsWebSocketRequest)
        {
            await ServeSocketAsync(context);
            return;
        }

        var method = MethodOf(path);
        _calls.Enqueue(method);
        FeishuFault? fault = null;
        if (_faults.TryGetValue(method, out var faults))
        {
            faults.TryDequeue(out fault);
        }

        switch (fault)
        {
            case FeishuFault.Code code:
                await AnswerAsync(context, code.Number, code.Says);
                return;
            case FeishuFault.Flood flood:
                context.Response.Headers["x-ogw-ratelimit-reset"] = $"{flood.Seconds}";
                await AnswerAsync(context, 99991400, "request trigger frequency limit", status: flood.WithStatus);
                return;
            case FeishuFault.Status status:
                context.Response.StatusCode = status.Number;
                return;
            case FeishuFault.Answer answer:
                await context.Response.WriteAsync(answer.Body, context.RequestAborted);
                return;
            case FeishuFault.Hang:
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return;
            default:
                break;
        }

        if (method == "token")
        {
            await IssueTokenAsync(context);
        }
        else if (method == "open")
        {
            await OpenSocketAsync(context);
        }
        else if (context.Request.Headers.Authorization != $"Bearer {Token}")
        {
            await AnswerAsync(context, context.Request.Headers.Authorization.Count == 0 ? 99991661 : 99991663, "Invalid access token for authorization");
        }
        else
        {
            await CarryOutAsync(context, method, path, cuts: fault is FeishuFault.Cut);
        }
    }

    private static string MethodOf(string path) => path switch
    {
        "/open-apis/auth/v3/tenant_access_token/internal" => "token",
        "/callback/ws/endpoint" => "open",
        "/open-apis/bot/v3/info" => "bot",
        "/open-apis/im/v1/messages" => "send",
        "/open-apis/im/v1/images" or "/open-apis/im/v1/files" => "upload",
        _ when path.StartsWith("/open-apis/contact/v3/users/", StringComparison.Ordinal) => "user",
        _ when path.StartsWith("/open-apis/im/v1/messages/", StringComparison.Ordinal) && path.Count(c => c == '/') == 5 => "message",
        _ when path.EndsWith("/reply", StringComparison.Ordinal) => "reply",
        _ when path.Contains("/resources/", StringComparison.Ordinal) => "file",
        _ => path,
    };

    private async Task OpenSocketAsync(HttpContext context)
    {
        var asked = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        if ((string?)asked?["AppID"] != AppId || (string?)asked[nameof(AppSecret)] != AppSecret)
        {
            await AnswerAsync(context, 514, "auth failed", status: 200);
            return;
        }

        var address = ApiBaseUrl.Replace("http:", "ws:", StringComparison.Ordinal) + "/ws/v2?device_id=1&access_key=k&service_id=33&ticket=t";
        await SucceedAsync(context, new JsonObject { ["URL"] = address, ["ClientConfig"] = new JsonObject { ["PingInterval"] = 120, ["ReconnectCount"] = -1 } });
    }

    private async Task ServeSocketAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var line = new FeishuLine(socket);
        _deliveries.Opened(line);
        try
        {
            await line.ReadAsync(context.RequestAborted);
        }
        finally
        {
            _deliveries.Closed(line);
        }
    }

    private async Task IssueTokenAsync(HttpContext context)
    {
        var asked = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        if ((string?)asked?["app_id"] != AppId)
        {
            await AnswerAsync(context, 10003, "invalid param", status: 200);
        }
        else if ((string?)asked["app_secret"] != AppSecret)
        {
            await AnswerAsync(context, 10014, "app secret invalid", status: 200);
        }
        else
        {
            await WriteAsync(context, new JsonObject { ["code"] = 0, ["msg"] = "ok", ["tenant_access_token"] = Token, ["expire"] = 7200 });
        }
    }

    private async Task CarryOutAsync(HttpContext context, string method, string path, bool cuts)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        switch (method)
        {
            case "bot":
                await WriteAsync(context, new JsonObject
                {
                    ["code"] = 0, ["msg"] = "ok", ["bot"] = new JsonObject { ["activate_status"] = 2, ["app_name"] = "助手", ["open_id"] = BotUser },
                });
                return;
            case "user":
                await SucceedAsync(context, new JsonObject { ["user"] = new JsonObject { ["open_id"] = parts[^1], ["name"] = $"Person {parts[^1]}" } });
                return;
            case "message" when context.Request.Method == HttpMethods.Get:
                await FindAsync(context, parts[^1], cuts);
                return;
            case "file" when _files.TryGetValue($"{parts[^3]}/{parts[^1]}/{context.Request.Query["type"]}", out var content):
                await context.Response.Body.WriteAsync(content, context.RequestAborted);
                return;
            case "file":
                await AnswerAsync(context, 234003, "File not in msg.");
                return;
            case "upload":
                await TakeAsync(context, isImage: parts[^1] == "images");
                return;
            case "send":
                await SendAsync(context, context.Request.Query["receive_id_type"].ToString(), null, cuts);
                return;
            case "reply":
                await SendAsync(context, "", parts[^2], cuts);
                return;
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
        }
    }

    private async Task TakeAsync(HttpContext context, bool isImage)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (form.Files.GetFile(isImage ? "image" : "file") is not { Length: > 0 } file)
        {
            await AnswerAsync(context, 234010, "File's size can't be 0.");
        }
        else if (file.Length > (isImage ? 10_000_000 : 30_000_000))
        {
            await AnswerAsync(context, 234006, "The file size exceed the max value.");
        }
        else if (isImage ? form["image_type"] != "message" : form["file_name"].Count == 0 || !FileTypes.Contains(form["file_type"].ToString()))
        {
            await AnswerAsync(context, 234001, "Invalid request param.");
        }
        else
        {
            using var content = new MemoryStream();
            await file.CopyToAsync(content, context.RequestAborted);
            var key = NextId(isImage ? "img_" : "file_");
            _uploads[key] = (isImage ? "" : form["file_name"].ToString(), form["file_type"].ToString(), content.ToArray());
            await SucceedAsync(context, new JsonObject { [isImage ? "image_key" : "file_key"] = key });
        }
    }

    private async Task SendAsync(HttpContext context, string kind, string? repliedTo, bool cuts)
    {
        var bytes = new MemoryStream();
        await context.Request.Body.CopyToAsync(bytes, context.RequestAborted);
        var (refusal, id) = Show(JsonNode.Parse(Encoding.UTF8.GetString(bytes.ToArray()))!.AsObject(), bytes.Length, kind, repliedTo);
        if (cuts)
        {
            context.Abort();
        }
        else if (refusal is { } code)
        {
            await AnswerAsync(context, code, "refused");
        }
        else
        {
            await SucceedAsync(context, new JsonObject { ["message_id"] = id, ["create_time"] = "1767225600000" });
        }
    }

    private (int? Refusal, string Id) Show(JsonObject post, long size, string kind, string? repliedTo)
    {
        var (chat, type, key) = ((string?)post["receive_id"] ?? Group, (string?)post["msg_type"] ?? "", (string?)post["uuid"]);
        if (repliedTo is null && (kind != "chat_id" || !chat.StartsWith("oc_", StringComparison.Ordinal)) && (kind != "open_id" || !chat.StartsWith("ou_", StringComparison.Ordinal)))
        {
            return (230001, "");
        }

        if (_refused.TryGetValue(chat, out var code))
        {
            return (code, "");
        }

        if (size > (type == "text" ? MaxTextBytes : MaxRichBytes))
        {
            return (230025, "");
        }

        if (key is { Length: > 50 } || JsonNode.Parse((string?)post["content"] ?? "") is not JsonObject content || IsWrong(type, content) || IsNotHandedIn(type, content))
        {
            return (type == "interactive" ? 230099 : 230001, "");
        }

        lock (_sending)
        {
            if (key is not null && _byKey.TryGetValue(key, out var earlier))
            {
                return (null, earlier);
            }

            var shown = new FeishuShown(chat, NextId("om_"), type, content, repliedTo, (bool?)post["reply_in_thread"] == true);
            _shown.Enqueue(shown);
            _messages[shown.Id] = (chat, "app");
            if (key is not null)
            {
                _byKey[key] = shown.Id;
            }

            return (null, shown.Id);
        }
    }

    private static bool IsWrong(string type, JsonObject content) => type switch
    {
        "text" => (string?)content["text"] is not { Length: > 0 },
        "post" => content["zh_cn"]?["content"] is not JsonArray { Count: > 0 } lines || lines.Any(line => line is not JsonArray { Count: > 0 }),
        "interactive" => (string?)content["schema"] != "2.0" || content["body"]?["elements"] is not JsonArray { Count: > 0 and <= 200 } elements || elements.Any(IsWrong),
        "image" => content["image_key"] is null,
        "file" or "audio" or "media" => content["file_key"] is null,
        _ => true,
    };

    private bool IsNotHandedIn(string type, JsonObject content) => ((string?)content["image_key"] ?? (string?)content["file_key"]) is { } key
        && (!_uploads.TryGetValue(key, out var file) || (type == "audio" && file.Type != "opus") || (type == "media" && file.Type != "mp4"));

    private static bool IsWrong(JsonNode? element) => (string?)element?["tag"] switch
    {
        "markdown" => (string?)element["content"] is not { Length: > 0 },
        "div" => (string?)element["text"]?["content"] is not { Length: > 0 },
        "button" => (string?)element["text"]?["content"] is not { Length: > 0 } || (string?)element["behaviors"]?[0]?["type"] != "callback"
            || element["behaviors"]![0]!["value"] is not JsonObject,
        "column_set" => element["columns"] is not JsonArray { Count: > 0 } columns || columns.Any(column => column?["elements"] is not JsonArray elements || elements.Any(IsWrong)),
        _ => true,
    };

    private static Task SucceedAsync(HttpContext context, JsonObject data) => WriteAsync(context, new JsonObject { ["code"] = 0, ["msg"] = "success", ["data"] = data });

    private static Task AnswerAsync(HttpContext context, int code, string says, int status = 400)
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, new JsonObject { ["code"] = code, ["msg"] = says });
    }

    private static Task WriteAsync(HttpContext context, JsonObject body)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }
}
