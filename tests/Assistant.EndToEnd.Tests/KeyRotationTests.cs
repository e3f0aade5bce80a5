using System.Data.Common;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Assistant.EndToEnd.Tests.Harness;
using Microsoft.Data.Sqlite;
using Npgsql;
using Xunit;

namespace Assistant.EndToEnd.Tests;

/// <summary>Keys are rotated beside a server that goes on writing secrets, and the rotation dies again and again.</summary>
public sealed class KeyRotationTests
{
    private const int Engines = 300;
    private const int LongestRunMilliseconds = 4_000;
    private const int LongestPassMilliseconds = 120;

    // Per database. More of them find rarer moments: ASSISTANT_ROTATION_KILLS.
    private static readonly int Kills = int.Parse(
        Environment.GetEnvironmentVariable("ASSISTANT_ROTATION_KILLS") ?? "6", CultureInfo.InvariantCulture);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Killed_at_any_moment_it_goes_on_with_the_next_run_and_no_secret_is_lost(Database database)
    {
        await using var house = await TestInstallation.CreateAsync(database, ManyEngines());
        await house.StartAsync();
        using var api = await house.CreateApiAsync("owner");
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var (interrupted, saved) = (0, 0);
        for (var kill = 0; kill < Kills; kill++)
        {
            string[] args = kill % 4 == 3 ? ["keys", "rotate", "--master"] : ["keys", "rotate"];
            await using (var rotation = house.Start(args))
            {
                await WaitForAMomentAsync(house, rotation, random);
                await rotation.KillAsync();
            }

            interrupted += await CountVersionsAsync(house) > 1 ? 1 : 0;
            await api.PutAsync($"engines/late-{saved++}", Engine($"late-secret-{kill}")); // the server has not been told of any rotation
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {interrupted} of {Kills} kills left two versions");
        Assert.False(house.App.HasEnded);
        Assert.NotEqual(0, interrupted);
        await RunAsync(house, "keys", "rotate", "--master");
        await RunAsync(house, "keys", "rotate");
        await api.PutAsync($"engines/late-{saved++}", Engine("after the last rotation"));

        using var status = JsonDocument.Parse(await RunAsync(house, "keys", "status", "--json"));
        var tenant = Assert.Single(status.RootElement.GetProperty("tenants").EnumerateArray());
        var version = Assert.Single(tenant.GetProperty("versions").EnumerateArray());
        Assert.True(version.GetProperty("values").GetInt32() >= Engines + saved, version.ToString());
        Assert.False(File.Exists(Path.Combine(house.DataFolder, "master.key.next")));
        // Listing opens every engine's settings, in a process that knows nothing but what is stored.
        using var engines = JsonDocument.Parse(await RunAsync(house, "engines", "list", "--json"));
        Assert.Equal(Engines + saved, engines.RootElement.GetArrayLength());
        await house.KillAsync();
        await house.StartAsync(); // and so does a server that starts over it
    }

    [Theory]
    [InlineData("ASSISTANT_MASTER_KEY", "ASSISTANT_MASTER_PASSPHRASE", "are both set")]
    [InlineData("ASSISTANT_MASTER_KEY", null, "The master key in ASSISTANT_MASTER_KEY is not the one this data was made with")]
    public async Task A_master_key_that_cannot_be_this_datas_is_one_clear_line_and_never_shown(string one, string? other, string says)
    {
        var key = Convert.ToBase64String(Enumerable.Repeat((byte)9, 32).ToArray());
        await using var house = await TestInstallation.CreateAsync();
        Assert.Equal(0, (await house.RunAsync(["keys", "status"])).Code);
        house.Set(one, key);
        if (other is not null)
        {
            house.Set(other, key);
        }

        var (code, output) = await house.RunAsync(["keys", "status"]);

        Assert.Equal(3, code);
        var line = Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("Cannot start: ", line, StringComparison.Ordinal);
        Assert.Contains(says, line, StringComparison.Ordinal);
        Assert.DoesNotContain(key, output, StringComparison.Ordinal);
    }

    // Early in a new rotation, when most is to be sealed again, or anywhere in one that is gone on with.
    private static async Task WaitForAMomentAsync(TestInstallation house, AppProcess rotation, Random random)
    {
        if (await CountVersionsAsync(house) > 1)
        {
            await Task.Delay(random.Next(LongestRunMilliseconds), Cancel);
            return;
        }

        for (var waited = 0; waited < LongestRunMilliseconds && !rotation.HasEnded && await CountVersionsAsync(house) == 1; waited += 5)
        {
            await Task.Delay(5, Cancel);
        }

        await Task.Delay(random.Next(LongestPassMilliseconds), Cancel);
    }

    private static async Task<string> RunAsync(TestInstallation house, params string[] args)
    {
        var (code, output) = await house.RunAsync(args);
        Assert.True(code == 0, output);
        return output;
    }

    private static async Task<long> CountVersionsAsync(TestInstallation house)
    {
        await using DbConnection connection = house.IsOnPostgres
            ? new NpgsqlConnection(house.ConnectionString)
            : new SqliteConnection($"Data Source={Path.Combine(house.DataFolder, "assistant.db")};Pooling=False;Mode=ReadOnly");
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM data_keys";
        return Convert.ToInt64(await command.ExecuteScalarAsync(Cancel), CultureInfo.InvariantCulture);
    }

    private static object Engine(string secret)
        => new { type = "openai", order = 1, settings = new { baseUrl = "http://127.0.0.1:9/v1", apiKey = secret, model = "m-1" } };

    private static string ManyEngines()
    {
        var config = new StringBuilder("tenants:\n  - name: default\nengines:\n");
        for (var i = 0; i < Engines; i++)
        {
            config.Append(CultureInfo.InvariantCulture, $"  - name: engine-{i}\n    type: openai\n    settings: {{ baseUrl: \"http://127.0.0.1:9/v1\", apiKey: \"secret-{i}\", model: \"m-1\" }}\n");
        }

        return config.ToString();
    }
}
