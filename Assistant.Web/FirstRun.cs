using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Assistant.Web;

/// <summary>While nobody can sign in yet: prints the one-time set-up link once the server listens.</summary>
[ActsFor("whoever commands the machine: prints the set-up link while there is no user")]
[NotAudited("prints a link")]
internal sealed class FirstRun(SetupGate gate, IServer server, IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await WhenListeningAsync().WaitAsync(stoppingToken);
        if (await gate.FindTokenAsync(stoppingToken) is { } token)
        {
            // To the terminal, not to the log: a log may be kept and shipped, and the link makes an owner.
            await Console.Out.WriteLineAsync($"\nNobody can sign in yet. Open this link to set up Assistant (it works once):\n\n  {Address()}/setup?token={token}\n");
        }
    }

    private async Task WhenListeningAsync()
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(listening.SetResult);
        await listening.Task;
    }

    private string Address()
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost:8080";
        return address.Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal).TrimEnd('/');
    }
}
