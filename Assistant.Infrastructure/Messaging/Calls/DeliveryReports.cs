using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Messaging.Calls;

/// <summary>
/// What becomes of messages after a messenger has taken them. Some take a message first and refuse it afterwards: the connection's health then says
/// so, until another one arrives. The same for messages to us that cannot be read. Safe for concurrent use.
/// </summary>
internal sealed class DeliveryReports
{
    private readonly Lock _lock = new();
    private IChannelHost? _host;
    private Action? _reportUp;
    private bool _hasFailed;

    /// <summary>Where failures are reported, and how to say that all is well again.</summary>
    public void ReportTo(IChannelHost host, Action reportUp)
    {
        lock (_lock)
        {
            (_host, _reportUp, _hasFailed) = (host, reportUp, false);
        }
    }

    /// <summary>A message was not delivered.</summary>
    public void Failed(Phrase reason)
    {
        lock (_lock)
        {
            _hasFailed = true;
            _host?.Report(ConnectionState.Degraded, reason);
        }
    }

    /// <summary>A message was delivered.</summary>
    public void Arrived()
    {
        lock (_lock)
        {
            if (_hasFailed)
            {
                _hasFailed = false;
                _reportUp?.Invoke();
            }
        }
    }
}
