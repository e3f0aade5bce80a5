using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Assistant.EndToEnd.Tests.Harness;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Assistant.EndToEnd.Tests;

/// <summary>A restore dies again and again; the next start has the old installation or the backup's, never some of both.</summary>
public sealed class RestoreKillTests
{
    private const int MaxDelayMilliseconds = 250;

    // Per database. More of them find rarer moments: ASSISTANT_RESTORE_KILLS.
    private static readonly int s_kills = int.Parse(Environment.GetEnvironmentVariable("ASSISTANT_RESTORE_KILLS") ?? "3", CultureInfo.InvariantCulture);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Killed_at_any_moment_the_next_start_has_all_of_one_or_all_of_the_other(Database database)
    {
        await using var house = await TestInstallation.CreateAsync(database);
        await RunAsync(house, "tenants", "create", "--name", "kept");
        await WeighAsync(house);
        var backup = Path.Combine(house.DataFolder, "..", "one.backup");
        await RunAsync(house, "backup", "create", "--out", backup);
        await RunAsync(house, "tenants", "create", "--name", "later");
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var ends = new List<string>();
        for (var kill = 0; kill < s_kills; kill++)
        {
            var digest = await PlanAsync(house, backup);
            await using (var restore = house.Start("backup", "restore", backup, "--replace", "--digest", digest))
            {
                await WaitForAMomentAsync(house, restore, random);
                await restore.KillAsync();
            }

            var hadJournal = File.Exists(Path.Combine(house.DataFolder, "restore.json"));
            var tenants = await ListAsync(house); // a start like any other: it ends what was cut off
            Assert.True(tenants is "default kept" or "default kept later", $"seed {seed}, kill {kill}: {tenants}");
            Assert.False(File.Exists(Path.Combine(house.DataFolder, "restore.json")));
            ends.Add((tenants is "default kept later" ? "old" : "backup") + (hadJournal ? " by the journal" : ""));
            if (tenants is "default kept")
            {
                await RunAsync(house, "tenants", "create", "--name", "later");
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {string.Join(", ", ends)}");
        await RunAsync(house, "backup", "restore", backup, "--replace", "--digest", await PlanAsync(house, backup));
        await house.StartAsync();

        Assert.Equal("default kept", await ListAsync(house));
        foreach (var tenant in new[] { "default", "kept" })
        {
            Assert.Contains("intact", await RunAsync(house, "audit", "verify", "--tenant", tenant), StringComparison.Ordinal);
        }

        var (code, output) = await house.RunAsync(["backup", "restore", backup, "--replace"]);
        Assert.Equal((1, "The program is serving from this data folder. Stop it first."), (code, output.Trim()));
    }

    // While it reads, or from the moment on at which it makes something ready: that is where the steps lie.
    private static async Task WaitForAMomentAsync(TestInstallation house, AppProcess restore, Random random)
    {
        var sign = Path.Combine(house.DataFolder, random.Next(4) == 0 ? "serving.lock" : house.IsOnPostgres ? "restore.json" : "restoring");
        for (var watch = Stopwatch.StartNew(); watch.ElapsedMilliseconds < 20_000 && !restore.HasEnded && !Path.Exists(sign);)
        {
            await Task.Delay(2, Cancel);
        }

        await Task.Delay(random.Next(MaxDelayMilliseconds), Cancel);
    }

    // A few megabytes, so that copying takes some time.
    private static async Task WeighAsync(TestInstallation house)
    {
        if (house.IsOnPostgres)
        {
            return; // taking one is a hundred statements anyway
        }

        await using var connection = new SqliteConnection($"Data Source={Path.Combine(house.DataFolder, "assistant.db")};Pooling=False");
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = "CREATE TABLE ballast (content BLOB); INSERT INTO ballast VALUES (randomblob(4000000))";
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private static async Task<string> PlanAsync(TestInstallation house, string backup)
    {
        using var plan = JsonDocument.Parse(await RunAsync(house, "backup", "restore", backup, "--replace", "--json"));
        return plan.RootElement.GetProperty("digest").GetString()!;
    }

    private static async Task<string> ListAsync(TestInstallation house)
    {
        using var listed = JsonDocument.Parse(await RunAsync(house, "tenants", "list", "--json"));
        return string.Join(' ', listed.RootElement.EnumerateArray().Select(tenant => NameOf(tenant)).Order(StringComparer.Ordinal));
    }

    private static string NameOf(JsonElement tenant) => tenant.GetProperty("name").GetString()!;

    private static async Task<string> RunAsync(TestInstallation house, params string[] args)
    {
        var (code, output) = await house.RunAsync(args);
        Assert.True(code == 0, output);
        return output;
    }
}
