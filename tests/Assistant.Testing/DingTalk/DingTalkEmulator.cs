using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Assistant.Testing.DingTalk;

/// <summary>A message the robot has shown.</summary>
/// <param name="Target">A person's id, or a group's conversation.</param>
public sealed partial record DingTalkShown(string Target, string Key, JsonObject Param)
{
    /// <summary>What people read, without bold marks and the spaces that make a line break.</summary>
    public string Seen => Key switch
    {
        "sampleText" => (string)Param["content"]!,
        "sampleMarkdown" => Break().Replace(((string)Param["text"]!).Replace("**", "", StringComparison.Ordinal), "\n"),
        _ => "",
    };

    [GeneratedRegex("  \n")]
    private static partial Regex Break();
}

/// <summary>
/// DingTalk on a real port, as documented: tokens end, refusals come with a code by name, sizes are limited; messages are told until they are acknowledged,
/// over streams or signed to an address. Faults are put in by the test. Safe for concurrent use.
/// </summary>
public sealed partial class DingTalkEmulator : IAsyncDisposable
{
    public const string Corp = "dingcorp1";
    public const string Group = "cidGroup/A+b==";
    public const string RobotUser = "$:LWCP_v1:$robot";

    private readonly WebApplication _app;
    private readonly DingTalkDeliveries _deliveries = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<DingTalkFault>> _faults = new();
    private readonly ConcurrentDictionary<string, bool> _gone = new();
    private readonly ConcurrentDictionary<string, byte[]> _files = new();
    private readonly ConcurrentDictionary<string, byte[]> _uploads = new();
    private readonly ConcurrentDictionary<string, bool> _tickets = new();
    private readonly ConcurrentQueue<DingTalkShown> _shown = new();
    private readonly ConcurrentQueue<string> _calls = new();
    private int _number;
    private int _token = 1;

