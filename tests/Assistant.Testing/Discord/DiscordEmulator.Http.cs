using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Assistant.Testing.Discord;

// The HTTP interface, the gateway's address and the files.
public sealed partial class DiscordEmulator
{
    private const string Root = "/api/v10/";
    private const int MaxContent = 2_000;
    private const int LargestFile = 10 << 20;
    private const int Deferred = 5;
    private const int Loading = 1 << 7;

    private async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (context.WebSockets.IsWebSocketRequest)
        {
            if (context.Request.Query["v"] != "10" || context.Request.Query["encoding"] != "json")
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                return;
            }

            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await _gateway.ServeAsync(socket, context.RequestAborted);
        }
        else if (path.StartsWith("/files/", StringComparison.Ordinal))
        {
            await ServeFileAsync(context, path["/files/".Length..]);
        }
        else if (path.StartsWith(Root, StringComparison.Ordinal))
        {
            await ServeAsync(context, path[Root.Length..].Split('/'));
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    private async Task ServeFileAsync(HttpContext context, string id)
    {
        // The address is signed: whoever asks shows no token.
        if (context.Request.Headers.Authorization.Count > 0 || !context.Request.Query.ContainsKey("hm") || !_files.TryGetValue(id, out var content))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        await context.Response.Body.WriteAsync(content, context.RequestAborted);
    }

    private async Task ServeAsync(HttpContext context, string[] path)
    {
        if (!context.Request.Headers.UserAgent.ToString().StartsWith("DiscordBot (", StringComparison.Ordinal))
        {
            // The guard before Discord answers in its own form.
            await AnswerAsync(context, 403, "error code: 1010");
            return;
        }

        var (method, call) = (context.Request.Method, NameOf(context.Request.Method, path));
        _calls.Enqueue(call);
        DiscordFault? fault = null;
        if (_faults.TryGetValue(call, out var faults))
        {
            faults.TryDequeue(out fault);
        }

        switch (fault)
        {
            case DiscordFault.Refusal refusal:
                await RefuseAsync(context, refusal.Status, refusal.Code, refusal.Message);
                return;
            case DiscordFault.Flood flood:
                await FloodAsync(context, flood.Seconds, flood.IsGlobal);
                return;
            case DiscordFault.Answer answer:
                await AnswerAsync(context, answer.Status, answer.Body);
                return;
            case DiscordFault.Late late:
                await Task.Delay(late.By, TimeProvider.System, context.RequestAborted);
                break;
            default:
                break;
        }

        if (call is not ("answer" or "fill") && context.Request.Headers.Authorization != $"Bot {Token}")
        {
            await RefuseAsync(context, 401, 0, "401: Unauthorized");
            return;
        }

        var (body, file) = method is "POST" or "PATCH" ? await ReadAsync(context.Request) : default;
        if (fault is DiscordFault.Cut)
        {
            CarryOut(call, path, body, file);
            context.Abort();
            return;
        }

        await CarryOutAsync(context, call, path, body, file);
    }

    private static async Task<(JsonObject? Body, byte[]? File)> ReadAsync(HttpRequest request)
    {
        if (!request.HasFormContentType)
        {
            return (request.ContentLength > 0 ? await JsonNode.ParseAsync(request.Body) as JsonObject : null, null);
        }

        var form = await request.ReadFormAsync();
        using var content = new MemoryStream();
        if (form.Files["files[0]"] is { } file)
        {
            await file.CopyToAsync(content);
        }

        return (JsonNode.Parse(form["payload_json"].ToString()) as JsonObject, content.ToArray());
    }

    private static string NameOf(string method, string[] path) => (method, path) switch
    {
        ("GET", ["users", "@me"]) => "self",
        ("GET", ["applications", "@me"]) => "application",
        ("GET", ["gateway", "bot"]) => "gateway",
        ("GET", ["channels", _]) => "channel",
        ("GET", ["channels", _, "messages"]) => "list",
        ("GET", ["channels", _, "messages", _]) => "message",
        ("POST", ["channels", _, "messages"]) => "post",
        ("POST", ["channels", _, "typing"]) => "typing",
        ("POST", ["interactions", _, _, "callback"]) => "answer",
        ("PATCH", ["webhooks", _, _, "messages", "@original"]) => "fill",
        ("POST", ["applications", _, "commands"]) => "command",
        _ => "unknown",
    };

    private async Task CarryOutAsync(HttpContext context, string call, string[] path, JsonObject? body, byte[]? file)
    {
        if (call == "post" && ChannelLimit is { } limit && !Take(path[1], limit, context.Response.Headers, out var wait))
        {
            await FloodAsync(context, wait, isGlobal: false);
            return;
        }

        if (call == "list")
        {
            await AnswerAsync(context, 200, ListOf(path[1], context.Request.Query["after"].ToString(), context.Request.Query["limit"].ToString()).ToJsonString());
            return;
        }

        switch (CarryOut(call, path, body, file))
        {
            case (0, _, { } answer):
                await AnswerAsync(context, 200, answer.ToJsonString());
                break;
            case (0, _, null):
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            case var (status, code, _):
                await RefuseAsync(context, status, code, $"Refused with {code}");
                break;
        }
    }

    private (int Status, int Code, JsonNode? Answer) CarryOut(string call, string[] path, JsonObject? body, byte[]? file) => call switch
    {
        "self" => (0, 0, Self()),
        "application" => (0, 0, new JsonObject { ["id"] = Application, ["name"] = "Assistant", ["verify_key"] = VerifyKey, ["flags"] = AllowsMessageContent ? 1 << 19 : 0 }),
        "gateway" => (0, 0, new JsonObject
        {
            ["url"] = GatewayAddress, ["shards"] = 1,
            ["session_start_limit"] = new JsonObject { ["total"] = 1_000, ["remaining"] = StartsLeft, ["reset_after"] = 14_400_000, ["max_concurrency"] = 1 },
        }),
        "channel" => IsDirect(path[1]) ? (0, 0, new JsonObject { ["id"] = path[1], ["type"] = 1, ["recipients"] = new JsonArray(RecipientOf(path[1])) }) : (404, 10003, null),
        "message" => FindMessage(path[1], path[3]) is { } message ? (0, 0, message.DeepClone()) : (404, 10008, null),
        "post" when body is not null => Post(path[1], body, file),
        "typing" => IsChannel(path[1]) ? (0, 0, null) : (404, 10003, null),
        "answer" when body is not null => Answer(path[1], path[2], body),
        "fill" when body is not null => FillIn(path[1], path[2], body),
        "command" when body is not null => Offer(body),
        _ => (404, 0, null),
    };

    private (int, int, JsonNode?) Post(string channel, JsonObject post, byte[]? file)
    {
        if (!IsChannel(channel))
        {
            return (404, 10003, null);
        }

        if (_refused.ContainsKey(channel))
        {
            return (403, 50013, null);
        }

        if (file is { Length: > LargestFile })
        {
            return (413, 40005, null);
        }

        if (ErrorOf(post, file) is { } error)
        {
            return (400, error, null);
        }

        var nonce = (string?)post["nonce"];
        if (nonce is { Length: > 25 })
        {
            return (400, 50035, null);
        }

        lock (_lock)
        {
            if (nonce is not null && (bool?)post["enforce_nonce"] == true && _nonces.TryGetValue(nonce, out var before))
            {
                return (0, 0, new JsonObject { ["id"] = before, ["channel_id"] = channel });
            }

            return (0, 0, Show(channel, NextId(), post, nonce, file));
        }
    }

    private JsonObject Show(string channel, string id, JsonObject post, string? nonce, byte[]? file = null)
    {
        if (nonce is not null)
        {
            _nonces[nonce] = id;
        }

        _shown.Enqueue(new DiscordShown(channel, id, post) { File = file is null ? null : ((string)post["attachments"]![0]!["filename"]!, file) });
        var message = NewMessage(channel, channel == Group ? Guild : null, Self(), (string)post["content"]!, id);
        Keep(channel, message);
        return message.DeepClone().AsObject();
    }

    private (int, int, JsonNode?) Answer(string id, string token, JsonObject answer)
    {
        if (!_interactions.TryGetValue(id, out var interaction) || interaction.Token != token)
        {
            return (404, 10062, null);
        }

        if (TimeProvider.System.GetUtcNow() - interaction.At > InteractionPatience)
        {
            LateAnswers++;
            return (404, 10062, null);
        }

        if (answer["data"] is JsonObject shown)
        {
            AnsweredWith.TryAdd(id, shown);
        }

        var isFirst = Answers.TryAdd(id, (int)answer["type"]!);
        if (isFirst && Answers[id] == Deferred)
        {
            var thinking = NewMessage(interaction.Channel, null, Self(), "", NextId());
            (thinking["flags"], thinking["interaction_metadata"]) = (Loading, new JsonObject { ["id"] = id, ["type"] = 2 });
            Keep(interaction.Channel, thinking);
        }

        return isFirst ? (0, 0, null) : (400, 40060, null);
    }

    private (int, int, JsonNode?) FillIn(string application, string token, JsonObject post)
    {
        var (id, interaction) = _interactions.FirstOrDefault(pair => pair.Value.Token == token);
        if (application != Application || id is null || !Answers.TryGetValue(id, out var type) || type != Deferred)
        {
            return (404, 10015, null);
        }

        if (ErrorOf(post) is { } error)
        {
            return (400, error, null);
        }

        lock (_lock)
        {
            // What is filled in twice stands there once.
            if (_nonces.TryGetValue("fill/" + token, out var before))
            {
                return (0, 0, new JsonObject { ["id"] = before });
            }

            // What showed "is thinking" is the answer now, under the id it had.
            var thinking = _history.GetValueOrDefault(interaction.Channel)?.Find(message => (string?)message["interaction_metadata"]?["id"] == id);
            _history.GetValueOrDefault(interaction.Channel)?.Remove(thinking!);
            var shown = Show(interaction.Channel, (string?)thinking?["id"] ?? NextId(), post, "fill/" + token);
            _history[interaction.Channel][^1]["interaction_metadata"] = new JsonObject { ["id"] = id, ["type"] = 2 };
            return (0, 0, shown);
        }
    }

    private (int, int, JsonNode?) Offer(JsonObject command)
    {
        var name = (string?)command["name"] ?? "";
        if (name.Length is 0 or > 32 || (string?)command["description"] is not { Length: > 0 and <= 100 })
        {
            return (400, 50035, null);
        }

        Commands[name] = command;
        return (0, 0, command.DeepClone());
    }

    // The limits of a message.
    private static int? ErrorOf(JsonObject post, byte[]? file = null)
    {
        var content = (string?)post["content"] ?? "";
        if (string.IsNullOrWhiteSpace(content) && file is null)
        {
            return 50006;
        }

        var rows = post["components"] as JsonArray ?? [];
        var ids = rows.SelectMany(row => row!["components"]!.AsArray()).Select(button => (string?)button!["custom_id"]).ToList();
        var isWrong = content.Length > MaxContent || rows.Count > 5 || ids.Distinct().Count() != ids.Count
            || rows.Any(row => (int)row!["type"]! != 1 || row["components"]!.AsArray() is not { Count: > 0 and <= 5 } buttons || buttons.Any(IsWrong));
        return isWrong ? 50035 : null;
    }

    private static bool IsWrong(JsonNode? button)
        => (int)button!["type"]! != 2 || (string?)button["label"] is not { Length: > 0 and <= 80 } || (string?)button["custom_id"] is not { Length: > 0 and <= 100 };

    private JsonArray ListOf(string channel, string after, string limit)
    {
        var from = ulong.Parse(after, CultureInfo.InvariantCulture);
        lock (_lock)
        {
            // The oldest behind the id, the latest of them first. What is read does not name its server.
            var page = (_history.GetValueOrDefault(channel) ?? [])
                .Where(message => ulong.Parse((string)message["id"]!, CultureInfo.InvariantCulture) > from)
                .Take(int.Parse(limit, CultureInfo.InvariantCulture)).Reverse().Select(message => message.DeepClone().AsObject()).ToList();
            page.ForEach(message => message.Remove("guild_id"));
            return [.. page];
        }
    }

    private JsonObject? FindMessage(string channel, string id)
    {
        lock (_lock)
        {
            return _history.GetValueOrDefault(channel)?.Find(message => (string?)message["id"] == id);
        }
    }

    private bool Take(string channel, (int Messages, TimeSpan Time) limit, IHeaderDictionary headers, out double wait)
    {
        lock (_lock)
        {
            var now = TimeProvider.System.GetUtcNow();
            if (!_buckets.TryGetValue(channel, out var bucket) || bucket.Reset <= now)
            {
                bucket = (limit.Messages, now + limit.Time);
            }

            wait = Math.Ceiling((bucket.Reset - now).TotalMilliseconds) / 1000; // told too short, a message comes too soon
            var isTaken = bucket.Left > 0;
            _buckets[channel] = bucket = (Math.Max(0, bucket.Left - 1), bucket.Reset);
            headers["X-RateLimit-Bucket"] = "emulated";
            headers["X-RateLimit-Limit"] = limit.Messages.ToString(CultureInfo.InvariantCulture);
            headers["X-RateLimit-Remaining"] = bucket.Left.ToString(CultureInfo.InvariantCulture);
            headers["X-RateLimit-Reset-After"] = wait.ToString("0.000", CultureInfo.InvariantCulture);
            return isTaken;
        }
    }

    private static bool IsChannel(string id) => id is Group or Forum || IsDirect(id);

    private static bool IsDirect(string id) => id.StartsWith("130000000000000", StringComparison.Ordinal) && id is not (Group or Forum);

    private static JsonObject RecipientOf(string chat)
        => new() { ["id"] = string.Concat("30000000000000", chat.AsSpan(15)), ["username"] = $"person{chat[15..]}", ["global_name"] = $"Person {chat[15..]}" };

    private async Task FloodAsync(HttpContext context, double seconds, bool isGlobal)
    {
        Floods++;
        context.Response.Headers.RetryAfter = Math.Ceiling(seconds).ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["X-RateLimit-Scope"] = isGlobal ? "global" : "user";
        await AnswerAsync(context, 429, new JsonObject { ["message"] = "You are being rate limited.", ["retry_after"] = seconds, ["global"] = isGlobal }.ToJsonString());
    }

    private static Task RefuseAsync(HttpContext context, int status, int code, string message)
        => AnswerAsync(context, status, new JsonObject { ["message"] = message, ["code"] = code }.ToJsonString());

    private static Task AnswerAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body, context.RequestAborted);
    }
}
