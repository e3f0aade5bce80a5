using System.Text.Json;
using Assistant.Domain.Security.Keys;
using Assistant.Domain.Tenancy;
using Assistant.Testing.InMemory;
using Assistant.Web.Verbs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Web.Tests.Verbs;

public sealed class KeysVerbTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly InMemoryKeyRotation _keys = new(new InMemoryAuditLog());
    private readonly KeysVerb _verb;

    public KeysVerbTests()
    {
        _keys.Add(TenantId.Default, 3);
        _verb = new KeysVerb(new KeyDesk(_keys, _clock));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keys_are_shown_and_rotated_for_people_and_for_programs()
    {
        var (exit, output, _) = await RunAsync(["status"]);
        Assert.Equal(VerbExit.Fine, exit);
        Assert.StartsWith("The master key in memory is in use.", output, StringComparison.Ordinal);
        Assert.Contains("default  1        1970-01-01 00:00:00Z  3", output, StringComparison.Ordinal);

        (exit, output, _) = await RunAsync(["rotate"]);
        Assert.Equal((VerbExit.Fine, "Tenant default: version 2 seals, 3 values were sealed again, no older version is left."), (exit, output.Trim()));

        (_, output, _) = await RunAsync(["rotate"], json: true);
        Assert.Equal(3, JsonDocument.Parse(output).RootElement[0].GetProperty("version").GetInt32());
        (_, output, _) = await RunAsync(["status"], json: true);
        var tenant = JsonDocument.Parse(output).RootElement.GetProperty("tenants")[0];
        Assert.Equal((false, 3), (tenant.GetProperty("isRotating").GetBoolean(), tenant.GetProperty("versions")[0].GetProperty("number").GetInt32()));
    }

    [Fact]
    public async Task What_does_not_open_is_named_and_the_check_fails()
    {
        _keys.Broken.Add("engines/e/settings");

        var (exit, output, _) = await RunAsync(["rotate"]);

        Assert.Equal(VerbExit.CheckFailed, exit);
        Assert.Contains("engines/e/settings does not open", output, StringComparison.Ordinal);
        Assert.Contains("Run: keys rotate", (await RunAsync(["status"])).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_master_key_is_changed_or_it_is_said_why_not()
    {
        Assert.StartsWith("The new master key is in force.", (await RunAsync(["rotate", "--master"])).Output, StringComparison.Ordinal);
        _keys.MasterOutcome = new MasterRotateOutcome.Refused("Name the next one.");

        var (exit, output, error) = await RunAsync(["rotate", "--master"]);

        Assert.Equal((VerbExit.CheckFailed, "", "Name the next one."), (exit, output, error.Trim()));
    }

    [Theory]
    [InlineData]
    [InlineData("forget")]
    [InlineData("rotate", "--slave")]
    [InlineData("status", "--master")]
    public async Task A_wrong_call_says_how_it_is_meant_and_does_nothing(params string[] args)
    {
        var (exit, output, error) = await RunAsync(args);

        Assert.Equal((VerbExit.WrongUse, ""), (exit, output));
        Assert.Contains("keys rotate --master", error, StringComparison.Ordinal);
        Assert.Equal(1, Assert.Single((await _keys.ReadStatusAsync(Cancel)).Tenants).Versions[^1].Number);
    }

    private async Task<(int Exit, string Output, string Error)> RunAsync(string[] args, bool json = false)
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        var (output, error) = (new StringWriter(), new StringWriter());
        var running = _verb.RunAsync(new VerbContext(args, TextReader.Null, output, error, services, json), Cancel);
        while (!running.IsCompleted)
        {
            _clock.Advance(KeyDesk.Grace);
            await Task.Yield();
        }

        return (await running, output.ToString(), error.ToString());
    }
}
