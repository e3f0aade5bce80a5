using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Irc;

/// <summary>
/// What a connection says of itself. The dialogue knows what was not to be had, and the inbox what cannot be stored: only who knows both can say that
/// neither is the matter any more. Safe for concurrent use.
/// </summary>
internal sealed class IrcHealth(IrcSettings settings, IChannelHost host)
{
    private readonly Lock _lock = new();
    private string? _nick;
    private IReadOnlyCollection<string> _missing = [];
    private bool _isHolding;
    private bool _isOver;

    /// <summary>The server has let us in, under this nick and into all channels but these.</summary>
    public void Up(string nick, IReadOnlyCollection<string> missing)
    {
        lock (_lock)
        {
            (_nick, _missing) = (nick, missing);
            Report();
        }
    }

    /// <summary>A message is held that could not be stored.</summary>
    public void Holds()
    {
        lock (_lock)
        {
            if (!_isHolding)
            {
                _isHolding = true;
                Report();
            }
        }
    }

    /// <summary>Nothing is held that could not be stored.</summary>
    public void HasStored()
    {
        lock (_lock)
        {
            if (_isHolding)
            {
                _isHolding = false;
                Report();
            }
        }
    }

    /// <summary>The line is gone: why, is said by whoever ends the session, and nothing after it.</summary>
    public void End()
    {
        lock (_lock)
        {
            _isOver = true;
        }
    }

    private void Report()
    {
        if (_isOver)
        {
            return;
        }

        if (_isHolding)
        {
            host.Report(ConnectionState.Degraded, Phrase.Of("irc.not-stored"));
        }
        else if (_nick is null)
        {
            host.Connecting(IrcSession.Name);
        }
        else if (_missing.Count > 0)
        {
            host.Report(ConnectionState.Degraded, Phrase.Of("irc.not-in", ("channels", string.Join(", ", _missing))));
        }
        else if (!IrcNames.AreSame(_nick, settings.Nick))
        {
            host.Report(ConnectionState.Degraded, Phrase.Of("irc.other-nick", ("nick", _nick), ("wanted", settings.Nick)));
        }
        else
        {
            host.Connected($"{_nick}@{settings.Address.Host}");
        }
    }
}
