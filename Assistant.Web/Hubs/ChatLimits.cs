using System.Net;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Web.Security;
using Microsoft.Extensions.Options;

namespace Assistant.Web.Hubs;

/// <summary>What visitors and addresses may use of the hub. Safe for concurrent use.</summary>
internal sealed class ChatLimits(IOptions<ChatOptions> options, TimeProvider time)
{
    private const int MaxKeys = 50_000;
    private readonly TokenBuckets<VisitorId> _visitors = new(options.Value.VisitorBurst, options.Value.VisitorPerMinute, MaxKeys, time);
    private readonly TokenBuckets<IPAddress> _addresses = new(options.Value.AddressBurst, options.Value.AddressPerMinute, MaxKeys, time);
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _connections = [];
    private int _total;

    public int MaxTextLength => options.Value.MaxTextLength;

    public int MaxDevicesPerVisitor => options.Value.MaxDevicesPerVisitor;

    /// <summary>Counts a connection of the address in; <see langword="false"/> when there are too many.</summary>
    public bool TryConnect(IPAddress address)
    {
        lock (_gate)
        {
            var count = _connections.GetValueOrDefault(address);
            if (count >= options.Value.MaxConnectionsPerAddress || _total >= options.Value.MaxConnections)
            {
                return false;
            }

            _connections[address] = count + 1;
            _total++;
            return true;
        }
    }

    public void Disconnect(IPAddress address)
    {
        lock (_gate)
        {
            _total--;
            if (--_connections[address] == 0)
            {
                _connections.Remove(address);
            }
        }
    }

    /// <summary>Zero, or how long an arrival has to wait.</summary>
    public TimeSpan Arrive(IPAddress address) => _addresses.Take(address);

    /// <summary>Zero, or how long a message has to wait.</summary>
    public TimeSpan Send(IPAddress address, VisitorId visitor) =>
        _visitors.Take(visitor) is var wait && wait > TimeSpan.Zero ? wait : _addresses.Take(address);
}
