using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Assistant.Testing.Mattermost;

// The REST API and the sockets.
public sealed partial class MattermostEmulator
{
    private const int LongestPost = 16_383;
    private const int MostChanges = 1_000;

    private async Task HandleAsync(HttpContext context)
    {
        var parts = (context.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries) is ["api", "v4", .. var rest] ? rest : [];
        if (parts is ["websocket"] && context.WebSockets.IsWebSocketRequest)
        {
            await ServeSocketAsync(context);
            return;
        }

        var call = parts.FirstOrDefault() ?? "";
        var name = $"{context.Request.Method} {string.Join('/', parts)}";
        _calls.Enqueue(name);
        if (Meanwhile is { } meanwhile && meanwhile.Call == name)
        {
            Meanwhile = null;
            meanwhile.Act();
        }

        MattermostFault? fault = null;
        if (_faults.TryGetValue(call, out var faults))
        {
            faults.TryDequeue(out fault);
        }

        switch (fault)
        {
            case MattermostFault.Refusal refusal:
                context.Response.Headers.RetryAfter = refusal.RetryAfter;
                await AnswerAsync(context, refusal.Status, Refused(refusal.Status, refusal.Id));
                return;
            case MattermostFault.Answer answer:
                context.Response.StatusCode = answer.Status;
                await context.Response.WriteAsync(answer.Body, context.RequestAborted);
                return;
            default:
                break;
        }

        var (status, body) = await CarryOutAsync(context, parts);
        if (fault is MattermostFault.Cut)
        {
            context.Abort();
        }
        else if (body is not null)
        {
            await AnswerAsync(context, status, body);
        }
    }

