using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Assistant.Testing.Matrix;

// The Client-Server API.
public sealed partial class MatrixEmulator
{
    private const int LargestEvent = 65_536;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private bool _isSoft;
    private string _password = Password;
    private string _refresh = "";

    private async Task HandleAsync(HttpContext context)
    {
        var parts = (context.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToArray();
        var (call, room) = parts switch
        {
            ["_matrix", "client", "v3", "rooms", var id, var what, ..] => (what, id),
            ["_matrix", "client", "v3", "account", "whoami"] => ("whoami", ""),
            ["_matrix", "client", "v3", var what] => (what, ""),
            ["_matrix", "media", "v3", "upload"] => ("upload", ""),
            ["_matrix", "client", "v1", "media", "download", _, _] => ("download", ""),
            _ => ("", ""),
        };
        _calls.Enqueue($"{context.Request.Method} {call}");
        MatrixFault? fault = null;
        if (_faults.TryGetValue(call, out var faults))
        {
            faults.TryDequeue(out fault);
        }

        switch (fault)
        {
            case MatrixFault.Refusal refusal:
                context.Response.Headers.RetryAfter = refusal.RetryAfterHeader;
                await AnswerAsync(context, (refusal.Status, Refused(refusal.Code, refusal.RetryAfterMilliseconds)));
                return;
            case MatrixFault.Answer answer:
                context.Response.StatusCode = answer.Status;
                await context.Response.WriteAsync(answer.Body, context.RequestAborted);
                return;
            case MatrixFault.Flood flood:
                await context.Response.Body.WriteAsync(new byte[flood.Bytes], context.RequestAborted);
                return;
            default:
                break;
        }

        var done = await CarryOutAsync(context, call, room, parts);
        if (fault is MatrixFault.Cut)
        {
            context.Abort();
        }
        else if (done is { } body)
        {
            await AnswerAsync(context, body);
        }
    }

    private async Task<(int, JsonObject)?> CarryOutAsync(HttpContext context, string call, string room, string[] parts)
    {
        var body = context.Request.ContentType == "application/json" && context.Request.Method != "GET"
            ? await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted) as JsonObject ?? []
            : [];
        if (call is "login" or "refresh")
        {
            return Under(() => call == "login" ? SignIn(body) : Refresh(body));
        }

        if (DeviceOf(context) is not { } device)
        {
            return (401, new JsonObject { ["errcode"] = "M_UNKNOWN_TOKEN", ["error"] = "Unrecognised access token", ["soft_logout"] = _isSoft });
        }

        if (room.Length > 0 && call is not "join" and not "leave" && Under(() => MembershipOf(room, Me)) != "join")
        {
            return (403, Refused("M_FORBIDDEN"));
        }

        switch (call)
        {
            case "sync":
                return await SyncAsync(context);
            case "upload":
                return await UploadAsync(context);
            case "download":
                return await DownloadAsync(context, parts[^1]);
            default:
                return Under(() => CarryOut(context, call, room, parts, device, body));
        }
    }

    private (int, JsonObject) CarryOut(HttpContext context, string call, string room, string[] parts, string device, JsonObject body)
    {
        switch (call)
        {
            case "whoami":
                return (200, new JsonObject { ["user_id"] = Me, ["device_id"] = device });
            case "logout":
                _devices.Remove(TokenOf(context)!);
                return (200, []);
            case "send":
                return Send(room, parts[^1], device, body);
            case "messages":
                return (200, PageOf(context, room));
            case "event":
                return Find(parts[^1]) is { } e && (string?)e["room_id"] == room ? (200, e.DeepClone().AsObject()) : (404, Refused("M_NOT_FOUND"));
            case "joined_members":
                return (200, new JsonObject
                {
                    ["joined"] = new JsonObject(_members[room].Select(user => KeyValuePair.Create<string, JsonNode?>(user, new JsonObject { ["display_name"] = NameOf(user) }))),
                });
            case "state":
                return _events.LastOrDefault(e => (string?)e["room_id"] == room && (string?)e["type"] == parts[6] && e.ContainsKey("state_key")) is { } state
                    ? (200, state["content"]!.DeepClone().AsObject())
                    : (404, Refused("M_NOT_FOUND"));
            case "read_markers":
                _marks[room] = (string)body["m.fully_read"]!;
                return (200, []);
            case "typing":
                return parts[^1] == Me ? (200, []) : (403, Refused("M_FORBIDDEN"));
            case "join":
                return MembershipOf(room, Me) is "invite" ? Entered(room) : (403, Refused("M_FORBIDDEN"));
            case "leave":
                SetMembership(room, Me, "leave");
                _declined[room] = body["reason"] is not null;
                return (200, []);
            default:
                return (404, Refused("M_UNRECOGNIZED"));
        }
    }

