using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Assistant.Testing.Servers;

/// <summary>
/// A mosquitto with users and access rules as the channel's README has them: a user writes to its own topic and nowhere else. What it has
/// confirmed it has written down, so a killed one loses nothing.
/// </summary>
public sealed class MosquittoBroker : IAsyncDisposable
{
    /// <summary>The user of the assistant, and its password.</summary>
    public const string Assistant = "assistant";

    /// <summary>A user who may read and write everything.</summary>
    public const string Observer = "observer";

    private readonly string _folder;
    private readonly Dictionary<string, string> _passwords;
    private readonly HashSet<string> _deaf = [];
    private readonly string _root;
    private ServerProcess? _server;

    private MosquittoBroker(string root, IEnumerable<string> users)
    {
        _root = root;
        _folder = Directory.CreateTempSubdirectory("mosquitto-").FullName;
        _passwords = users.Append(Observer).Append(Assistant).ToDictionary(user => user, PasswordOf);
    }

    public int Port { get; } = ServerProcess.FreePort();

    /// <summary>Starts one; the test is skipped where mosquitto is not installed.</summary>
    /// <param name="root">What the topics begin with.</param>
    /// <param name="users">Those who may speak to the assistant.</param>
    /// <param name="certificate">Certificate and key as PEM, for TLS.</param>
    public static async Task<MosquittoBroker> StartAsync(string root, IEnumerable<string> users, (string Certificate, string Key)? certificate = null)
    {
        ServerProcess.Find("mosquitto");
        var broker = new MosquittoBroker(root, users);
        await broker.WriteAsync(certificate);
        broker._server = await ServerProcess.StartAsync("mosquitto", ["-c", Path.Combine(broker._folder, "mosquitto.conf")], broker.Port);
        return broker;
    }

    /// <summary>The password of a user.</summary>
    public static string PasswordOf(string user) => $"the-password-of-{user}";

    /// <summary>The assistant may no longer write to a user's topic.</summary>
    public async Task ForbidAsync(string user)
    {
        _deaf.Add(user);
        await ReloadAsync();
    }

    /// <summary>The user's password is another now; who is signed in stays so.</summary>
    public async Task ChangePasswordAsync(string user, string password)
    {
        _passwords[user] = password;
        await ReloadAsync();
    }

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => _server!.KillAsync();

    /// <summary>Starts it again.</summary>
    public Task StartAgainAsync() => _server!.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task ReloadAsync()
    {
        await WriteUsersAsync();
        var before = Reloads();
        await _server!.ReloadAsync();
        if (!SpinWait.SpinUntil(() => Reloads() > before, TimeSpan.FromSeconds(10)))
        {
            throw new InvalidOperationException($"mosquitto did not read its files again.\n{_server.Output}");
        }

        int Reloads() => _server!.Output.Split("Reloading config").Length;
    }

    private async Task WriteAsync((string Certificate, string Key)? certificate)
    {
        var conf = new StringBuilder()
            .AppendLine("user root") // heeded only where the tests run as root, and the folder is root's
            .AppendLine(CultureInfo.InvariantCulture, $"listener {Port} 127.0.0.1")
            .AppendLine("allow_anonymous false")
            .AppendLine(CultureInfo.InvariantCulture, $"password_file {_folder}/users")
            .AppendLine(CultureInfo.InvariantCulture, $"acl_file {_folder}/rules")
            .AppendLine("set_tcp_nodelay true")
            .AppendLine("persistence true")
            .AppendLine(CultureInfo.InvariantCulture, $"persistence_location {_folder}/")
            .AppendLine("autosave_on_changes true")
            .AppendLine("autosave_interval 1");
        if (certificate is { } pem)
        {
            await File.WriteAllTextAsync(Path.Combine(_folder, "server.crt"), pem.Certificate);
            await File.WriteAllTextAsync(Path.Combine(_folder, "server.key"), pem.Key);
            conf.AppendLine(CultureInfo.InvariantCulture, $"certfile {_folder}/server.crt").AppendLine(CultureInfo.InvariantCulture, $"keyfile {_folder}/server.key");
        }

        await File.WriteAllTextAsync(Path.Combine(_folder, "mosquitto.conf"), conf.ToString());
        await WriteUsersAsync();
    }

    private async Task WriteUsersAsync()
    {
        var rules = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"user {Observer}").AppendLine("topic readwrite #")
            .AppendLine(CultureInfo.InvariantCulture, $"user {Assistant}")
            .AppendLine(CultureInfo.InvariantCulture, $"topic read {_root}/in/#")
            .AppendLine(CultureInfo.InvariantCulture, $"topic write {_root}/status")
            .AppendLine("topic write homeassistant/#");
        foreach (var user in _passwords.Keys.Where(user => user is not (Observer or Assistant) && !_deaf.Contains(user)))
        {
            rules.AppendLine(CultureInfo.InvariantCulture, $"topic write {_root}/out/{user}/#");
        }

        rules.AppendLine(CultureInfo.InvariantCulture, $"pattern write {_root}/in/%u").AppendLine(CultureInfo.InvariantCulture, $"pattern write {_root}/in/%u/+")
            .AppendLine(CultureInfo.InvariantCulture, $"pattern read {_root}/out/%u/#");
        await File.WriteAllTextAsync(Path.Combine(_folder, "rules"), rules.ToString());
        await File.WriteAllLinesAsync(Path.Combine(_folder, "users"), _passwords.Select(pair => $"{pair.Key}:{Sealed(pair.Value)}"));
    }

    /// <summary>As mosquitto_passwd writes it: PBKDF2 with SHA-512, rounds, salt and hash.</summary>
    private static string Sealed(string password)
    {
        const int rounds = 101;
        var salt = RandomNumberGenerator.GetBytes(12);
        var hash = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, rounds, HashAlgorithmName.SHA512, 64);
        return $"$7${rounds}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}";
    }
}
