using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;

namespace Assistant.Testing.Teams;

// What is called: sign-in, keys, the connector and somebody's storage.
public sealed partial class TeamsEmulator
{
    private async Task IssueAsync(HttpContext context, string tenant)
    {
        var form = await context.Request.ReadFormAsync();
        if (IsRevoked || tenant != TenantId || form["client_id"] != AppId || form["client_secret"] != AppPassword)
        {
            await AnswerAsync(context, 401, new JsonObject { ["error"] = "invalid_client", ["error_description"] = "AADSTS7000215: Invalid client secret provided." });
            return;
        }

        if (form["grant_type"] != "client_credentials" || form["scope"] != Scope)
        {
            await AnswerAsync(context, 400, new JsonObject { ["error"] = "invalid_scope" });
            return;
        }

        var token = $"teams-token-{Interlocked.Increment(ref _tokensIssued)}";
        _tokens[token] = 0;
        await AnswerAsync(context, 200, new JsonObject { ["token_type"] = "Bearer", ["expires_in"] = 3599, ["access_token"] = token });
    }

    private IResult Publish()
    {
        Interlocked.Increment(ref _keyFetches);
        return HidesKeys ? Results.StatusCode(503) : Results.Text(Mint.Published().ToJsonString(), "application/json");
    }

    private bool IsAllowed(HttpContext context)
        => AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out var given) && given is { Scheme: "Bearer", Parameter: { } token } && _tokens.ContainsKey(token);

    private IResult FileOf(string id) => _files.TryGetValue(id, out var file) ? Results.Bytes(file) : Results.NotFound();

    private async Task PostAsync(HttpContext context, string conversation)
    {
        if (!IsAllowed(context))
        {
            await AnswerAsync(context, 401, new JsonObject { ["message"] = "Authorization has been denied for this request." });
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (body.Length > MostBytes)
        {
            await RefuseAsync(context, 413, "MessageSizeTooBig");
            return;
        }

        var activity = JsonNode.Parse(body.ToArray())!.AsObject();
        if (!conversation.Contains(':', StringComparison.Ordinal))
        {
            await RefuseAsync(context, 404, "ConversationNotFound");
        }
        else if (_refused.TryGetValue(conversation, out var code))
        {
            await RefuseAsync(context, 403, code);
        }
        else if (activity["type"]?.GetValue<string>() == "typing")
        {
            _typing.Enqueue(conversation);
            await AnswerAsync(context, 201, new JsonObject { ["id"] = "typing" });
        }
        else if (activity["type"]?.GetValue<string>() != "message" || WordsOf(activity) is not { } words)
        {
            await RefuseAsync(context, 400, "BadSyntax");
        }
        else if (IsTooFast(conversation))
        {
            context.Response.Headers.RetryAfter = "1";
            await RefuseAsync(context, 429, "TooManyRequests");
        }
        else
        {
            await ShowAsync(context, conversation, activity, words);
        }
    }

    private async Task ShowAsync(HttpContext context, string conversation, JsonObject activity, string words)
    {
        var isLost = false;
        if (_faults.TryDequeue(out var fault) && !(isLost = fault(context)))
        {
            return;
        }

        var id = $"{1_767_300_000_000 + Interlocked.Increment(ref _ids)}";
        var shown = new TeamsShown(conversation, id, activity, words);
        _shown.Enqueue(shown);
        if (TakesFiles && (string?)activity["attachments"]?[0]?["contentType"] == "application/vnd.microsoft.teams.card.file.consent")
        {
            await TakeAsync(shown);
        }

        if (isLost)
        {
            context.Abort();
            return;
        }

        await AnswerAsync(context, 201, new JsonObject { ["id"] = id });
    }

    private async Task TakeAsync(TeamsShown offered)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Callback)
        {
            Headers = { { "Authorization", Authorize() } },
            Content = new StringContent(NewDecision(offered, "accept").ToJsonString(), Encoding.UTF8, "application/json"),
        };
        using var answer = await _http.SendAsync(request);
    }

    private async Task StoreAsync(HttpContext context, string id)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        _filesBegun.Release();
        if (_holds.TryDequeue(out var hold))
        {
            await Task.Delay(hold, TimeProvider.System, context.RequestAborted);
        }

        if (context.Request.Headers.ContainsKey("Authorization") || !_places.TryRemove(id, out var place)
            || context.Request.Headers.ContentRange != $"bytes 0-{body.Length - 1}/{body.Length}")
        {
            await RefuseAsync(context, 400, "invalidRequest");
            return;
        }

        _filesShown.Enqueue((place.Conversation, place.Name, body.ToArray()));
        await AnswerAsync(context, 201, new JsonObject { ["id"] = id, ["name"] = place.Name });
    }

    private bool IsTooFast(string conversation)
    {
        var (pace, now) = (_paces.GetOrAdd(conversation, _ => new()), TimeProvider.System.GetUtcNow());
        while (pace.TryPeek(out var first) && now - first > TimeSpan.FromSeconds(1))
        {
            pace.TryDequeue(out _);
        }

        if (pace.Count >= MostASecond)
        {
            return true;
        }

        pace.Enqueue(now);
        return false;
    }

    /// <returns><see langword="null"/> for what Teams does not take.</returns>
    private static string? WordsOf(JsonObject activity)
    {
        foreach (var card in activity["attachments"]?.AsArray() ?? [])
        {
            if ((string?)card!["contentType"] == "application/vnd.microsoft.card.adaptive" && !IsCard(card["content"]!))
            {
                return null;
            }
        }

        try
        {
            var text = (string?)activity["text"] ?? "";
            return (string?)activity["textFormat"] == "xml" ? Read(XElement.Parse($"<div>{text}</div>", LoadOptions.PreserveWhitespace)) : text;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static bool IsCard(JsonNode card)
        => (string?)card["type"] == "AdaptiveCard" && card["body"]!.AsArray().All(row => (string?)row!["type"] == "ActionSet" && row["actions"]!.AsArray() is { Count: > 0 and <= 6 } actions
            && actions.All(action => (string?)action!["type"] == "Action.Submit" && !string.IsNullOrEmpty((string?)action["title"])));

    private static string Read(XElement element) => string.Concat(element.Nodes().Select(node => node switch
    {
        XText text => text.Value.Replace('\u00A0', ' '),
        XElement { Name.LocalName: "br" } => "\n",
        XElement inner => Read(inner),
        _ => "",
    }));

    private static Task RefuseAsync(HttpContext context, int status, string code)
        => AnswerAsync(context, status, new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = $"The service says {code}." } });

    private static Task AnswerAsync(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString());
    }
}