    /// <summary>Whether the assistant left a room and said why.</summary>
    public bool? Declined(string room) => _declined.TryGetValue(room, out var hasReason) ? hasReason : null;

    private (int, JsonObject) Entered(string room)
    {
        SetMembership(room, Me, "join");
        return (200, new JsonObject { ["room_id"] = room });
    }

    // Sent again by the same device under the same number it is the same event.
    private (int, JsonObject) Send(string room, string transaction, string device, JsonObject content)
    {
        if (_transactions.TryGetValue((device, transaction), out var known))
        {
            return (200, new JsonObject { ["event_id"] = known });
        }

        if (_refused.TryGetValue(room, out var code))
        {
            return (403, Refused(code));
        }

        if (Measure(content) + 2_000 > LargestEvent)
        {
            return (413, Refused("M_TOO_LARGE"));
        }

        if ((string?)content["body"] is not { Length: > 0 } || (string?)content["msgtype"] is not { Length: > 0 })
        {
            return (400, Refused("M_BAD_JSON"));
        }

        var id = Add(room, Me, "m.room.message", content.DeepClone().AsObject(), e => e["unsigned"]!["transaction_id"] = transaction);
        _transactions[(device, transaction)] = id;
        return (200, new JsonObject { ["event_id"] = id });
    }

    private (int, JsonObject) SignIn(JsonObject body)
    {
        if ((string?)body["identifier"]?["user"] is not (Me or "assistant") || (string?)body["password"] != _password)
        {
            return (403, Refused("M_FORBIDDEN"));
        }

        // A device that signs in again has one token: the earlier ones end.
        var device = (string?)body["device_id"] ?? $"DEVICE{++_number}";
        foreach (var token in _devices.Where(pair => pair.Value == device).Select(pair => pair.Key).ToList())
        {
            _devices.Remove(token);
        }

        return (200, NewToken(device, (bool?)body["refresh_token"] == true && Refreshes));
    }

    private (int, JsonObject) Refresh(JsonObject body)
        => (string?)body["refresh_token"] is { Length: > 0 } refresh && refresh == _refresh && _isSoft
            ? (200, NewToken(refresh.Split('/')[1], true))
            : (401, Refused("M_UNKNOWN_TOKEN"));

    private JsonObject NewToken(string device, bool refreshes)
    {
        var token = string.Create(CultureInfo.InvariantCulture, $"syt_{++_number}");
        _devices[token] = device;
        var answer = new JsonObject { ["user_id"] = Me, ["access_token"] = token, ["device_id"] = device };
        if (refreshes)
        {
            (_refresh, _isSoft) = ($"refresh{++_number}/{device}", true);
            (answer["refresh_token"], answer["expires_in_ms"]) = (_refresh, 3_600_000);
        }

        return answer;
    }

    private async Task<(int, JsonObject)> SyncAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var since = 0;
        if (query.TryGetValue("since", out var given) && !(given.ToString() is ['s', .. var digits] && int.TryParse(digits, CultureInfo.InvariantCulture, out since)))
        {
            return (400, Refused("M_INVALID_PARAM"));
        }

