using System.Diagnostics.CodeAnalysis;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Irc;

// A server says nothing when it has taken a line, and a line of its own when it has not. So the lines of a message are followed by a PING: when
// its PONG comes, all before it has been seen to, and what was refused has been said.

/// <summary>Says messages, one after another, at the server's pace. Safe for concurrent use.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A send that outlives the session still gives its place back; without a wait handle nothing is held.")]
internal sealed class IrcSender(IrcSettings settings, IrcOptions options, TimeProvider time)
{
    private const int LineLength = 512;

    /// <summary>User and host as long as servers let them be, until we have seen our own.</summary>
    private const int UnknownSource = 80;

    // Not disposed: it holds nothing to release, and a send that outlives its session still gives its turn back.
    private readonly SemaphoreSlim _turn = new(1);
    private readonly IrcPace _pace = new(settings.Burst, settings.Interval, time);
    private volatile Said? _said;

    /// <summary>As many lines as may go out within one send, begun at rest.</summary>
    private int MaxLines => settings.Interval == TimeSpan.Zero
        ? options.MaxLines
        : (int)Math.Min(options.MaxLines, settings.Burst + (options.MaxWait / settings.Interval));

    /// <summary>Bytes for text in one line, as the server passes it on.</summary>
    public static int RoomFor(string target, string nick, string? source)
        => LineLength - 2 - Encoding.UTF8.GetByteCount($":{source ?? nick} PRIVMSG {target} :") - (source is null ? UnknownSource : 0);

    public async Task<SendOutcome> SendAsync(IrcState? state, OutboundMessage message, CancellationToken cancellationToken)
    {
        var target = message.Chat.ExternalId;
        if (!IrcNames.IsName(target))
        {
            return SessionReports.NoSuchChat(IrcSession.Name, message.Chat);
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (state is not { IsUp: true })
            {
                return new SendOutcome.RetryAfter(null, Phrase.Of("irc.not-connected"), PauseScope.Connection);
            }

            var lines = IrcText.Lines(message.Body.Markdown, RoomFor(target, state.Nick, state.Source), MaxLines);
            return _pace.WaitFor(lines.Count) > options.MaxWait && _pace.Backlog is var backlog && backlog > TimeSpan.Zero
                ? new SendOutcome.RetryAfter(backlog, Phrase.Of("irc.pace"), PauseScope.Connection)
                : await SayAsync(state, target, lines, message.Id, cancellationToken);
        }
        finally
        {
            _said = null;
            _turn.Release();
        }
    }

    /// <summary>Something the server answers to what is being said.</summary>
    public void Heard(IrcMessage line)
    {
        if (_said is not { } said)
        {
            return;
        }

        if (line.Verb.Equals("PONG", StringComparison.OrdinalIgnoreCase) && line.Last == said.Token)
        {
            said.Answer.TrySetResult(null);
        }
        else if (line.Verb is "401" or "402" or "403" or "404" or "405" or "407" or "411" or "413" or "414" or "415" or "477" or "482" or "486" or "531" or "716"
            && IrcNames.AreSame(line[1], said.Target))
        {
            said.Answer.TrySetResult(line);
        }
    }

    /// <summary>The line is gone: whatever was being said, nobody will confirm it.</summary>
    public void Lost() => _said?.Answer.TrySetException(new IOException("The line is gone."));

    private async Task<SendOutcome> SayAsync(IrcState state, string target, IReadOnlyList<string> lines, Guid id, CancellationToken cancellationToken)
    {
        var said = _said = new Said(target, $"{id:N}");
        try
        {
            foreach (var line in lines)
            {
                var wait = _pace.Take();
                if (wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait, time, cancellationToken);
                }

                await state.Wire.WriteAsync(IrcMessage.Of("PRIVMSG", target, line), cancellationToken);
            }

            await state.Wire.WriteAsync(IrcMessage.Of("PING", said.Token), cancellationToken);
            return await said.Answer.Task.WaitAsync(options.AnswerTimeout, time, cancellationToken) is { } refusal
                ? new SendOutcome.Rejected(refusal.Verb == "401"
                    ? Phrase.Of("irc.not-there", ("nick", target))
                    : Phrase.Of("channel.refuses", ("name", IrcSession.Name), ("says", refusal.Last)))
                : new SendOutcome.Delivered($"{id}");
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException or TimeoutException)
        {
            return new SendOutcome.Uncertain(Phrase.Of("irc.not-confirmed"));
        }
    }

    private sealed record Said(string Target, string Token)
    {
        public TaskCompletionSource<IrcMessage?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>What one line to the server knows. Written by its reader.</summary>
internal sealed class IrcState(IrcWire wire, string nick)
{
    private volatile string _nick = nick;
    private volatile string? _source;
    private volatile bool _isUp;

    public IrcWire Wire => wire;

    /// <summary>What the assistant is called at the moment.</summary>
    public string Nick { get => _nick; set => (_nick, _source) = (value, null); }

    /// <summary>Our own <c>nick!user@host</c>, once the server has shown it.</summary>
    public string? Source { get => _source; set => _source = value; }

    public bool IsUp { get => _isUp; set => _isUp = value; }
}
