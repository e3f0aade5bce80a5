using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Assistant.Testing.Servers;

/// <summary>
/// A real server as a child process, with a folder and a port of its own. It can be killed and started again over the same folder. The test is
/// skipped when the program is not installed; <c>tests/provision-servers.sh</c> installs it.
/// </summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private static readonly string[] Places = ["/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/usr/bin", "/sbin", "/bin"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string _program;
    private readonly IReadOnlyList<string> _arguments;
    private readonly int _port;
    private readonly string? _greeting;
    private readonly ConcurrentQueue<string> _output = new();
    private Process? _process;

    private ServerProcess(string program, IReadOnlyList<string> arguments, int port, string? greeting)
        => (_program, _arguments, _port, _greeting) = (program, arguments, port, greeting);

    /// <summary>What it printed.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Where a program is. The test is skipped when it is nowhere.</summary>
    public static string Find(string program)
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(Places)
            .Select(place => Path.Combine(place, program)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(found is null, $"The server {program} is not installed: tests/provision-servers.sh does it.");
        return found;
    }

    /// <summary>A port of this machine nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts it and waits until somebody answers on the port.</summary>
    /// <param name="arguments">It is to stay in the foreground.</param>
    /// <param name="greeting">What it answers when it is ready, where an open port does not say that yet.</param>
    public static async Task<ServerProcess> StartAsync(string program, IReadOnlyList<string> arguments, int port, string? greeting = null)
    {
        var server = new ServerProcess(Find(program), arguments, port, greeting);
        await server.StartAsync();
        return server;
    }

    /// <summary>Starts it again after <see cref="KillAsync"/>.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo(_program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in _arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;
        var began = Stopwatch.StartNew();
        while (!await AnswersAsync())
        {
            if (process.HasExited || began.Elapsed > Patience)
            {
                throw new InvalidOperationException($"{_program} does not answer on port {_port}.\n{Output}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None);
        }
    }

    /// <summary>SIGKILL, to it and what it started: it has no time to say goodbye.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
        }
    }

    /// <summary>SIGHUP: most servers read their files again.</summary>
    public async Task ReloadAsync()
    {
        using var kill = Process.Start(Find("kill"), ["-HUP", _process!.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync() => await KillAsync();

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
        }
    }

    // A port may be open before, or without, the one who is to answer on it.
    private async Task<bool> AnswersAsync()
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, _port);
            if (_greeting is null)
            {
                return true;
            }

            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await socket.GetStream().WriteAsync(Encoding.UTF8.GetBytes(_greeting), patience.Token);
            return await socket.GetStream().ReadAsync(new byte[1], patience.Token) > 0;
        }
        catch (Exception fault) when (fault is SocketException or IOException or OperationCanceledException)
        {
            return false;
        }
    }
}
