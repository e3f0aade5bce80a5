using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Messaging.Channels.Irc;

/// <summary>The dialogue with a server after its welcome. One reader; <see cref="ReclaimAsync"/> may be called beside it.</summary>
internal sealed class IrcConversation(
    ConnectionId connection, IrcSettings settings, IrcState state, IrcSender sender, IrcInbox inbox, IrcHealth health, IrcHistory history, TimeProvider time)
{
    private const string JoinMark = "joined";
    private const string HistoryLength = "100";

    private readonly HashSet<string> _missing = new(settings.Channels.Select(channel => channel.Name), StringComparer.OrdinalIgnoreCase);
    private readonly Lock _lock = new();
    private long _lastHeard = time.GetTimestamp();
    private volatile bool _isSilent;

    /// <summary>When the server said something last, as a timestamp.</summary>
    public long LastHeard => Interlocked.Read(ref _lastHeard);

    /// <summary>Why the server ended it, if it said so.</summary>
    public Phrase? Farewell { get; private set; }

    /// <summary>Whether it was given up for its silence.</summary>
    public bool IsSilent { get => _isSilent; set => _isSilent = value; }

    /// <summary>Reads to the end of the line.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        while (await state.Wire.ReadAsync(cancellationToken) is { } text)
        {
            Interlocked.Exchange(ref _lastHeard, time.GetTimestamp());
            if (IrcMessage.Read(text) is { } line)
            {
                await HandleAsync(line, cancellationToken);
            }
        }
    }

    /// <summary>Asks again for the nick and the channels that were not to be had.</summary>
    public async Task ReclaimAsync(CancellationToken cancellationToken)
    {
        if (!IrcNames.AreSame(state.Nick, settings.Nick))
        {
            await SendAsync("NICK", [settings.Nick], cancellationToken);
        }

        if (Missing() is { Count: > 0 } missing)
        {
            await JoinAsync(missing, cancellationToken);
        }
    }

    private async Task HandleAsync(IrcMessage line, CancellationToken cancellationToken)
    {
        sender.Heard(line);
        if (history.Hears(line))
        {
            await inbox.AddPlaceAsync();
        }

        var isOurs = IrcNames.AreSame(line.Nick, state.Nick);
        switch (line.Verb.ToUpperInvariant())
        {
            case "PING":
                await SendAsync("PONG", [line[0]], cancellationToken);
                break;
            case "376" or "422":
                await JoinAsync(Missing(), cancellationToken);
                break;
            case "PONG" when line.Last == JoinMark:
                if (history.GiveUp(Missing()))
                {
                    await inbox.AddPlaceAsync();
                }

                ReportUp();
                break;
            case "JOIN" when isOurs:
                state.Source = line.Source;
                await EnteredAsync(line[0], cancellationToken);
                break;
            case "PRIVMSG" when isOurs:
                state.Source = line.Tag("batch") is null ? line.Source : state.Source;
                break;
            case "PRIVMSG":
                await SaidAsync(line);
                break;
            case "NICK" when isOurs:
                state.Nick = line[0];
                ReportUp();
                break;
            case "NICK" or "QUIT" when IrcNames.AreSame(line.Nick, settings.Nick):
                await SendAsync("NICK", [settings.Nick], cancellationToken); // whoever had ours has let it go
                break;
            case "KICK" when IrcNames.AreSame(line[1], state.Nick):
                Left(line[0]);
                break;
            case "PART" when isOurs:
                Left(line[0]);
                break;
            case "ERROR":
                Farewell = Phrase.Of("irc.closed", ("says", line.Last));
                break;
            default:
                break;
        }
    }

    private async Task SaidAsync(IrcMessage line)
    {
        // What comes out of a history without an id may have been stored already, and nobody could tell.
        var isKnowable = line.Tag("batch") is null || line.Tag("msgid") is not null;
        if (isKnowable && IrcReader.Read(line, connection, state.Nick, settings, time.GetUtcNow()) is { } message)
        {
            await inbox.AddAsync(message, history.IsRead, IrcReader.IsFull(line));
        }
    }

    private async Task JoinAsync(IReadOnlyCollection<string> channels, CancellationToken cancellationToken)
    {
        foreach (var (name, key) in settings.Channels.Where(channel => channels.Contains(channel.Name)))
        {
            await (key is null ? SendAsync("JOIN", [name], cancellationToken) : SendAsync("JOIN", [name, key], cancellationToken));
        }

        await SendAsync("PING", [JoinMark], cancellationToken);
    }

    private async Task EnteredAsync(string channel, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _missing.Remove(channel);
        }

        if (history.Since is { } since)
        {
            history.Ask(channel);
            await SendAsync("CHATHISTORY", ["AFTER", channel, $"timestamp={since}", HistoryLength], cancellationToken);
        }
    }

    private void Left(string channel)
    {
        lock (_lock)
        {
            if (settings.Channels.Any(wanted => IrcNames.AreSame(wanted.Name, channel)))
            {
                _missing.Add(channel);
            }
        }

        ReportUp();
    }

    private List<string> Missing()
    {
        lock (_lock)
        {
            return [.. _missing];
        }
    }

    private void ReportUp()
    {
        state.IsUp = true;
        health.Up(state.Nick, Missing());
    }

    private Task SendAsync(string verb, IReadOnlyList<string> parameters, CancellationToken cancellationToken)
        => state.Wire.WriteAsync(IrcMessage.Of(verb, parameters), cancellationToken);
}
