using System.Net.NetworkInformation;
using System.Text.Json;
using Npgsql;
using Xunit;

namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>An installation of its own: data folder, database, port; the program can be started, killed and started again over it.</summary>
internal sealed class TestInstallation : IAsyncDisposable
{
    // Below the range the system hands out to outgoing connections, so that a port stays free across a restart.
    // Runs beside each other are given different ones.
    private static readonly int FirstPort = int.TryParse(Environment.GetEnvironmentVariable("ASSISTANT_TEST_PORTS"), out var first) ? first : 22_000;
    private static readonly int LastPort = FirstPort + 99;

    public const string Password = "correct horse battery";

    private static int s_lastPort = FirstPort - 1;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("assistant-e2e-");
    private readonly Dictionary<string, string> _environment;
    private readonly HttpClient _http;
    private readonly List<AppProcess> _runs = [];
    private string? _database;

    private TestInstallation()
    {
        Address = $"http://127.0.0.1:{FreePort()}";
        _http = new HttpClient { BaseAddress = new Uri(Address) };
        _environment = new()
        {
            ["ASSISTANT_DATA"] = DataFolder,
            ["ASPNETCORE_URLS"] = Address,
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        };
    }

    public string Address { get; }

    public string DataFolder => Path.Combine(_folder.FullName, "data");

    /// <summary>Of its PostgreSQL database.</summary>
    public string ConnectionString => _environment["Assistant__Database__ConnectionString"];

    public bool IsOnPostgres => _database is not null;

    /// <summary>The run that serves.</summary>
    public AppProcess App => _runs[^1];

    /// <summary>A new data folder.</summary>
    /// <param name="config">Content of <c>assistant.yaml</c>; without it the installation is as after the first start.</param>
    public static async Task<TestInstallation> CreateAsync(Database database = Database.Sqlite, string? config = null)
    {
        var server = PostgresServer();
        Assert.SkipWhen(
            database is Database.Postgres && string.IsNullOrEmpty(server),
            "PostgreSQL is missing: ASSISTANT_TEST_POSTGRES is not set (tests/run.sh provides it).");
        var installation = new TestInstallation();
        if (config is not null)
        {
            var path = Path.Combine(installation._folder.FullName, "assistant.yaml");
            await File.WriteAllTextAsync(path, config, TestContext.Current.CancellationToken);
            installation._environment["ASSISTANT_CONFIG"] = path;
        }

        if (database is Database.Postgres)
        {
            installation.UsePostgres(server!);
        }

        return installation;
    }

    /// <summary>Sets an environment variable of the runs to come.</summary>
    public void Set(string name, string value) => _environment[name] = value;

    /// <summary>Starts the program, or a verb of it, and leaves it at that.</summary>
    public AppProcess Start(params string[] args) => AppProcess.Start(args, _environment);

    /// <summary>Starts the program and waits until it says that it can do its work.</summary>
    public async Task StartAsync()
    {
        _runs.Add(Start());
        await Eventually.FindAsync("the program to be ready", async () =>
        {
            Assert.False(App.HasEnded, $"The program ended while starting:\n{App.Output}\n{App.Error}");
            try
            {
                using var answer = await _http.GetAsync("health/ready", TestContext.Current.CancellationToken);
                return answer.IsSuccessStatusCode ? App : null;
            }
            catch (HttpRequestException)
            {
                return null;
            }
        });
    }

    public Task KillAsync() => App.KillAsync();

    /// <summary>Runs a verb of the program beside the server.</summary>
    /// <returns>Its exit code and what it printed.</returns>
    public async Task<(int Code, string Output)> RunAsync(string[] args, string? input = null)
    {
        await using var verb = AppProcess.Start(args, _environment);
        var code = await verb.RunToEndAsync(input);
        return (code, code == 0 ? verb.Output : verb.Output + verb.Error);
    }

    /// <summary>Somebody who signs in with <see cref="Password"/>.</summary>
    public async Task CreateUserAsync(string email, string role, string tenant = "default")
    {
        var (code, output) = await RunAsync(["users", "create", "--email", email, "--role", role, "--tenant", tenant, "--password-stdin"], Password);
        Assert.True(code == 0, output);
    }

    /// <summary>The REST API with a new key, made as an administrator at the machine makes one.</summary>
    public async Task<ApiClient> CreateApiAsync(string role, string tenant = "default", string? name = null)
    {
        var (code, output) = await RunAsync(["apikeys", "create", "--name", name ?? $"test {role}", "--role", role, "--tenant", tenant, "--json"]);
        Assert.True(code == 0, output);
        using var made = JsonDocument.Parse(output);
        return new ApiClient(Address, made.RootElement.GetProperty("key").GetString()!);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var run in _runs)
        {
            await run.DisposeAsync();
            // Shown with the test when it failed.
            TestContext.Current.TestOutputHelper?.WriteLine($"--- a run of the program\n{run.Output}{run.Error}");
        }

        _http.Dispose();
        _folder.Delete(recursive: true);
        if (_database is not null)
        {
            await using var source = NpgsqlDataSource.Create(PostgresServer()!);
            await using var command = source.CreateCommand($"DROP DATABASE IF EXISTS {_database} WITH (FORCE)");
            await command.ExecuteNonQueryAsync();
        }
    }

    // The program makes its database when it is missing.
    private void UsePostgres(string server)
    {
        _database = $"e2e_{Guid.CreateVersion7():N}";
        _environment["Assistant__Database__Provider"] = "postgres";
        _environment["Assistant__Database__ConnectionString"] =
            new NpgsqlConnectionStringBuilder(server) { Database = _database, MaxPoolSize = 10 }.ConnectionString;
    }

    private static string? PostgresServer() => Environment.GetEnvironmentVariable("ASSISTANT_TEST_POSTGRES");

    /// <summary>A port of this run's that nobody listens on.</summary>
    public static int FreePort()
    {
        var taken = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(listener => listener.Port).ToHashSet();
        for (var tries = 0; tries <= LastPort - FirstPort; tries++)
        {
            s_lastPort = s_lastPort >= LastPort ? FirstPort : s_lastPort + 1;
            if (!taken.Contains(s_lastPort))
            {
                return s_lastPort;
            }
        }

        throw new InvalidOperationException($"Every port from {FirstPort} to {LastPort} is taken.");
    }
}

/// <summary>What an installation stores its data in.</summary>
public enum Database { Sqlite, Postgres }