        var filter = JsonNode.Parse(query["filter"].ToString())!.AsObject();
        var wait = TimeSpan.FromMilliseconds(double.Parse(query["timeout"].ToString(), CultureInfo.InvariantCulture));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stop.Token);
        patience.CancelAfter(wait < LongestWait ? wait : LongestWait);
        while (true)
        {
            var changed = Volatile.Read(ref _changed).Task;
            var (answer, isNews) = Under(() => SyncOf(since, given.Count == 0, filter));
            if (isNews || patience.IsCancellationRequested || wait == TimeSpan.Zero || given.Count == 0)
            {
                return (200, answer);
            }

            await changed.WaitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private (JsonObject Answer, bool IsNews) SyncOf(int since, bool isFirst, JsonObject filter)
    {
        var (join, invite, leave) = (new JsonObject(), new JsonObject(), new JsonObject());
        var limit = (int)filter["room"]!["timeline"]!["limit"]!;
        foreach (var room in _events.Select(e => (string)e["room_id"]!).Distinct())
        {
            var all = IndexesOf(room, filter["room"]!["timeline"]!.AsObject());
            var mine = _events.FindLastIndex(e => IsMemberOf(e, room, Me));
            switch (mine < 0 ? null : (string?)_events[mine]["content"]!["membership"])
            {
                // Of a room that we came into meanwhile the server tells as of a new one, history included.
                case "join":
                    var isNew = isFirst || mine >= since;
                    List<int> fresh = [.. all.Where(i => isNew || i >= since)];
                    List<int> told = [.. fresh.TakeLast(limit)];
                    if (fresh.Count > 0)
                    {
                        join[room] = RoomOf(room, told, fresh.Count > told.Count || (isNew && !isFirst), isFirst);
                    }

                    break;
                case "invite" when mine >= since:
                    invite[room] = new JsonObject
                    {
                        ["invite_state"] = new JsonObject
                        {
                            ["events"] = new JsonArray([
                                .. _events.Where((e, i) => (string?)e["room_id"] == room && (i == mine || (string?)e["type"] == "m.room.encryption"))
                                    .Select(e => e.DeepClone()),
                            ]),
                        },
                    };
                    break;
                case "leave" when mine >= since && !isFirst:
                    leave[room] = new JsonObject();
                    break;
                default:
                    break;
            }
        }

        var answer = new JsonObject
        {
            ["next_batch"] = $"s{_events.Count.ToString(CultureInfo.InvariantCulture)}",
            ["rooms"] = new JsonObject { ["join"] = join, ["invite"] = invite, ["leave"] = leave },
        };
        return (answer, join.Count + invite.Count + leave.Count > 0);
    }

    private JsonObject RoomOf(string room, List<int> told, bool isLimited, bool isFirst)
    {
        var answer = new JsonObject
        {
            ["timeline"] = new JsonObject
            {
                ["events"] = new JsonArray([.. told.Select(i => _events[i].DeepClone())]), ["limited"] = isLimited,
                ["prev_batch"] = $"p{told[0].ToString(CultureInfo.InvariantCulture)}",
            },
            ["state"] = new JsonObject { ["events"] = new JsonArray() },
        };
        if (isFirst && _marks.TryGetValue(room, out var mark))
        {
            answer["account_data"] = new JsonObject
            {
                ["events"] = new JsonArray(new JsonObject { ["type"] = "m.fully_read", ["content"] = new JsonObject { ["event_id"] = mark } }),
            };
        }

        return answer;
    }

    // Newest first, from a place back to another.
    private JsonObject PageOf(HttpContext context, string room)
    {
        var query = context.Request.Query;
        var from = int.Parse(query["from"].ToString()[1..], CultureInfo.InvariantCulture);
        var to = query.TryGetValue("to", out var given) ? int.Parse(given.ToString()[1..], CultureInfo.InvariantCulture) : 0;
        var limit = int.Parse(query["limit"].ToString(), CultureInfo.InvariantCulture);
        List<int> page = [.. IndexesOf(room, JsonNode.Parse(query["filter"].ToString())!.AsObject()).Where(i => i < from && i >= to).Reverse().Take(limit)];
        var answer = new JsonObject { ["start"] = query["from"].ToString(), ["chunk"] = new JsonArray([.. page.Select(i => _events[i].DeepClone())]) };
        if (page.Count == limit)
        {
            answer["end"] = $"p{page[^1].ToString(CultureInfo.InvariantCulture)}";
        }

        return answer;
    }

    private IEnumerable<int> IndexesOf(string room, JsonObject filter)
    {
        var types = filter["types"]!.AsArray().Select(type => (string)type!).ToHashSet();
        return Enumerable.Range(0, _events.Count).Where(i => (string?)_events[i]["room_id"] == room
            && (types.Contains((string)_events[i]["type"]!) || ((string)_events[i]["type"]!).StartsWith("test.unfiltered", StringComparison.Ordinal)));
    }

    private async Task<(int, JsonObject)?> UploadAsync(HttpContext context)
    {
        var content = new MemoryStream();
        await context.Request.Body.CopyToAsync(content, context.RequestAborted);
        return content.Length > 50_000_000
            ? (413, Refused("M_TOO_LARGE"))
            : (200, new JsonObject { ["content_uri"] = Keep(content.ToArray(), context.Request.ContentType ?? "") });
    }

    private async Task<(int, JsonObject)?> DownloadAsync(HttpContext context, string id)
    {
        if (!_media.TryGetValue(id, out var file))
        {
            return (404, Refused("M_NOT_FOUND"));
        }

        context.Response.ContentType = file.Type;
        await context.Response.Body.WriteAsync(file.Content, context.RequestAborted);
        return null;
    }

    private string? DeviceOf(HttpContext context) => TokenOf(context) is { } token ? Under(() => _devices.GetValueOrDefault(token)) : null;

    private static string? TokenOf(HttpContext context)
        => context.Request.Headers.Authorization.ToString() is { Length: > 7 } header && header.StartsWith("Bearer ", StringComparison.Ordinal) ? header[7..] : null;

    private static JsonObject Refused(string code, int? retryAfter = null)
    {
        var refused = new JsonObject { ["errcode"] = code, ["error"] = "In the server's words" };
        if (retryAfter is not null)
        {
            refused["retry_after_ms"] = retryAfter;
        }

        return refused;
    }

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static Task AnswerAsync(HttpContext context, (int Status, JsonObject Body) answer)
    {
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(answer.Body.ToJsonString(Relaxed), context.RequestAborted);
    }
}
