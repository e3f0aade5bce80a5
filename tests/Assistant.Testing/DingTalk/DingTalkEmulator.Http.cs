using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Assistant.Testing.DingTalk;

// The open platform's interfaces, the streams and the files.
public sealed partial class DingTalkEmulator
{
    private const int MaxBytes = 20_000;
    private const int MaxCharacters = 5_000;

    private string Token => $"emulated-token-{_token}";

    private async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (path == "/connect" && context.WebSockets.IsWebSocketRequest)
        {
            await ServeStreamAsync(context);
            return;
        }

        if (path.StartsWith("/store/", StringComparison.Ordinal))
        {
            await context.Response.Body.WriteAsync(_files[path["/store/".Length..]], context.RequestAborted);
            return;
        }

        var method = MethodOf(path);
        _calls.Enqueue(method);
        DingTalkFault? fault = null;
        if (_faults.TryGetValue(method, out var faults))
        {
            faults.TryDequeue(out fault);
        }

        switch (fault)
        {
            case DingTalkFault.Refusal refusal:
                await RefuseAsync(context, refusal.Code, refusal.WithStatus, refusal.Says);
                return;
            case DingTalkFault.Status status:
                context.Response.StatusCode = status.Number;
                context.Response.Headers.RetryAfter = status.RetryAfter;
                return;
            case DingTalkFault.Answer answer:
                await context.Response.WriteAsync(answer.Body, context.RequestAborted);
                return;
            default:
                await CarryOutAsync(context, method, path, cuts: fault is DingTalkFault.Cut);
                return;
        }
    }

    private static string MethodOf(string path) => path switch
    {
        "/v1.0/oauth2/accessToken" => "token",
        "/v1.0/gateway/connections/open" => "open",
        "/v1.0/robot/oToMessages/batchSend" or "/v1.0/robot/groupMessages/send" => "send",
        "/v1.0/robot/messageFiles/download" => "download",
        "/media/upload" => "upload",
        _ => path,
    };

    private async Task ServeStreamAsync(HttpContext context)
    {
        if (!_tickets.TryRemove(context.Request.Query["ticket"].ToString(), out _))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        _deliveries.Opening();
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var line = new DingTalkLine(socket);
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

    private async Task CarryOutAsync(HttpContext context, string method, string path, bool cuts)
    {
        if (method == "upload")
        {
            await TakeAsync(context);
            return;
        }

        var asked = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!.AsObject();
        switch (method)
        {
            case "token" when (string?)asked["appKey"] != ClientId || (string?)asked["appSecret"] != ClientSecret:
                await RefuseAsync(context, "invalidClientIdOrSecret", 400, "无效的clientId或者clientSecret");
                return;
            case "token":
                await WriteAsync(context, new JsonObject { ["accessToken"] = Token, ["expireIn"] = 7200 });
                return;
            case "open":
                await OpenAsync(context, asked);
                return;
            case not ("send" or "download"):
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            case var _ when context.Request.Headers["x-acs-dingtalk-access-token"] != Token:
                await RefuseAsync(context, "InvalidAuthentication", 401, "不合法的access_token");
                return;
            case "download" when _files.ContainsKey((string?)asked["downloadCode"] ?? ""):
                await WriteAsync(context, new JsonObject { ["downloadUrl"] = $"{ApiBaseUrl}/store/{asked["downloadCode"]}" });
                return;
            case "download":
                await RefuseAsync(context, "unknownError", 400, "download code is invalid");
                return;
            default:
                await SendAsync(context, asked, path.Contains("groupMessages", StringComparison.Ordinal), cuts);
                return;
        }
    }

    private async Task OpenAsync(HttpContext context, JsonObject asked)
    {
        if ((string?)asked["clientId"] != ClientId || (string?)asked["clientSecret"] != ClientSecret)
        {
            await RefuseAsync(context, "authFailed", 401, "鉴权失败");
            return;
        }

        var isAsked = asked["subscriptions"]!.AsArray().Any(s => (string?)s!["type"] == "CALLBACK" && (string?)s["topic"] == "/v1.0/im/bot/messages/get");
        var ticket = NextId("ticket+/=");
        _tickets[ticket] = isAsked;
        await WriteAsync(context, new JsonObject { ["endpoint"] = ApiBaseUrl.Replace("http:", "ws:", StringComparison.Ordinal) + "/connect", ["ticket"] = ticket });
    }

    private async Task SendAsync(HttpContext context, JsonObject asked, bool isGroup, bool cuts)
    {
        var (key, param) = ((string?)asked["msgKey"] ?? "", (string?)asked["msgParam"] ?? "");
        var target = isGroup ? (string?)asked["openConversationId"] : (string?)asked["userIds"]?[0];
        if ((string?)asked["robotCode"] != ClientId)
        {
            await RefuseAsync(context, "resource.not.found", 400, "robot 不存在");
        }
        else if (target is null || (isGroup && !target.StartsWith("cid", StringComparison.Ordinal)))
        {
            await RefuseAsync(context, "invalidParameter.openConversationId", 400, "openConversationId is invalid");
        }
        else if (_gone.ContainsKey(target))
        {
            await RefuseAsync(context, "staffId.notExisted", 400, "staffId not existed");
        }
        else if (Encoding.UTF8.GetByteCount(param) > MaxBytes || JsonNode.Parse(param) is not JsonObject values || IsWrong(key, values))
        {
            await RefuseAsync(context, "invalidParameter.msgParam", 400, "msgParam is invalid");
        }
        else
        {
            _shown.Enqueue(new DingTalkShown(target, key, values));
            if (cuts)
            {
                context.Abort();
                return;
            }

            var answer = new JsonObject { ["processQueryKey"] = NextId("query") };
            if (!isGroup)
            {
                answer["invalidStaffIdList"] = new JsonArray();
                answer["flowControlledStaffIdList"] = new JsonArray();
            }

            await WriteAsync(context, answer);
        }
    }

    private bool IsWrong(string key, JsonObject values) => key switch
    {
        "sampleText" => (string?)values["content"] is not { Length: > 0 and <= MaxCharacters },
        "sampleMarkdown" => (string?)values["title"] is not { Length: > 0 and <= 64 } || (string?)values["text"] is not { Length: > 0 and <= MaxCharacters },
        "sampleImageMsg" => !_uploads.ContainsKey((string?)values["photoURL"] ?? ""),
        "sampleFile" => !_uploads.ContainsKey((string?)values["mediaId"] ?? "") || (string?)values["fileName"] is not { Length: > 0 } || (string?)values["fileType"] is not { Length: > 0 },
        _ => true,
    };

    private async Task TakeAsync(HttpContext context)
    {
        if (context.Request.Query["access_token"] != Token)
        {
            await WriteAsync(context, new JsonObject { ["errcode"] = 40014, ["errmsg"] = "不合法的access_token" });
            return;
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (form.Files.GetFile("media") is not { Length: > 0 and <= 20_000_000 } file || context.Request.Query["type"].ToString() is not ("image" or "file"))
        {
            await WriteAsync(context, new JsonObject { ["errcode"] = 40006, ["errmsg"] = "不合法的文件大小" });
            return;
        }

        using var content = new MemoryStream();
        await file.CopyToAsync(content, context.RequestAborted);
        var id = NextId("@lAL");
        _uploads[id] = content.ToArray();
        await WriteAsync(context, new JsonObject { ["errcode"] = 0, ["errmsg"] = "ok", ["media_id"] = id, ["created_at"] = 1_767_225_600_000, ["type"] = context.Request.Query["type"].ToString() });
    }

    private static Task RefuseAsync(HttpContext context, string code, int status, string says)
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, new JsonObject { ["requestid"] = "R1", ["code"] = code, ["message"] = says });
    }

    private static Task WriteAsync(HttpContext context, JsonObject body)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }
}
