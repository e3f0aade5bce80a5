using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Assistant.Testing.Matrix;

/// <summary>
/// A homeserver on a real port, as the Client-Server API is specified: one stream of events, syncs that wait and are limited, pages of what they left
/// out, transactions by device, sessions that end, media behind the token. Faults are put in by the test. Safe for concurrent use.
/// </summary>
public sealed partial class MatrixEmulator : IAsyncDisposable
{
    public const string Me = "@assistant:x.test";
    public const string Password = "correct horse battery";
    public const string Group = "!group:x.test";

    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly List<JsonObject> _events = [];
    private readonly Dictionary<string, HashSet<string>> _members = [];
    private readonly Dictionary<(string Device, string Transaction), string> _transactions = [];
    private readonly Dictionary<string, string> _devices = [];
    private readonly Dictionary<string, string> _marks = [];
    private readonly ConcurrentDictionary<string, ConcurrentQueue<MatrixFault>> _faults = new();
    private readonly ConcurrentDictionary<string, (string Type, byte[] Content)> _media = new();
    private readonly ConcurrentDictionary<string, string> _refused = new();
    private readonly ConcurrentDictionary<string, bool> _declined = new();
    private readonly ConcurrentQueue<string> _calls = new();
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource _changed = New();
    private int _number;

    private MatrixEmulator()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(HandleAsync);
        _devices[AccessToken] = "SETTINGS";
        foreach (var person in new[] { 5001, 5002 })
        {
            AddRoom(ChatOf(person), UserOf(person));
        }

