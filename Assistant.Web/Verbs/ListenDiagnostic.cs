using System.Net;
using System.Net.Sockets;
using Assistant.Domain.Diagnostics;

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
            findings.Add(await CheckAsync(BindingAddress.Parse(url), cancellationToken));
        }

        return findings;
    }

    private static async Task<Finding> CheckAsync(BindingAddress address, CancellationToken cancellationToken)
    {
        var area = $"port {address.Port}";
        if (CanBind(address.Port))
        {
            return Finding.Fine(area, "Free.");
        }

        return await IsOursAsync(address, cancellationToken)
            ? Finding.Fine(area, "The assistant is serving there.")
            : Finding.Failed(area, "Another program has it.", "Stop that program, or set ASPNETCORE_URLS to another port.");
    }

    private static bool CanBind(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<bool> IsOursAsync(BindingAddress address, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new HttpClient { Timeout = Patience };
            var answer = await client.GetStringAsync(new Uri($"{address.Scheme}://localhost:{address.Port}/health/live"), cancellationToken);
            return answer.Contains("\"status\":\"healthy\"", StringComparison.Ordinal);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