    private async Task<(int, JsonNode?)> CarryOutAsync(HttpContext context, string[] parts)
    {
        if (context.Request.Headers.Authorization.ToString() != $"Bearer {Token}")
        {
            return (401, Refused(401, "api.context.session_expired.app_error"));
        }

        switch (context.Request.Method, parts)
        {
            case ("POST", ["files"]):
                return await UploadAsync(context);
            case ("GET", ["files", var id]):
                return await DownloadAsync(context, id);
            default:
                var body = context.Request.Method == "POST" ? await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted) as JsonObject ?? [] : [];
                return Under(() => CarryOut(context, parts, body));
        }
    }

    private (int, JsonNode?) CarryOut(HttpContext context, string[] parts, JsonObject body)
    {
        switch (context.Request.Method, parts)
        {
            case ("GET", ["users", "me" or Bot]):
                return (200, new JsonObject { ["id"] = Bot, ["username"] = BotName, ["is_bot"] = true });
            case ("GET", ["users", Bot, "channels"]):
                return (200, new JsonArray([.. new[] { ChatOf(5001), ChatOf(5002), Group }.Select(ChannelOf)]));
            case ("GET", ["users", var user]):
                return (200, new JsonObject { ["id"] = user, ["username"] = $"person{user[1..]}", ["first_name"] = "Person", ["last_name"] = user[1..], ["locale"] = "zh-CN", ["is_bot"] = user == "u6001" });
            case ("POST", ["users", "me", "typing"]):
                return IsChannel((string?)body["channel_id"]) ? (200, new JsonObject { ["status"] = "OK" }) : (403, Refused(403, "api.context.permissions.app_error"));
            case ("GET", ["channels", var channel]) when IsChannel(channel):
                return (200, ChannelOf(channel));
            case ("GET", ["channels", var channel, "members", "me"]) when IsChannel(channel):
                return (200, new JsonObject { ["last_viewed_at"] = _viewed.GetValueOrDefault(channel) });
            case ("POST", ["channels", "members", "me", "view"]):
                _viewed[(string)body["channel_id"]!] = LastOf((string)body["channel_id"]!);
                return (200, new JsonObject { ["status"] = "OK" });
            case ("GET", ["channels", var channel, "posts"]) when IsChannel(channel):
                return (200, context.Request.Query["since"] is [{ } since] ? PostsOf(channel, long.Parse(since, CultureInfo.InvariantCulture)) : PageOf(channel, context.Request.Query));
            case ("GET", ["posts", var id]) when _posts.FirstOrDefault(post => (string?)post["id"] == id) is { } post:
                return (200, post.DeepClone());
            case ("POST", ["posts"]):
                return Post(body);
            default:
                return (404, Refused(404, "app.channel.get.existing.app_error"));
        }
    }

    private (int, JsonNode?) Post(JsonObject body)
    {
        var channel = (string?)body["channel_id"];
        var (text, root) = ((string?)body["message"] ?? "", (string?)body["root_id"] ?? "");
        var files = body["file_ids"] as JsonArray ?? [];
        if (!IsChannel(channel) || _refused.ContainsKey(channel!))
        {
            return (403, Refused(403, "api.context.permissions.app_error"));
        }

        if (text.EnumerateRunes().Count() > LongestPost)
        {
            return (400, Refused(400, "model.post.is_valid.message_length.app_error"));
        }

        if ((text.Length == 0 && files.Count == 0) || (root.Length > 0 && _posts.All(post => (string?)post["id"] != root)))
        {
            return (400, Refused(400, root.Length > 0 ? "api.post.create_post.root_id.app_error" : "api.post.create_post.empty.app_error"));
        }

        // The server knows a repeat for a while.
        var pending = (string?)body["pending_post_id"];
        if (_posts.FirstOrDefault(post => pending is not null && (string?)post["pending_post_id"] == pending) is { } known)
        {
            return (201, known.DeepClone());
        }

        var shown = NewPost(channel!, Bot, text);
        (shown["root_id"], shown["pending_post_id"]) = (root, pending);
        (shown["props"], shown["file_ids"]) = (body["props"]?.DeepClone() ?? new JsonObject(), files.DeepClone());
        _posts.Add(shown);
        Tell("posted", shown);
        return (201, shown.DeepClone());
    }

    private JsonObject PostsOf(string channel, long since)
        => ListOf([.. _posts.Where(post => (string?)post["channel_id"] == channel && (long)post["update_at"]! >= since).TakeLast(MostChanges)]);

    private JsonObject PageOf(string channel, IQueryCollection query)
    {
        var size = int.Parse(query["per_page"].ToString(), CultureInfo.InvariantCulture);
        var kept = _posts.Where(post => (string?)post["channel_id"] == channel && post["delete_at"]!.ToJsonString() == "0").Reverse();
        return ListOf([.. kept.Skip(int.Parse(query["page"].ToString(), CultureInfo.InvariantCulture) * size).Take(size).Reverse()]);
    }

    // Newest first; the roots of answers come along.
    private JsonObject ListOf(IReadOnlyList<JsonObject> found)
    {
        var (posts, roots) = (new JsonObject(), found.Select(post => (string?)post["root_id"]).ToHashSet());
        foreach (var post in found.Concat(_posts.Where(root => roots.Contains((string?)root["id"]))).Reverse())
        {
            // What is a pending post's is not kept at the server.
            var copy = post.DeepClone().AsObject();
            copy.Remove("pending_post_id");
            posts[(string)post["id"]!] = copy;
        }

        return new JsonObject { ["order"] = new JsonArray([.. found.Reverse().Select(post => (JsonNode?)(string)post["id"]!)]), ["posts"] = posts };
    }

    private JsonObject ChannelOf(string channel) => new()
    {
        ["id"] = channel, ["type"] = TypeOf(channel), ["display_name"] = channel == Group ? "Town Square" : "", ["last_post_at"] = LastOf(channel),
    };

    private long LastOf(string channel) => _posts.Where(post => (string?)post["channel_id"] == channel).Select(post => (long)post["create_at"]!).Append(_created).Max();

    private static bool IsChannel(string? channel) => channel == Group || (channel is ['d', .. var digits] && int.TryParse(digits, CultureInfo.InvariantCulture, out _));

    private async Task<(int, JsonNode?)> UploadAsync(HttpContext context)
    {
        var content = new MemoryStream();
        await context.Request.Body.CopyToAsync(content, context.RequestAborted);
        var id = $"f{Interlocked.Increment(ref _number).ToString(CultureInfo.InvariantCulture)}";
        Keep(id, context.Request.Query["filename"].ToString(), context.Request.ContentType ?? "", content.ToArray());
        return IsChannel(context.Request.Query["channel_id"])
            ? (201, new JsonObject { ["file_infos"] = new JsonArray(new JsonObject { ["id"] = id }) })
            : (403, Refused(403, "api.context.permissions.app_error"));
    }

    private async Task<(int, JsonNode?)> DownloadAsync(HttpContext context, string id)
    {
        if (!_files.TryGetValue(id, out var file))
        {
            return (404, Refused(404, "app.file_info.get.app_error"));
        }

        context.Response.ContentType = file.Type;
        await context.Response.Body.WriteAsync(file.Content, context.RequestAborted);
        return (200, null);
    }

    // Nothing is told before the token is.
    private async Task ServeSocketAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var line = new MattermostLine(socket);
        var writing = line.WriteAsync(stop.Token);
        try
        {
            var buffer = new byte[16 * 1024];
            while (await socket.ReceiveAsync(buffer, stop.Token) is { MessageType: not WebSocketMessageType.Close } frame)
            {
                var action = JsonNode.Parse(buffer.AsSpan(0, frame.Count));
                if ((string?)action?["action"] == "authentication_challenge")
                {
                    SignIn(line, (string?)action["data"]?["token"], (int)action["seq"]!);
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The bot is gone.
        }

        Under(() => _lines.Remove(line));
        await stop.CancelAsync();
        await writing;
    }

    private void SignIn(MattermostLine line, string? token, int seq) => Under(() =>
    {
        if (token != Token)
        {
            line.Send(new JsonObject { ["status"] = "FAIL", ["seq_reply"] = seq, ["error"] = Refused(401, "api.web_socket.connect.upgrade.app_error") });
            return false;
        }

        line.Send(new JsonObject { ["status"] = "OK", ["seq_reply"] = seq });
        line.Send(new JsonObject { ["event"] = "hello", ["data"] = new JsonObject { ["server_version"] = "10.5.0" }, ["broadcast"] = new JsonObject(), ["seq"] = line.NextSeq() });
        _lines.Add(line);
        return true;
    });

    private static JsonObject Refused(int status, string id) => new() { ["id"] = id, ["message"] = "In the server's words", ["status_code"] = status };

    private static Task AnswerAsync(HttpContext context, int status, JsonNode body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }
}
