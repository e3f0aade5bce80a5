using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Assistant.Testing.Slack;

// The Web API, the sockets and the files.
public sealed partial class SlackEmulator
{
    private async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (path == "/socket" && context.WebSockets.IsWebSocketRequest)
        {
            await ServeSocketAsync(context);
        }
        else if (path.StartsWith("/files/", StringComparison.Ordinal))
        {
            await ServeFileAsync(context, path["/files/".Length..]);
        }
        else if (path.StartsWith("/upload/", StringComparison.Ordinal))
        {
            await ServeUploadAsync(context, path["/upload/".Length..]);
        }
        else if (path.StartsWith("/api/", StringComparison.Ordinal))
        {
            await ServeMethodAsync(context, path["/api/".Length..]);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    private async Task ServeSocketAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var line = new SlackLine(socket);
        await line.SendAsync(new JsonObject { ["type"] = "hello", ["num_connections"] = OpenSockets + 1, ["connection_info"] = new JsonObject { ["app_id"] = "A100" } }, context.RequestAborted);
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

    private async Task ServeFileAsync(HttpContext context, string id)
    {
        if (TokenOf(context) != BotToken)
        {
            // Slack leads strangers to its page for signing in.
            context.Response.Redirect("/signin");
        }
        else if (!Scopes.Split(',').Contains("files:read"))
        {
            // To an app that may not read files it shows that page.
            context.Response.ContentType = "text/html; charset=utf-8";
            await context.Response.WriteAsync("<!DOCTYPE html><html><title>Slack</title></html>", context.RequestAborted);
        }
        else if (_files.TryGetValue(id, out var content))
        {
            await context.Response.Body.WriteAsync(content, context.RequestAborted);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    private async Task ServeMethodAsync(HttpContext context, string method)
    {
        if (await FailsAsync(context, method) is not (false, var fault))
        {
            return;
        }

        var body = await CarryOutAsync(context, method);
        if (fault is SlackFault.Cut)
        {
            context.Abort();
            return;
        }

        await AnswerAsync(context, body);
    }

    /// <summary>Lets the next fault of a method happen.</summary>
    /// <returns>Whether it was the answer; and the fault, of which there may be more to do.</returns>
    private async Task<(bool IsAnswered, SlackFault? Fault)> FailsAsync(HttpContext context, string method)
    {
        _calls.Enqueue(method);
        SlackFault? fault = null;
        if (_faults.TryGetValue(method, out var faults))
        {
            faults.TryDequeue(out fault);
        }

        switch (fault)
        {
            case SlackFault.Error error:
                await AnswerAsync(context, Refused(error.Name, error.Needed));
                return (true, fault);
            case SlackFault.Answer answer:
                await context.Response.WriteAsync(answer.Body, context.RequestAborted);
                return (true, fault);
            case SlackFault.Status status:
                context.Response.StatusCode = status.Code;
                context.Response.Headers.RetryAfter = status.RetryAfter;
                return (true, fault);
            case SlackFault.Hang:
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return (true, fault);
            default:
                return (false, fault);
        }
    }

    private async Task<JsonObject> CarryOutAsync(HttpContext context, string method)
    {
        if (TokenOf(context) is not { } token)
        {
            return Refused("not_authed");
        }

        if (token != (method == "apps.connections.open" ? AppToken : BotToken))
        {
            return Refused(token == AppToken || token == BotToken ? "not_allowed_token_type" : "invalid_auth");
        }

        if (token == BotToken)
        {
            context.Response.Headers["x-oauth-scopes"] = Scopes;
        }

        switch (method)
        {
            case "files.getUploadURLExternal" or "files.completeUploadExternal" when !Scopes.Split(',').Contains("files:write"):
                return Refused("missing_scope", "files:write");
            case "files.getUploadURLExternal":
                return OfferUpload(await context.Request.ReadFormAsync(context.RequestAborted));
            case "files.completeUploadExternal":
                return Share((await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!.AsObject(), context.Request.ContentType);
            case "auth.test":
                return new JsonObject { ["ok"] = true, ["url"] = "https://example.slack.test/", ["team"] = "Example", ["user"] = "assistant", ["team_id"] = Team, ["user_id"] = BotUser, ["bot_id"] = "B100" };
            case "apps.connections.open":
                return new JsonObject { ["ok"] = true, ["url"] = _app.Urls.First().Replace("http:", "ws:", StringComparison.Ordinal) + "/socket?ticket=1" };
            case "users.info":
                var user = (await context.Request.ReadFormAsync(context.RequestAborted))["user"].ToString();
                return new JsonObject
                {
                    ["ok"] = true,
                    ["user"] = new JsonObject
                    {
                        ["id"] = user, ["name"] = user.ToLowerInvariant(), ["is_bot"] = false, ["locale"] = "zh-CN",
                        ["profile"] = new JsonObject { ["display_name"] = "", ["real_name"] = $"Person {user}" },
                    },
                };
            case "chat.postMessage":
                return Post((await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!.AsObject(), context.Request.ContentType);
            default:
                return Refused("unknown_method");
        }
    }

    private JsonObject Post(JsonObject post, string? contentType)
    {
        var channel = (string?)post["channel"] ?? "";
        if (ErrorOf(post, contentType) is { } error)
        {
            return Refused(error);
        }

        if (_refused.TryGetValue(channel, out var refusal))
        {
            return Refused(refusal);
        }

        var shown = new SlackShown(channel, NextTs(), post);
        _shown.Enqueue(shown);
        return new JsonObject { ["ok"] = true, ["channel"] = channel, ["ts"] = shown.Ts, ["message"] = new JsonObject { ["text"] = shown.Text, ["ts"] = shown.Ts } };
    }

    // The limits of chat.postMessage and of Block Kit.
    private static string? ErrorOf(JsonObject post, string? contentType)
    {
        if (contentType is null || !contentType.StartsWith("application/json", StringComparison.OrdinalIgnoreCase))
        {
            return "invalid_post_type";
        }

        if ((string?)post["channel"] is not { Length: > 1 } channel || channel[0] is not ('C' or 'D' or 'G'))
        {
            return "channel_not_found";
        }

        var text = (string?)post["text"] ?? "";
        var blocks = BlocksOf(post).ToList();
        return text.Length == 0 && blocks.Count == 0 ? "no_text"
            : text.Length > 40_000 ? "msg_too_long"
            : blocks.Count > 50 || blocks.Any(IsWrong) ? "invalid_blocks"
            : null;
    }

    private static IEnumerable<JsonNode> BlocksOf(JsonObject post)
        => (post["blocks"] as JsonArray ?? []).Concat((post["attachments"] as JsonArray ?? []).SelectMany(part => part!["blocks"] as JsonArray ?? [])).Select(block => block!);

    private static bool IsWrong(JsonNode block) => (string?)block["type"] switch
    {
        "section" => (string?)block["text"]?["text"] is not { Length: > 0 and <= 3_000 },
        "actions" => block["elements"] is not JsonArray { Count: > 0 and <= 25 } elements
            || elements.Any(button => (string?)button!["text"]?["text"] is not { Length: > 0 and <= 75 } || (string?)button["value"] is not { Length: <= 2_000 })
            || elements.Select(button => (string?)button!["action_id"]).Distinct().Count() != elements.Count,
        _ => true,
    };

    private static string? TokenOf(HttpContext context)
        => context.Request.Headers.Authorization.ToString() is { Length: > 7 } header && header.StartsWith("Bearer ", StringComparison.Ordinal) ? header[7..] : null;

    private static JsonObject Refused(string error, string? needed = null)
    {
        var refused = new JsonObject { ["ok"] = false, ["error"] = error };
        if (needed is not null)
        {
            refused["needed"] = needed;
        }

        return refused;
    }

    private static Task AnswerAsync(HttpContext context, JsonObject body)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync(body.ToJsonString(new JsonSerializerOptions()), context.RequestAborted);
    }
}
