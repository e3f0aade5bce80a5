using System.Net;
using System.Net.Sockets;
using Assistant.Domain.Diagnostics;
using Assistant.Web.Composition;

namespace Assistant.Web.Verbs;

/// <summary>Whether the assistant could listen where it is told to, or already does.</summary>
internal sealed class ListenDiagnostic(IConfiguration configuration) : IDiagnostic
{
    public const string DefaultUrl = "http://localhost:8080";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public int Order => 35;

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var urls = configuration["urls"] is { Length: > 0 } named ? named : DefaultUrl;
        var findings = new List<Finding>();
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (BindingAddress.Parse(url) is { IsUnixPipe: false, IsNamedPipe: false } address)
            {
                findings.Add(await CheckAsync(address, cancellationToken));
            }
        }

        return findings;
    }

    /// <summary>What is to be said of an address that cannot be listened on, other than that somebody has it.</summary>
    internal static Finding OfRefusal(string area, SocketError refused)
        => Finding.Failed(area, $"It cannot be listened on: {new SocketException((int)refused).Message}.", StartFault.AddressAdvice);

    private static async Task<Finding> CheckAsync(BindingAddress address, CancellationToken cancellationToken)
    {
        var area = $"port {address.Port}";
        return TryBind(address) switch
        {
            SocketError.Success => Finding.Fine(area, "Free."),
            SocketError.AddressAlreadyInUse => await IsOursAsync(address, cancellationToken)
                ? Finding.Fine(area, "The assistant is serving there.")
                : Finding.Failed(area, "Another program has it.", "Stop that program, or set ASPNETCORE_URLS to another port."),
            var refused => OfRefusal(area, refused),
        };
    }

    // As the server takes it: localhost is either address of the machine to itself, of which one may be missing, and a name is all addresses.
    private static SocketError TryBind(BindingAddress address)
    {
        if (!address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            return TryBind(IPAddress.TryParse(address.Host, out var named) ? named : IPAddress.Any, address.Port);
        }

        var first = TryBind(IPAddress.Loopback, address.Port);
        var second = TryBind(IPAddress.IPv6Loopback, address.Port);
        return first == SocketError.Success && second == SocketError.AddressAlreadyInUse ? second : first;
    }

    private static SocketError TryBind(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
            return SocketError.Success;
        }
        catch (SocketException refused)
        {
            return refused.SocketErrorCode;
        }
    }

    private static async Task<bool> IsOursAsync(BindingAddress address, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new HttpClient { Timeout = Patience };
            var host = IPAddress.TryParse(address.Host, out var named) && !named.Equals(IPAddress.Any) && !named.Equals(IPAddress.IPv6Any) ? address.Host : "localhost";
            var answer = await client.GetStringAsync(new Uri($"{address.Scheme}://{host}:{address.Port}/health/live"), cancellationToken);
            return answer.Contains("\"status\":\"healthy\"", StringComparison.Ordinal);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
