using System.Net;

namespace Assistant.Infrastructure.Outgoing;

/// <summary>Names to addresses. Safe for concurrent use.</summary>
internal interface IHostResolver
{
    /// <summary>Every address of the host, in the order to try them; an address in text form is its own.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The name is unknown or cannot be looked up now.</exception>
    Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken);
}

/// <summary>The system's resolver.</summary>
internal sealed class SystemHostResolver : IHostResolver
{
    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken);
}
