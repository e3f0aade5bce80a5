using System.Globalization;

namespace Assistant.Testing.Servers;

/// <summary>An ngIRCd with a password and without penalties. It keeps nothing: what is said while somebody is away is lost to them.</summary>
public sealed class NgircdServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ngircd-").FullName;
    private ServerProcess? _server;

    private NgircdServer() { }

    public int Port { get; } = ServerProcess.FreePort();

    /// <summary>Starts one; the test is skipped where ngircd is not installed.</summary>
    public static async Task<NgircdServer> StartAsync(string password)
    {
        ServerProcess.Find("ngircd");
        var server = new NgircdServer();
        await server.WriteAsync(password);
        server._server = await ServerProcess.StartAsync("ngircd", ["-n", "-f", Path.Combine(server._folder, "ngircd.conf")], server.Port);
        return server;
    }

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => _server!.KillAsync();

    /// <summary>Starts it again, perhaps with another password.</summary>
    public async Task StartAgainAsync(string password)
    {
        await WriteAsync(password);
        await _server!.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private Task WriteAsync(string password) => File.WriteAllTextAsync(Path.Combine(_folder, "ngircd.conf"), string.Create(CultureInfo.InvariantCulture, $"""
        [Global]
        Name = irc.test.local
        Info = A server for tests
        Listen = 127.0.0.1
        Ports = {Port}
        Password = {password}
        [Limits]
        MaxConnectionsIP = 0
        MaxNickLength = 30
        MaxPenaltyTime = 0
        [Options]
        DNS = no
        Ident = no
        PAM = no
        PredefChannelsOnly = no
        """));
}
