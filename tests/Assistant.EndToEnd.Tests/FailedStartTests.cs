using System.Net;
using System.Net.Sockets;
using Assistant.EndToEnd.Tests.Harness;
using Microsoft.Data.Sqlite;
using Npgsql;
using Xunit;

namespace Assistant.EndToEnd.Tests;

/// <summary>Somebody's installation cannot start: the program says once what is wrong and what to do, and ends with 3.</summary>
public sealed class FailedStartTests
{
    private const int CannotStart = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1); // for a program that starts all the same

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task When_its_port_is_taken()
    {
        await using var house = await TestInstallation.CreateAsync();
        using var other = new TcpListener(IPAddress.Loopback, new Uri(house.Address).Port);
        other.Start();

        await AssertFailsAsync(house, house.Address, "set ASPNETCORE_URLS");
    }

    [Fact]
    public async Task When_another_process_serves_from_its_data_folder()
    {
        await using var house = await TestInstallation.CreateAsync();
        await house.StartAsync();

        await AssertFailsAsync(house, "Another process is serving from", "ASSISTANT_DATA");
        Assert.False(house.App.HasEnded);
    }

    [Fact]
    public async Task When_its_data_folder_cannot_be_written()
    {
        await using var house = await TestInstallation.CreateAsync();
        await File.WriteAllTextAsync(house.DataFolder, "a file lies where the folder should be", Cancel);

        await AssertFailsAsync(house, $"The data folder {house.DataFolder} cannot be written", "ASSISTANT_DATA");
    }

    [Fact]
    public async Task When_its_master_key_is_another_one()
    {
        await using var house = await TestInstallation.CreateAsync();
        await house.StartAsync();
        await house.KillAsync();
        var path = Path.Combine(house.DataFolder, "master.key");
        var key = await File.ReadAllBytesAsync(path, Cancel);
        key[0] ^= 1;
        await File.WriteAllBytesAsync(path, key, Cancel);

        await AssertFailsAsync(house, $"The master key file {path} is not the one this data was made with", "ASSISTANT_MASTER_KEY_FILE");
        var (code, output) = await house.RunAsync(["users", "list"]);
        Assert.Equal(CannotStart, code);
        Assert.Contains(path, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_its_master_key_is_missing_and_the_doctor_makes_no_other()
    {
        await using var house = await TestInstallation.CreateAsync();
        await house.StartAsync();
        await house.KillAsync();
        var path = Path.Combine(house.DataFolder, "master.key");
        File.Delete(path);

        Assert.Equal(1, (await house.RunAsync(["doctor"])).Code);
        Assert.False(File.Exists(path));
        await AssertFailsAsync(house, $"The master key file {path} does not exist", "ASSISTANT_MASTER_KEY_FILE");
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task When_others_can_read_its_master_key_and_the_doctor_says_so_among_what_else_it_finds()
    {
        await using var house = await TestInstallation.CreateAsync();
        await house.StartAsync();
        await house.KillAsync();
        var path = Path.Combine(house.DataFolder, "master.key");
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file mode.");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        }

        await AssertFailsAsync(house, $"The master key file {path} can be read by others", "chmod 600");
        var (code, output) = await house.RunAsync(["doctor", "--json"]);

        Assert.Equal(1, code);
        Assert.Contains($"chmod 600 {path}", output, StringComparison.Ordinal);
        Assert.Contains("its schema is current", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_assistant_yaml_is_wrong()
    {
        await using var house = await TestInstallation.CreateAsync(config: "tenants:\n  - name: default\n    colour: blue\n");

        await AssertFailsAsync(house, "assistant.yaml:3:5:", "colour");
    }

    [Theory]
    [InlineData("Assistant__Database__Readers", "many", "Assistant:Database:Readers")]
    [InlineData("Assistant__Database__Readers", "0", "Assistant:Database:Readers: ")]
    [InlineData("Assistant__Outbox__SendTimeout", "-00:00:05", "Assistant:Outbox:SendTimeout: ")]
    [InlineData("Assistant__Public__BaseUrl", "assistant.example.org", "Assistant:Public:BaseUrl must be a whole address with http:// or https:// in front")]
    [InlineData("Assistant__Public__BaseUrl", "localhost:8080", "Assistant:Public:BaseUrl must be a whole address with http:// or https:// in front")]
    [InlineData("Assistant__Public__BaseUrl", "ftp://x", "Assistant:Public:BaseUrl must be a whole address with http:// or https:// in front")]
    [InlineData("Assistant__Proxy__Trusted", "everybody", "Assistant:Proxy:Trusted must list addresses and networks")]
    [InlineData("Assistant__Proxy__Trusted", "10.1.0.0/99", "Assistant:Proxy:Trusted must list addresses and networks")]
    public async Task When_a_setting_is_wrong(string name, string value, string says)
    {
        await using var house = await TestInstallation.CreateAsync();
        house.Set(name, value);

        await AssertFailsAsync(house, says, "Correct the setting.");
    }

    [Fact]
    public async Task When_its_database_cannot_be_reached()
    {
        await using var house = await TestInstallation.CreateAsync();
        house.Set("Assistant__Database__Provider", "postgres");
        house.Set("Assistant__Database__ConnectionString", "Host=127.0.0.1;Port=1;Database=assistant;Username=assistant;Password=hidden");

        await AssertFailsAsync(house, "PostgreSQL at 127.0.0.1:1/assistant cannot be reached", "Check that it runs");
        Assert.DoesNotContain("hidden", (await house.RunAsync([])).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_its_database_file_is_damaged()
    {
        await using var house = await TestInstallation.CreateAsync();
        Directory.CreateDirectory(house.DataFolder);
        await File.WriteAllTextAsync(Path.Combine(house.DataFolder, "assistant.db"), new string('x', 8192), Cancel);

        await AssertFailsAsync(house, "assistant.db cannot be used", "restore it from its backup");
    }

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task When_its_database_is_newer_than_the_program(Database database)
    {
        const string Newer = "INSERT INTO \"__EFMigrationsHistory\" VALUES ('29990101000000_Tomorrow', '99.0.0')";
        await using var house = await TestInstallation.CreateAsync(database);
        await house.StartAsync();
        await house.KillAsync();
        if (database is Database.Postgres)
        {
            await using var source = NpgsqlDataSource.Create(house.ConnectionString);
            await using var command = source.CreateCommand(Newer);
            await command.ExecuteNonQueryAsync(Cancel);
        }
        else
        {
            await using var file = new SqliteConnection($"Data Source={Path.Combine(house.DataFolder, "assistant.db")};Pooling=False");
            await file.OpenAsync(Cancel);
            await using var command = file.CreateCommand();
            command.CommandText = Newer;
            await command.ExecuteNonQueryAsync(Cancel);
        }

        await AssertFailsAsync(house, "newer version", "29990101000000_Tomorrow", "restore the backup");
    }

    private static async Task AssertFailsAsync(TestInstallation house, params string[] says)
    {
        await using var run = house.Start();
        var code = await run.RunToEndAsync().WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal(CannotStart, code);
        var line = Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("Cannot start: ", line, StringComparison.Ordinal);
        Assert.All(says, words => Assert.Contains(words, line, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("fail:", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("crit:", run.Output, StringComparison.Ordinal);
    }
}
