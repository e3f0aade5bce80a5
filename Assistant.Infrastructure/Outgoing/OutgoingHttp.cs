// The guard against requests forged through this server (SSRF). It stands where the connection is made: the name is resolved here, the
// addresses are judged here, and the socket goes to one of the very addresses that were judged. A name that answers differently the second
// time (DNS rebinding), a redirect, an odd spelling of 127.0.0.1 all end here. Rejected: judging the URL when it is saved, which sees the
// name and not where it leads when it matters; letting a proxy of the environment connect, which hides the address from us.
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Outgoing;

/// <summary>Who said where to connect to.</summary>
internal enum AddressSource
{
    /// <summary>A person with the permission to manage engines or connections, or the file of the operator.</summary>
    Configured,

    /// <summary>Anybody else: a message, a model, a tool, another server. Never leads into the private network.</summary>
    Untrusted,
}

/// <summary>The one maker of handlers for requests to addresses that are not fixed in the code. Safe for concurrent use.</summary>
internal sealed class OutgoingHttp(IOptions<OutgoingOptions> options, IHostResolver resolver, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A handler that connects only where <paramref name="source"/> may lead. It keeps no cookies, sends no trace headers, follows no redirect and
    /// uses no proxy of the environment; the caller owns it and sets pools and limits.
    /// </summary>
    /// <remarks>A refusal is an <see cref="HttpRequestException"/> whose inner exception is a <see cref="DestinationRefusedException"/>.</remarks>
    public SocketsHttpHandler NewHandler(AddressSource source) => new()
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, source, cancellationToken),
        ConnectTimeout = Patience,
        UseCookies = false,
        UseProxy = false,
    };

    /// <summary>A connection for protocols other than HTTP, judged like every other; the caller owns it.</summary>
    /// <exception cref="DestinationRefusedException">Every address of the host leads where the program may not connect to.</exception>
    /// <exception cref="SocketException">None of the addresses took it, or the name is unknown.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint target, AddressSource source, CancellationToken cancellationToken)
    {
        var addresses = await resolver.ResolveAsync(target.Host, cancellationToken);
        var allowed = Array.FindAll(addresses, address => IsAllowed(NetworkReaches.Of(address), source));
        if (allowed.Length == 0 && addresses.Length > 0)
        {
            throw new DestinationRefusedException(target.Host);
        }

        return await AddressRace.RunAsync(
            allowed, (address, stop) => ConnectAsync(new IPEndPoint(address, target.Port), stop), time, cancellationToken);
    }

    private static async Task<NetworkStream> ConnectAsync(IPEndPoint target, CancellationToken cancellationToken)
    {
        var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(target, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool IsAllowed(NetworkReach reach, AddressSource source) => reach switch
    {
        NetworkReach.Public => true,
        NetworkReach.Private => source is AddressSource.Configured && options.Value.AllowPrivate,
        _ => false,
    };
}

/// <summary>The host leads only to addresses the program may not connect to. Which ones is not said: it would map the network.</summary>
internal sealed class DestinationRefusedException(string host) : Exception($"The program may not connect to {host}.");
