using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Assistant.Testing.Discord;

/// <summary>
/// The gateway: greets, takes identify and resume, numbers events, keeps those a session has not had, repeats them when it is resumed, answers beats and
/// hangs up on who does not beat. A session whose line the bot closed with 1000 or 1001 is forgotten, as at Discord. Safe for concurrent use.
/// </summary>
internal sealed class DiscordGatewayServer(DiscordEmulator discord)
{
    private const int LongestFrame = 4_096;
    private const int KnownIntents = (1 << 0) | (1 << 9) | (1 << 10) | (1 << 12) | (1 << 13) | (1 << 15);
    private const int MessageContent = 1 << 15;

    private readonly Lock _lock = new();
    private readonly List<DiscordSession> _sessions = [];
    private readonly List<DiscordLine> _lines = [];
    private int _number;

    public int Identifies { get; private set; }

    public int Resumes { get; private set; }

    /// <summary>Numbers the bot's beats named, in order.</summary>
    public List<long?> Beats { get; } = [];

    /// <summary>Lines that were closed because the bot did not beat.</summary>
    public int MissedBeats { get; private set; }

    public bool IsMute { get; set; }

    public IReadOnlyList<DiscordLine> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Tells an event to every session, now or when it is resumed.</summary>
    /// <param name="shape">The event as a session with these intents gets it.</param>
    public void Dispatch(string type, Func<bool, JsonObject> shape)
    {
        lock (_lock)
        {
            foreach (var session in _sessions)
            {
                session.Tell(type, shape((session.Intents & MessageContent) != 0));
            }
        }
    }

    public void RepeatLast()
    {
        lock (_lock)
        {
            foreach (var session in _sessions)
            {
                session.TellAgain();
            }
        }
    }