    private DingTalkEmulator()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Run(HandleAsync);
    }

    public string ClientId { get; } = "dingemulated";

    public string ClientSecret { get; private set; } = "emulated-client-secret";

    /// <summary>For the channel's <c>apiBaseUrl</c>.</summary>
    public string ApiBaseUrl => _app.Urls.First();

    public IReadOnlyList<DingTalkShown> Shown => [.. _shown];

    /// <summary>Calls by name, in order.</summary>
    public IReadOnlyList<string> Calls => [.. _calls];

    /// <summary>Deliveries that were not acknowledged in time.</summary>
    public int FailedDeliveries => _deliveries.Failures;

    /// <summary>Streams the app has open.</summary>
    public int OpenStreams => _deliveries.Lines.Count;

    public static async Task<DingTalkEmulator> StartAsync()
    {
        var emulator = new DingTalkEmulator();
        await emulator._app.StartAsync();
        return emulator;
    }

    /// <summary>Messages go to an address from now on, as somebody entered it on the robot's page.</summary>
    public void PostTo(Uri address) => _deliveries.PostTo(address, ClientSecret);

    public static string UserOf(int person) => $"user{person}";

    /// <summary>The direct chat of a person with the robot, as DingTalk names it.</summary>
    public static string ConversationOf(int person) => $"cid{person}/x+==";

    /// <summary>Somebody writes to the robot in private.</summary>
    public void Say(int person, string text) => Tell(NewMessage(person, text));

    /// <summary>Somebody writes in the group and mentions the robot: the rest it does not hear.</summary>
    public void SayInGroup(int person, string text, Action<JsonObject>? change = null)
    {
        var message = NewMessage(person, $" {text}");
        message["conversationType"] = "2";
        message["conversationId"] = Group;
        message["conversationTitle"] = "项目组";
        message["isInAtList"] = true;
        message["atUsers"] = new JsonArray(new JsonObject { ["dingtalkId"] = RobotUser });
        change?.Invoke(message);
        Tell(message);
    }

    /// <summary>Somebody sends a picture in private.</summary>
    public void SendFile(int person, string code, byte[] content)
    {
        _files[code] = content;
        var message = NewMessage(person, "");
        message.Remove("text");
        message["msgtype"] = "picture";
        message["content"] = new JsonObject { ["downloadCode"] = code, ["pictureDownloadCode"] = $"p-{code}" };
        Tell(message);
    }

    /// <summary>Somebody sends a voice note; what was heard in it comes along.</summary>
    public void SendVoice(int person, string code, byte[] content)
    {
        _files[code] = content;
        var message = NewMessage(person, "");
        message.Remove("text");
        message["msgtype"] = "audio";
        message["content"] = new JsonObject { ["downloadCode"] = code, ["duration"] = 2000, ["recognition"] = "it drips" };
        Tell(message);
    }

    /// <summary>Tells the robot any message.</summary>
    public void Tell(JsonObject message) => _deliveries.Add(new DingTalkDelivery("/v1.0/im/bot/messages/get", message.ToJsonString()));

    /// <summary>Tells anything, of any kind.</summary>
    public void Tell(string type, string topic, string data) => _deliveries.Add(new DingTalkDelivery(topic, data) { Type = type });

    /// <summary>Tells what was told last once more.</summary>
    public void TellLastAgain() => _deliveries.Add(_deliveries.Last!);

    /// <summary>Sends a frame on the newest stream, and gives back what it is acknowledged with.</summary>
    public Task<JsonNode> AskAsync(string type, string topic, string data, CancellationToken cancellationToken)
        => _deliveries.Lines[^1].AskAsync(new DingTalkDelivery(topic, data) { Type = type }, cancellationToken);

    /// <summary>Tells the last message once more on every open stream, acknowledged or not.</summary>
    public async Task TellLastOnAllAsync(CancellationToken cancellationToken)
    {
        foreach (var line in _deliveries.Lines)
        {
            await line.SendAsync(_deliveries.Last!, cancellationToken);
        }
    }

    /// <summary>The oldest stream breaks.</summary>
    public void BreakOldestStream() => _deliveries.Lines[0].Abort();

    /// <summary>The next call of a method fails so. Methods: <c>token</c>, <c>open</c>, <c>send</c>, <c>download</c>, <c>upload</c>.</summary>
    public void Fail(string method, DingTalkFault fault) => _faults.GetOrAdd(method, _ => new()).Enqueue(fault);

    /// <summary>The person leaves the company.</summary>
    public void Leave(int person) => _gone[UserOf(person)] = true;

    /// <summary>The app gets another secret: what it has is taken no more.</summary>
    public void ChangeSecret()
    {
        ClientSecret = "another-secret";
        EndToken();
    }

    /// <summary>The token that was given out is taken no more; another can be had.</summary>
    public void EndToken() => Interlocked.Increment(ref _token);

    /// <summary>The headers with which DingTalk signs.</summary>
    public Dictionary<string, string> Proof(DateTimeOffset at) => DingTalkDeliveries.Proof(at, ClientSecret);

    /// <summary>The file a message shows; <see langword="null"/> for one that shows none.</summary>
    public (string Name, byte[] Content)? FileOf(DingTalkShown shown)
        => ((string?)shown.Param["mediaId"] ?? (string?)shown.Param["photoURL"]) is { } id && _uploads.TryGetValue(id, out var content)
            ? ((string?)shown.Param["fileName"] ?? "", content)
            : null;

    /// <summary>A message in which somebody writes in private.</summary>
    public JsonObject NewMessage(int person, string text) => new()
    {
        ["conversationId"] = ConversationOf(person), ["chatbotCorpId"] = Corp, ["chatbotUserId"] = RobotUser, ["msgId"] = NextId("msg"), ["senderNick"] = $"Person {person}",
        ["isAdmin"] = false, ["senderStaffId"] = UserOf(person), ["sessionWebhookExpiredTime"] = 1_767_231_000_000, ["createAt"] = 1_767_225_600_000, ["senderCorpId"] = Corp,
        ["conversationType"] = "1", ["senderId"] = $"$:LWCP_v1:${person}", ["sessionWebhook"] = "https://oapi.dingtalk.test/robot/sendBySession?session=s",
        ["robotCode"] = ClientId, ["msgtype"] = "text", ["text"] = new JsonObject { ["content"] = text },
    };

    public async ValueTask DisposeAsync()
    {
        await _deliveries.DisposeAsync();
        foreach (var line in _deliveries.Lines)
        {
            line.Abort();
        }

        await _app.DisposeAsync();
    }

    private string NextId(string kind) => string.Create(CultureInfo.InvariantCulture, $"{kind}{Interlocked.Increment(ref _number):00000}");
}
