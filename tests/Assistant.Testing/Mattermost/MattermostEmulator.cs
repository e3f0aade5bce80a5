using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Assistant.Testing.Mattermost;

/// <summary>
/// A Mattermost server on a real port: posts with their times, sockets that sign in and number their events, the REST API behind a token, buttons that
/// are called back. Faults are put in by the test. Safe for concurrent use.
/// </summary>
public sealed partial class MattermostEmulator : IAsyncDisposable
{
    public const string Bot = "ubot";
    public const string BotName = "assistant";
    public const string Group = "cgroup";

    private readonly WebApplication _app;
    private readonly HttpClient _http = new();
    private readonly Lock _lock = new();
    private readonly List<JsonObject> _posts = [];
    private readonly List<MattermostLine> _lines = [];
    private readonly Dictionary<string, long> _viewed = [];
    private readonly ConcurrentDictionary<string, ConcurrentQueue<MattermostFault>> _faults = new();
    private readonly ConcurrentDictionary<string, (string Name, string Type, byte[] Content)> _files = new();
    private readonly ConcurrentDictionary<string, bool> _refused = new();
    private readonly ConcurrentQueue<string> _calls = new();
    private readonly long _created = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
    private long _now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
    private int _number;

    private MattermostEmulator()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Run(HandleAsync);
    }

    public string ServerUrl => _app.Urls.First();

    public string Token { get; private set; } = "emulatedbottoken";

    /// <summary>Calls in order, as <c>POST posts</c>.</summary>
    public IReadOnlyList<string> Calls => [.. _calls];

    /// <summary>What happens just before the next call of the name is dealt with, as <see cref="Calls"/> names it; once.</summary>
    public (string Call, Action Act)? Meanwhile { get; set; }

    /// <summary>Sockets that are signed in.</summary>
    public int OpenSockets => Under(() => _lines.Count);

    public static async Task<MattermostEmulator> StartAsync()
    {
        var emulator = new MattermostEmulator();
        await emulator._app.StartAsync();
        return emulator;
    }

    public static string UserOf(int person) => $"u{person}";

    /// <summary>The direct channel of a person with the bot.</summary>
    public static string ChatOf(int person) => $"d{person}";

    /// <summary>Posts of the bot in a channel, oldest first.</summary>
    public IReadOnlyList<JsonObject> Shown(string channel)
        => Under(() => (IReadOnlyList<JsonObject>)[.. _posts.Where(post => (string?)post["channel_id"] == channel && (string?)post["user_id"] == Bot)]);

    /// <summary>Somebody posts.</summary>
    /// <returns>The post's id.</returns>
    public string Say(string channel, string user, string text, Action<JsonObject>? change = null) => Under(() =>
    {
        var post = NewPost(channel, user, text);
        change?.Invoke(post);
        _posts.Add(post);
        Tell("posted", post);
        return (string)post["id"]!;
    });

    /// <summary>Somebody changes what they posted.</summary>
    public void Edit(string id, string text) => Change(id, "post_edited", (post, now) =>
    {
        post["message"] = text;
        post["edit_at"] = now;
    });

    /// <summary>Somebody takes a post back.</summary>
    public void Delete(string id) => Change(id, "post_deleted", (post, now) => post["delete_at"] = now);

    /// <summary>Somebody reacts: the server tells of a post that is no newer in words.</summary>
    public void React(string id) => Change(id, "post_edited", (_, _) => { });

    /// <summary>Somebody, or the bot itself, reacts, or takes that back.</summary>
    public void React(string channel, string user, string post, string name, bool isTakenBack)
        => TellAll(isTakenBack ? "reaction_removed" : "reaction_added", new JsonObject
        {
            ["reaction"] = new JsonObject { ["user_id"] = user, ["post_id"] = post, ["emoji_name"] = name, ["create_at"] = isTakenBack ? 0 : 1_767_225_600_000 }.ToJsonString(),
        }, channel);

    /// <summary>A file that somebody uploaded.</summary>
    public void Keep(string id, string name, string type, byte[] content) => _files[id] = (name, type, content);

    public (string Name, byte[] Content) Kept(string id) => (_files[id].Name, _files[id].Content);

    /// <summary>Tells any other event.</summary>
    public void TellOther(string name, JsonObject data) => TellAll(name, data);

    private void TellAll(string name, JsonObject data, string channel = "") => Under(() =>
    {
        foreach (var line in _lines)
        {
            line.Send(new JsonObject { ["event"] = name, ["data"] = data.DeepClone(), ["broadcast"] = new JsonObject { ["channel_id"] = channel }, ["seq"] = line.NextSeq() });
        }

        return true;
    });

    /// <summary>The next events are numbered, but get lost on their way.</summary>
    public void LoseEvents(int count) => Under(() =>
    {
        _lines.ForEach(line => line.Losing += count);
        return true;
    });

    public void BreakSockets() => Under(() =>
    {
        _lines.ForEach(line => line.Abort());
        return true;
    });

    /// <summary>Somebody presses a button under a post, as the server calls back.</summary>
    public async Task<int> PressAsync(string user, JsonObject post, string label, Action<JsonObject>? change = null, CancellationToken cancellationToken = default)
    {
        var action = post["props"]!["attachments"]![0]!["actions"]!.AsArray().Single(action => (string?)action!["name"] == label)!;
        var call = new JsonObject
        {
            ["user_id"] = user, ["user_name"] = $"person{user[1..]}", ["channel_id"] = (string)post["channel_id"]!, ["post_id"] = (string)post["id"]!,
            ["trigger_id"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Interlocked.Increment(ref _number)}:{user}:1:signature")), ["type"] = "button",
            ["context"] = action["integration"]!["context"]!.DeepClone(),
        };
        change?.Invoke(call);
        using var content = new StringContent(call.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await _http.PostAsync(new Uri((string)action["integration"]!["url"]!), content, cancellationToken);
        return (int)answer.StatusCode;
    }

    /// <summary>The next call of this name fails so: <c>posts</c>, <c>files</c>, <c>users</c>…</summary>
    public void Fail(string call, MattermostFault fault) => _faults.GetOrAdd(call, _ => new()).Enqueue(fault);

    /// <summary>The bot may not post there.</summary>
    public void Refuse(string channel) => _refused[channel] = true;

    public void RevokeToken() => Token = "another";

    public async ValueTask DisposeAsync()
    {
        BreakSockets();
        await _app.DisposeAsync();
        _http.Dispose();
    }

    /// <summary>Time passes at the server.</summary>
    public void Pass(TimeSpan time) => Under(() => _now = Math.Max(_now, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()) + (long)time.TotalMilliseconds);

    private JsonObject NewPost(string channel, string user, string text)
    {
        var now = NextMoment();
        return new JsonObject
        {
            ["id"] = string.Create(CultureInfo.InvariantCulture, $"p{++_number}"), ["create_at"] = now, ["update_at"] = now, ["edit_at"] = 0, ["delete_at"] = 0,
            ["user_id"] = user, ["channel_id"] = channel, ["root_id"] = "", ["message"] = text, ["type"] = "", ["props"] = new JsonObject(), ["file_ids"] = new JsonArray(),
        };
    }

    private void Change(string id, string name, Action<JsonObject, long> change) => Under(() =>
    {
        var (post, now) = (_posts.Single(post => (string?)post["id"] == id), NextMoment());
        change(post, now);
        post["update_at"] = now;
        Tell(name, post);
        return true;
    });

    private void Tell(string name, JsonObject post)
    {
        var (channel, text) = ((string)post["channel_id"]!, (string)post["message"]!);
        var data = new JsonObject { ["post"] = post.ToJsonString() };
        if (name == "posted")
        {
            data["channel_type"] = TypeOf(channel);
            data["sender_name"] = $"@{(string)post["user_id"]!}";
            data["mentions"] = text.Contains($"@{BotName}", StringComparison.OrdinalIgnoreCase) || channel != Group ? $"[\"{Bot}\"]" : null;
        }

        TellAll(name, data);
    }

    // Every moment is one of its own, as on a server nobody hurries.
    private long NextMoment() => _now = Math.Max(_now + 1, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());

    private static string TypeOf(string channel) => channel == Group ? "O" : "D";

    private T Under<T>(Func<T> act)
    {
        lock (_lock)
        {
            return act();
        }
    }
}

/// <summary>One open socket of the bot.</summary>
internal sealed class MattermostLine(WebSocket socket)
{
    private readonly System.Threading.Channels.Channel<byte[]> _waiting = System.Threading.Channels.Channel.CreateUnbounded<byte[]>();
    private int _seq;

    /// <summary>Events that will be numbered and not sent.</summary>
    public int Losing { get; set; }

    public int NextSeq() => _seq++;

    public void Send(JsonObject frame)
    {
        if (frame.ContainsKey("seq") && Losing > 0)
        {
            Losing--;
            return;
        }

        _waiting.Writer.TryWrite(Encoding.UTF8.GetBytes(frame.ToJsonString()));
    }

    /// <summary>Writes what is sent, in order, until the line ends.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var frame in _waiting.Reader.ReadAllAsync(cancellationToken))
            {
                await socket.SendAsync(frame, WebSocketMessageType.Text, true, cancellationToken);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            // The bot is gone.
        }
    }

    public void Abort() => socket.Abort();
}