        AddRoom(Group, UserOf(5001), UserOf(5002), UserOf(5003));
    }

    public string Homeserver => _app.Urls.First();

    /// <summary>A token that was made by hand, for connections without a password.</summary>
    public string AccessToken { get; } = "syt_emulated_token";

    /// <summary>Whether sign-ins give out what refreshes a token.</summary>
    public bool Refreshes { get; set; } = true;

    /// <summary>Calls in order, as <c>PUT send</c>.</summary>
    public IReadOnlyList<string> Calls => [.. _calls];

    public static async Task<MatrixEmulator> StartAsync()
    {
        var emulator = new MatrixEmulator();
        await emulator._app.StartAsync();
        return emulator;
    }

    public static string UserOf(int person) => $"@person{person}:x.test";

    /// <summary>The direct room of a person with the assistant.</summary>
    public static string ChatOf(int person) => $"!room{person}:x.test";

    /// <summary>Events of the assistant in a room, oldest first.</summary>
    public IReadOnlyList<JsonObject> Shown(string room) => Under(() => (IReadOnlyList<JsonObject>)
        [.. _events.Where(e => (string?)e["room_id"] == room && (string?)e["sender"] == Me && (string?)e["type"] == "m.room.message")]);

    /// <summary>Somebody says something in a room.</summary>
    /// <returns>The event's id.</returns>
    public string Say(string room, string sender, string text, Action<JsonObject>? change = null)
    {
        var content = new JsonObject { ["msgtype"] = "m.text", ["body"] = text };
        change?.Invoke(content);
        return Add(room, sender, "m.room.message", content);
    }

    /// <summary>Somebody says something to the assistant in a group, as programs do that know mentions.</summary>
    public string Mention(string room, string sender, string text) => Say(room, sender, $"assistant: {text}", content =>
    {
        content["format"] = "org.matrix.custom.html";
        content["formatted_body"] = $"<a href=\"https://matrix.to/#/{Me}\">assistant</a>: {text}";
        content["m.mentions"] = new JsonObject { ["user_ids"] = new JsonArray(Me) };
    });

    /// <summary>Somebody changes what was said.</summary>
    public string Edit(string room, string sender, string target, string text) => Say(room, sender, $"* {text}", content =>
    {
        content["m.new_content"] = new JsonObject { ["msgtype"] = "m.text", ["body"] = text };
        content["m.relates_to"] = new JsonObject { ["rel_type"] = "m.replace", ["event_id"] = target };
    });

    /// <summary>Somebody takes back an event: its content goes.</summary>
    public string Redact(string room, string sender, string target) => Under(() =>
    {
        Find(target)!["content"] = new JsonObject();
        return Add(room, sender, "m.room.redaction", new JsonObject { ["redacts"] = target }, e => e["redacts"] = target);
    });

    /// <summary>Somebody reacts to an event.</summary>
    public string React(string room, string sender, string target, string key) => Add(room, sender, "m.reaction", new JsonObject
    {
        ["m.relates_to"] = new JsonObject { ["rel_type"] = "m.annotation", ["event_id"] = target, ["key"] = key },
    });

    /// <summary>Anything happens in a room.</summary>
    public string Add(string room, string sender, string type, JsonObject content, Action<JsonObject>? change = null) => Under(() =>
    {
        var number = ++_number;
        var e = new JsonObject
        {
            ["type"] = type, ["event_id"] = string.Create(CultureInfo.InvariantCulture, $"$event{number}"), ["room_id"] = room, ["sender"] = sender,
            ["origin_server_ts"] = 1_767_225_600_000 + number, ["content"] = content, ["unsigned"] = new JsonObject { ["age"] = 1 },
        };
        change?.Invoke(e);
        _events.Add(e);
        Interlocked.Exchange(ref _changed, New()).TrySetResult();
        return (string)e["event_id"]!;
    });

    /// <summary>Somebody comes, goes or is invited.</summary>
    public string SetMembership(string room, string user, string membership, string? by = null) => Under(() =>
    {
        var before = MembershipOf(room, user);
        var members = _members.TryGetValue(room, out var known) ? known : _members[room] = [];
        _ = membership == "join" ? members.Add(user) : members.Remove(user);
        return Add(room, by ?? user, "m.room.member", new JsonObject { ["membership"] = membership, ["displayname"] = NameOf(user) }, e =>
        {
            e["state_key"] = user;
            if (before is not null)
            {
                e["unsigned"]!["prev_content"] = new JsonObject { ["membership"] = before };
            }
        });
    });

    /// <summary>Somebody begins a room and invites the assistant.</summary>
    public string Invite(string room, string by, bool isEncrypted = false)
    {
        SetMembership(room, by, "join");
        if (isEncrypted)
        {
            Encrypt(room, by);
        }

        return SetMembership(room, Me, "invite", by);
    }

    public void Encrypt(string room, string by)
        => Add(room, by, "m.room.encryption", new JsonObject { ["algorithm"] = "m.megolm.v1.aes-sha2" }, e => e["state_key"] = "");

    public string? MembershipOf(string room, string user) => Under(() => (string?)_events.LastOrDefault(e => IsMemberOf(e, room, user))?["content"]?["membership"]);

    /// <summary>Where the assistant has read to in a room, as the server keeps it.</summary>
    public string? MarkOf(string room) => Under(() => _marks.GetValueOrDefault(room));

    /// <summary>Another program of the account reads to an event.</summary>
    public void SetMark(string room, string id) => Under(() => _marks[room] = id);

    /// <summary>Waits until something is so.</summary>
    public async Task UntilAsync(Func<bool> isSo, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        end.CancelAfter(TimeSpan.FromSeconds(20));
        while (!isSo())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), end.Token);
        }
    }

    /// <summary>A file that lies at the server.</summary>
    /// <returns>Its address.</returns>
    public string Keep(byte[] content, string type)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"media{Interlocked.Increment(ref _number)}");
        _media[id] = (type, content);
        return $"mxc://x.test/{id}";
    }

    public byte[] Kept(string address) => _media[address.Split('/')[^1]].Content;

    /// <summary>The next call of this name fails so: <c>send</c>, <c>upload</c>, <c>sync</c>, <c>login</c>…</summary>
    public void Fail(string call, MatrixFault fault) => _faults.GetOrAdd(call, _ => new()).Enqueue(fault);

    /// <summary>The assistant may not write there.</summary>
    public void Refuse(string room, string code) => _refused[room] = code;

    /// <summary>All sessions end, or their tokens only.</summary>
    public void EndSessions(bool isSoft) => Under(() =>
    {
        foreach (var token in _devices.Keys.ToList())
        {
            _devices.Remove(token);
        }

        _isSoft = isSoft;
        return true;
    });

    /// <summary>The account's password is another one from now on, and all its sessions end.</summary>
    public void ChangePassword()
    {
        _password = "another";
        EndSessions(isSoft: false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _app.DisposeAsync();
        _stop.Dispose();
    }

    private void AddRoom(string room, params string[] people)
    {
        foreach (var person in people.Append(Me))
        {
            SetMembership(room, person, "join");
        }
    }

    private JsonObject? Find(string id) => _events.FirstOrDefault(e => (string?)e["event_id"] == id);

    private static bool IsMemberOf(JsonObject e, string room, string user)
        => (string?)e["room_id"] == room && (string?)e["type"] == "m.room.member" && (string?)e["state_key"] == user;

    private static string NameOf(string user) => user == Me ? "assistant" : $"Person {user[7..user.IndexOf(':', StringComparison.Ordinal)]}";

    private T Under<T>(Func<T> act)
    {
        lock (_lock)
        {
            return act();
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
