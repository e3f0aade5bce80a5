using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Discord;

// The line to Discord's gateway (page "Gateway" of its documentation).
//
// Invariants. (1) One loop reads a line, event after event, and an event's number is ours only after the commit: whatever ends the line, the next one
// resumes behind the last stored event. (2) The line is never ended by us with the codes 1000 and 1001, by which Discord forgets a session. (3) A session
// that Discord forgot leaves a gap, which is read from the channels before the place is stored again (DiscordPosition). A line that was up and broke is
// opened again here; one that does not come up rises to whoever supervises, so that there is one back-off and not two.

/// <summary>Receives over the gateway.</summary>
internal sealed class DiscordGateway(
    DiscordSettings settings, DiscordClient client, MessengerSockets sockets, DiscordReceiver receiver, DiscordOptions options, TimeProvider time)
{
    private const int Guilds = 1 << 0;
    private const int GuildMessages = 1 << 9;
    private const int GuildReactions = 1 << 10;
    private const int DirectMessages = 1 << 12;
    private const int DirectReactions = 1 << 13;
    private const int MessageContent = 1 << 15;

    private const WebSocketCloseStatus KeepsSession = (WebSocketCloseStatus)4000;
    private const int MaxHastyEnds = 8;
    private const int MaxHeartbeatMilliseconds = 600_000;
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Hasty = TimeSpan.FromSeconds(30);

    private readonly DiscordCatchUp _catchUp = new(client, receiver, time);
    private DiscordPosition? _position;
    private string? _saved;
    private DateTimeOffset _savedAt;

    /// <summary>Receives until cancelled.</summary>
    public async Task RunAsync(DiscordBot bot, IChannelHost host, CancellationToken cancellationToken)
    {
        // What this process remembers is never behind what is stored.
        _position ??= DiscordPosition.Read(await host.ReadCursorAsync(cancellationToken), options.MaxDirectChats);
        try
        {
            var hastyEnds = 0;
            while (true)
            {
                var started = time.GetTimestamp();
                var end = await ServeAsync(_position, bot, host, cancellationToken);
                hastyEnds = time.GetElapsedTime(started) < Hasty ? hastyEnds + 1 : 0;
                if (hastyEnds > MaxHastyEnds)
                {
                    throw BrokeOff();
                }

                if (end == LineEnd.SessionGone)
                {
                    _position.Forget();
                    await Task.Delay(options.NewSessionPause * (RandomNumberGenerator.GetInt32(200, 1001) / 1000.0), time, cancellationToken);
                }

                host.Connecting(DiscordChannel.Name);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await SaveAsync(_position, host, CancellationToken.None);
            throw;
        }
    }

    /// <summary>One line, from its greeting to its end.</summary>
    private async Task<LineEnd> ServeAsync(DiscordPosition position, DiscordBot bot, IChannelHost host, CancellationToken cancellationToken)
    {
        await using var socket = await OpenAsync(position, cancellationToken);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var heart = new DiscordHeart(socket, position, time);
        var line = new Line(socket, heart, position, bot, host);
        var interval = await AwaitGreetingAsync(socket, cancellationToken);
        var beating = BeatAsync(heart, interval, over);
        using var patience = new CancellationTokenSource(options.GreetingPatience, time);
        using var signingIn = CancellationTokenSource.CreateLinkedTokenSource(over.Token, patience.Token);
        try
        {
            await SignInAsync(socket, position, cancellationToken);
            while (await socket.ReceiveAsync(line.IsUp ? over.Token : signingIn.Token) is { } bytes)
            {
                if (DiscordEvents.ReadFrame(bytes) is { } frame && await TakeAsync(frame, line, cancellationToken) is { } end)
                {
                    return end;
                }
            }

            return EndOf(socket.ClosedWith, line.IsUp);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The gateway has not answered a beat: to wait for the end of the line would take minutes.
            return line.IsUp ? LineEnd.Broken : throw new PhrasedException(Phrase.Of("channel.no-answer", ("name", DiscordChannel.Name)));
        }
        finally
        {
            await over.CancelAsync();
            await beating;
        }
    }

    private async Task<MessengerSocket> OpenAsync(DiscordPosition position, CancellationToken cancellationToken)
    {
        var root = position.Session is not null && position.ResumeUrl is { } resume ? resume : await FindEntranceAsync(position, cancellationToken);
        if (!Uri.TryCreate(root.TrimEnd('/') + "/?v=10&encoding=json", UriKind.Absolute, out var address) || !settings.IsOwnSocket(address))
        {
            position.ResumeUrl = null;
            throw new PhrasedException(Phrase.Of("channel.forbidden-address", ("name", DiscordChannel.Name)));
        }

        try
        {
            var socket = await sockets.ConnectAsync(DiscordChannel.Name, address, cancellationToken);
            socket.Farewell = KeepsSession;
            return socket;
        }
        catch (PhrasedException)
        {
            // The next attempt takes the common entrance, which knows all sessions.
            position.ResumeUrl = null;
            throw;
        }
    }

    private async Task<string> FindEntranceAsync(DiscordPosition position, CancellationToken cancellationToken)
    {
        var outcome = await client.FindGatewayAsync(cancellationToken);
        if (outcome is not CallOutcome.Answered { IsSuccess: true, Body: var body }
            || DiscordEvents.Read(body, DiscordJson.Default.DiscordEntrance) is not { Url: { Length: > 0 } url } entrance)
        {
            throw new PhrasedException(DiscordFailure.Explain(outcome));
        }

        // Discord resets the token of a bot that begins more sessions than it may.
        return position.Session is null && entrance.SessionStartLimit?.Remaining <= 0 ? throw new PhrasedException(Phrase.Of("discord.too-many-starts")) : url;
    }

    private async Task<TimeSpan> AwaitGreetingAsync(MessengerSocket socket, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(options.GreetingPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            if (await socket.ReceiveAsync(either.Token) is { } bytes && DiscordEvents.ReadFrame(bytes) is { Op: Op.Hello, D: var hello }
                && DiscordEvents.Read(hello, DiscordJson.Default.DiscordHello) is { HeartbeatInterval: > 0 and <= MaxHeartbeatMilliseconds and var milliseconds })
            {
                return TimeSpan.FromMilliseconds(milliseconds);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It opened and says nothing.
        }

        throw new PhrasedException(Phrase.Of("channel.no-answer", ("name", DiscordChannel.Name)));
    }

    private static async Task BeatAsync(DiscordHeart heart, TimeSpan interval, CancellationTokenSource over)
    {
        await heart.RunAsync(interval, over.Token);
        await over.CancelAsync();
    }

    private Task SignInAsync(MessengerSocket socket, DiscordPosition position, CancellationToken cancellationToken) => position.Session is { } session
        ? SendAsync(socket, new DiscordResume(new DiscordResumption(settings.Token, session, position.Seq)), DiscordJson.Default.DiscordResume, cancellationToken)
        : SendAsync(
            socket,
            new DiscordIdentify(new DiscordIdentity(
                settings.Token, Guilds | GuildMessages | GuildReactions | DirectMessages | DirectReactions | (settings.ReadsAll ? MessageContent : 0),
                new DiscordProperties(RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? "windows" : "linux", "assistant", "assistant"))),
            DiscordJson.Default.DiscordIdentify, cancellationToken);

    private static Task SendAsync<T>(MessengerSocket socket, T frame, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        => socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(frame, type), cancellationToken);

    /// <summary>One frame; how the line ends, when it is the last.</summary>
    private async Task<LineEnd?> TakeAsync(DiscordFrame frame, Line line, CancellationToken cancellationToken)
    {
        switch (frame.Op)
        {
            case Op.Dispatch:
                await DispatchAsync(frame, line, cancellationToken);
                line.Position.Seq = frame.S is > 0 and var seq ? seq : line.Position.Seq;
                await SaveNowAndThenAsync(line, cancellationToken);
                return null;
            case Op.Heartbeat:
                await line.Heart.BeatAsync(cancellationToken);
                return null;
            case Op.HeartbeatAnswered:
                line.Heart.Answered();
                await SaveNowAndThenAsync(line, cancellationToken);
                return null;
            case Op.Reconnect:
                return LineEnd.Broken;
            case Op.InvalidSession:
                return frame.D.ValueKind == JsonValueKind.True ? LineEnd.Broken : LineEnd.SessionGone;
            default:
                return null;
        }
    }

    private async Task DispatchAsync(DiscordFrame frame, Line line, CancellationToken cancellationToken)
    {
        switch (frame.T)
        {
            case "READY" when DiscordEvents.Read(frame.D, DiscordJson.Default.DiscordReady) is { SessionId: { Length: > 0 } session } ready:
                await BeginAsync(session, ready, line, cancellationToken);
                break;
            case "RESUMED":
                line.IsUp = true;
                line.Host.Connected(line.Bot.Name);
                break;
            case "GUILD_CREATE" when DiscordEvents.Read(frame.D, DiscordJson.Default.DiscordGuild) is { Id: { } server, Unavailable: not true } guild:
                await EnterAsync(server, guild, line, cancellationToken);
                break;
            case "GUILD_DELETE" when DiscordEvents.Read(frame.D, DiscordJson.Default.DiscordGuild) is { Id: { } server, Unavailable: not true }:
                line.Position.Arrived(server);
                break;
            case "MESSAGE_CREATE" when DiscordEvents.Read(frame.D, DiscordJson.Default.DiscordMessage) is { } message:
                await receiver.AcceptSaidAsync(message, line.Bot, line.Gateway, cancellationToken);
                await NoteAsync(message, line, cancellationToken);
                break;
            case "MESSAGE_UPDATE" when DiscordEvents.Read(frame.D, DiscordJson.Default.DiscordMessage) is { } message:
                await receiver.AcceptEditedAsync(message, line.Bot, line.Gateway, cancellationToken);
                break;
            case "MESSAGE_DELETE" or "MESSAGE_DELETE_BULK" when DiscordEvents.Read(frame.D, DiscordJson.Default.DiscordRemoval) is { } removal:
                await receiver.AcceptRemovedAsync(removal, line.Gateway, cancellationToken);
                break;
            case "MESSAGE_REACTION_ADD" or "MESSAGE_REACTION_REMOVE" when DiscordEvents.Read(frame.D, DiscordJson.Default.DiscordReaction) is { } reaction:
                await receiver.AcceptReactedAsync(
                    reaction, frame.T == "MESSAGE_REACTION_REMOVE", $"{line.Position.Session}/{frame.S}", line.Bot, line.Gateway, cancellationToken);
                break;
            case "INTERACTION_CREATE" when DiscordEvents.Read(frame.D, DiscordJson.Default.DiscordInteraction) is { } interaction:
                await InteractAsync(interaction, line, cancellationToken);
                break;
            default:
                break;
        }
    }

    /// <summary>A new session: what was missed in direct chats is read before anything else, so that the order is kept.</summary>
    private async Task BeginAsync(string session, DiscordReady ready, Line line, CancellationToken cancellationToken)
    {
        if (line.Position.IsBehind)
        {
            var after = line.Position.ReadAfter(options.CatchUpWindow, time.GetUtcNow());
            foreach (var chat in line.Position.Direct)
            {
                await _catchUp.ReadAsync(chat, null, after, line.Bot, line.Gateway, cancellationToken);
            }
        }

        var servers = (ready.Guilds ?? []).Select(server => server?.Id).OfType<string>();
        line.Position.Begin(session, ready.ResumeGatewayUrl, servers, time.GetUtcNow());
        line.IsUp = true;
        line.Host.Connected(line.Bot.Name);
    }

    private async Task EnterAsync(string server, DiscordGuild guild, Line line, CancellationToken cancellationToken)
    {
        if (line.Position.Awaits(server))
        {
            await _catchUp.ReadAsync(guild, line.Position.ReadAfter(options.CatchUpWindow, time.GetUtcNow()), line.Bot, line.Gateway, cancellationToken);
            line.Position.Arrived(server);
        }
    }

    private async Task NoteAsync(DiscordMessage message, Line line, CancellationToken cancellationToken)
    {
        line.Position.NoteSeen(message.Id);
        if (!DiscordIds.Is(message.GuildId) && DiscordIds.Is(message.ChannelId) && line.Position.NoteDirect(message.ChannelId!))
        {
            // Nobody else could tell us of it after a crash.
            await SaveAsync(line.Position, line.Host, cancellationToken);
        }
    }

    // Stored first, told then: Discord waits three seconds for the second, and repeats nothing for the first.
    private async Task InteractAsync(DiscordInteraction interaction, Line line, CancellationToken cancellationToken)
    {
        var promise = await receiver.AcceptAsync(interaction, line.Gateway, cancellationToken);
        if (!DiscordIds.Is(interaction.Id) || interaction.Token is not { Length: > 0 } token)
        {
            return;
        }

        using var patience = new CancellationTokenSource(AnswerPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            await client.AnswerAsync(interaction.Id!, token, DiscordInteractions.AnswerTo(interaction, promise), either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nobody waits for it any more, and other events do.
        }
    }

    private async Task SaveNowAndThenAsync(Line line, CancellationToken cancellationToken)
    {
        if (_saved is null || time.GetUtcNow() - _savedAt >= options.CursorInterval)
        {
            await SaveAsync(line.Position, line.Host, cancellationToken);
        }
    }

    private async Task SaveAsync(DiscordPosition position, IChannelHost host, CancellationToken cancellationToken)
    {
        _savedAt = time.GetUtcNow();
        if (position.Write() is var cursor && cursor != _saved)
        {
            await host.SaveCursorAsync(cursor, cancellationToken);
            _saved = cursor;
        }
    }

    private static LineEnd EndOf(int? code, bool wasUp) => code switch
    {
        4004 => throw new PhrasedException(Phrase.Of("channel.sign-in-refused", ("name", DiscordChannel.Name))),
        4011 => throw new PhrasedException(Phrase.Of("discord.too-large")),
        4013 or 4014 => throw new PhrasedException(Phrase.Of("discord.intent-missing")),
        4010 or 4012 => throw new PhrasedException(Phrase.Of("channel.refuses", ("name", DiscordChannel.Name), ("says", $"{code}"))),
        1000 or 1001 or 4007 or 4009 => LineEnd.SessionGone,
        _ => wasUp ? LineEnd.Broken : throw BrokeOff(),
    };

    private static PhrasedException BrokeOff() => new(Phrase.Of("channel.broke-off", ("name", DiscordChannel.Name)));

    private enum LineEnd
    {
        /// <summary>The session goes on over the next line.</summary>
        Broken,

        /// <summary>Discord has forgotten the session.</summary>
        SessionGone,
    }

    private static class Op
    {
        public const int Dispatch = 0;
        public const int Heartbeat = 1;
        public const int Reconnect = 7;
        public const int InvalidSession = 9;
        public const int Hello = 10;
        public const int HeartbeatAnswered = 11;
    }

    /// <summary>What belongs to one line.</summary>
    private sealed record Line(MessengerSocket Socket, DiscordHeart Heart, DiscordPosition Position, DiscordBot Bot, IChannelHost Host)
    {
        /// <summary>Whether Discord has taken the sign-in.</summary>
        public bool IsUp { get; set; }

        public IMessageGateway Gateway => Host.Gateway;
    }
}
