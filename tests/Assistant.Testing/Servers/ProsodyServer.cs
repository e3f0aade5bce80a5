using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Assistant.Testing.Servers;

/// <summary>A real XMPP server (Prosody) with accounts, rooms, archives and a file service, and hardly a limit to what is sent. The test is skipped where it is not installed.</summary>
public sealed class ProsodyServer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly ServerProcess _process;

    private ProsodyServer(string folder, ServerProcess process, int port, int filesPort, string authority)
        => (_folder, _process, Port, FilesPort, Authority) = (folder, process, port, filesPort, authority);

    public const string Domain = "localhost";

    public const string Rooms = "rooms.localhost";

    public const string Files = "upload.localhost";

    public int Port { get; }

    /// <summary>Of the file service.</summary>
    public int FilesPort { get; }

    /// <summary>The server's self-signed certificate, as PEM.</summary>
    public string Authority { get; }

    public string Output => _process.Output;

    private const string Greeting =
        "<?xml version='1.0'?><stream:stream to='" + Domain + "' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";

    /// <param name="accounts">Names; each one's password is <c>secret-</c> and the name.</param>
    public static Task<ProsodyServer> StartAsync(params IReadOnlyList<string> accounts) => StartAsync("http", accounts);

    /// <param name="filesScheme">Of the addresses the file service names; it listens without encryption.</param>
    /// <param name="accounts">Names; each one's password is <c>secret-</c> and the name.</param>
    public static async Task<ProsodyServer> StartAsync(string filesScheme, IReadOnlyList<string> accounts)
    {
        ServerProcess.Find("prosody");
        var folder = Directory.CreateTempSubdirectory("prosody-").FullName;
        var data = Path.Combine(folder, "data", Domain, "accounts");
        Directory.CreateDirectory(data);
        foreach (var account in accounts)
        {
            await File.WriteAllTextAsync(Path.Combine(data, $"{FileNameOf(account)}.dat"), $"return {{ [\"password\"] = \"{PasswordOf(account)}\"; }};\n");
        }

        var authority = WriteCertificate(folder);
        var (port, filesPort) = (ServerProcess.FreePort(), ServerProcess.FreePort());
        var configuration = Path.Combine(folder, "prosody.cfg.lua");
        await File.WriteAllTextAsync(configuration, $$"""
            run_as_root = true
            daemonize = false
            pidfile = "{{folder}}/prosody.pid"
            data_path = "{{folder}}/data"
            certificates = "{{folder}}"
            interfaces = { "127.0.0.1" }
            c2s_ports = { {{port}} }
            s2s_ports = { }
            http_ports = { {{filesPort}} }
            http_interfaces = { "127.0.0.1" }
            http_default_host = "{{Files}}"
            https_ports = { }
            modules_enabled = { "disco", "roster", "saslauth", "tls", "ping", "smacks", "carbons", "mam", "blocklist" }
            modules_disabled = { "s2s" }
            authentication = "internal_plain"
            c2s_require_encryption = false
            c2s_stanza_size_limit = 16777216
            allow_unencrypted_plain_auth = false
            default_archive_policy = true
            log = { warn = "*console" }
            VirtualHost "{{Domain}}"
                ssl = { key = "{{folder}}/localhost.key", certificate = "{{folder}}/localhost.crt" }
            Component "{{Rooms}}" "muc"
                modules_enabled = { "muc_mam" }
                muc_log_by_default = true
            Component "{{Files}}" "http_file_share"
                http_external_url = "{{filesScheme}}://127.0.0.1:{{filesPort}}/"
                http_file_share_access = { "{{Domain}}" }
            """);
        try
        {
            return new ProsodyServer(folder, await ServerProcess.StartAsync("prosody", ["-F", "--config", configuration], port, Greeting), port, filesPort, authority);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    public static string PasswordOf(string account) => $"secret-{account}";

    // Prosody keeps every character of a name that is no letter or digit as its number.
    private static string FileNameOf(string account) => string.Concat(account.Select(c => char.IsAsciiLetterOrDigit(c) ? $"{c}" : $"%{(int)c:x2}"));

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => _process.KillAsync();

    public Task StartAgainAsync() => _process.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string WriteCertificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Domain}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Domain);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(30));
        File.WriteAllText(Path.Combine(folder, "localhost.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "localhost.key"), key.ExportPkcs8PrivateKeyPem());
        return certificate.ExportCertificatePem();
    }
}