    /// <summary>Discord knows none of its sessions any more.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _sessions.Clear();
        }
    }

    public async Task ServeAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        var line = new DiscordLine(socket);
        lock (_lock)
        {
            _lines.Add(line);
        }

        line.Send(new JsonObject { ["op"] = 10, ["d"] = new JsonObject { ["heartbeat_interval"] = (int)discord.HeartbeatInterval.TotalMilliseconds } });
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = WatchAsync(line, over.Token);
        try
        {
            await ReadAsync(line, cancellationToken);
        }
        finally
        {
            End(line);
            await over.CancelAsync();
            await watching;
        }
    }

    private async Task WatchAsync(DiscordLine line, CancellationToken cancellationToken)
    {
        try
        {
            do
            {
                line.HasBeat = false;
                await Task.Delay(discord.HeartbeatInterval * 3, cancellationToken);
            }
            while (line.HasBeat);

            MissedBeats++;
            line.Close(4000);
        }
        catch (OperationCanceledException)
        {
            // The line is over.
        }
    }

    private async Task ReadAsync(DiscordLine line, CancellationToken cancellationToken)
    {
        var buffer = new byte[2 * LongestFrame];
        try
        {
            while (true)
            {
                var frame = await line.Socket.ReceiveAsync(buffer, cancellationToken);
                if (frame.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                if (frame.Count > LongestFrame || JsonNode.Parse(buffer.AsSpan(0, frame.Count)) is not JsonObject said)
                {
                    line.Close(4002);
                    continue;
                }

                Take(line, said);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The bot is gone without a word: its session is kept.
        }
    }

    private void Take(DiscordLine line, JsonObject said)
    {
        switch ((int)said["op"]!)
        {
            case 1:
                line.HasBeat = true;
                Beats.Add((long?)said["d"]);
                if (!IsMute)
                {
                    line.Send(new JsonObject { ["op"] = 11 });
                }

                break;
            case 2 when line.Session is null:
                Identify(line, said["d"]!);
                break;
            case 6 when line.Session is null:
                Resume(line, said["d"]!);
                break;
            case 2 or 6:
                line.Close(4005);
                break;
            default:
                line.Close(line.Session is null ? 4003 : 4001);
                break;
        }
    }

    private void Identify(DiscordLine line, JsonNode identity)
    {
        var intents = (int)identity["intents"]!;
        if ((string?)identity["token"] != discord.Token)
        {
            line.Close(4004);
        }
        else if ((intents & ~KnownIntents) != 0 || identity["properties"] is not JsonObject)
        {
            line.Close(4013);
        }
        else if ((intents & MessageContent) != 0 && !discord.AllowsMessageContent)
        {
            line.Close(4014);
        }
        else
        {
            Begin(line, intents);
        }
    }

    private void Begin(DiscordLine line, int intents)
    {
        lock (_lock)
        {
            Identifies++;
            var session = new DiscordSession($"session-{++_number}", intents);
            _sessions.Add(session);
            session.Attach(line);
            session.Tell("READY", new JsonObject
            {
                ["v"] = 10, ["user"] = DiscordEmulator.Self(), ["session_id"] = session.Id, ["resume_gateway_url"] = discord.ResumeAddress,
                ["guilds"] = new JsonArray(new JsonObject { ["id"] = DiscordEmulator.Guild, ["unavailable"] = true }),
                ["application"] = new JsonObject { ["id"] = DiscordEmulator.Application, ["flags"] = 0 },
            });
            session.Tell("GUILD_CREATE", discord.NewGuild());
        }
    }

    private void Resume(DiscordLine line, JsonNode resumption)
    {
        lock (_lock)
        {
            Resumes++;
            var session = _sessions.Find(one => one.Id == (string?)resumption["session_id"]);
            if ((string?)resumption["token"] != discord.Token)
            {
                line.Close(4004);
            }
            else if (session is null || !session.Resume(line, (long)resumption["seq"]!))
            {
                line.Send(new JsonObject { ["op"] = 9, ["d"] = false });
            }
        }
    }

    private void End(DiscordLine line)
    {
        lock (_lock)
        {
            _lines.Remove(line);
            line.Session?.Detach(line);
            if (line.Socket.CloseStatus is WebSocketCloseStatus.NormalClosure or WebSocketCloseStatus.EndpointUnavailable && line.Session is { } ended)
            {
                _sessions.Remove(ended);
            }
        }

        line.Abort();
    }
}

/// <summary>One session of the bot, and all it was told.</summary>
internal sealed class DiscordSession(string id, int intents)
{
    private readonly List<JsonObject> _told = [];
    private DiscordLine? _line;

    public string Id => id;

    public int Intents => intents;

    public void Attach(DiscordLine line) => (_line, line.Session) = (line, this);

    public void Detach(DiscordLine line) => _line = _line == line ? null : _line;

    public void Tell(string type, JsonObject data)
    {
        var frame = new JsonObject { ["op"] = 0, ["t"] = type, ["s"] = _told.Count + 1, ["d"] = data };
        _told.Add(frame);
        _line?.Send(frame);
    }

    public void TellAgain() => Tell((string)_told[^1]["t"]!, _told[^1]["d"]!.DeepClone().AsObject());

    public bool Resume(DiscordLine line, long seq)
    {
        if (seq > _told.Count)
        {
            return false;
        }

        Attach(line);
        foreach (var frame in _told.Skip((int)seq))
        {
            line.Send(frame);
        }

        Tell("RESUMED", []);
        return true;
    }
}

/// <summary>One open socket. What is sent goes in order.</summary>
internal sealed class DiscordLine
{
    private readonly System.Threading.Channels.Channel<(byte[]? Frame, int? Code)> _waiting = System.Threading.Channels.Channel.CreateUnbounded<(byte[]?, int?)>();

    public DiscordLine(WebSocket socket)
    {
        Socket = socket;
        _ = PumpAsync();
    }

    public WebSocket Socket { get; }

    public DiscordSession? Session { get; set; }

    public bool HasBeat { get; set; }

    public void Send(JsonObject frame) => _waiting.Writer.TryWrite((Encoding.UTF8.GetBytes(frame.ToJsonString()), null));

    public void Send(byte[] frame) => _waiting.Writer.TryWrite((frame, null));

    public void Close(int code) => _waiting.Writer.TryWrite((null, code));

    public void Abort()
    {
        _waiting.Writer.TryComplete();
        Socket.Abort();
    }

    private async Task PumpAsync()
    {
        try
        {
            await foreach (var (frame, code) in _waiting.Reader.ReadAllAsync())
            {
                await (frame is not null
                    ? Socket.SendAsync(frame, WebSocketMessageType.Text, true, CancellationToken.None)
                    : Socket.CloseOutputAsync((WebSocketCloseStatus)code!.Value, "", CancellationToken.None));
            }
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // The bot is gone.
        }
    }
}
