using System.Text.Json.Nodes;
using Assistant.EndToEnd.Tests.Harness;
using Xunit;

namespace Assistant.EndToEnd.Tests;

/// <summary>The program behind a reverse proxy, and somebody who only pretends to be one.</summary>
public sealed class ProxyTests
{
    private const string Anna = "anna@example.test";
    private const int TriesPerMinute = 10;

    [Fact]
    public async Task A_trusted_proxys_visitors_are_told_apart_and_their_cookies_are_for_https()
    {
        await using var house = await StartAsync("10.99.0.0/16, 127.0.0.1");
        // What the first visitor wrote into the header itself stands before what the proxy added.
        using var one = Behind(house, "198.51.100.1, 203.0.113.7");
        using var two = Behind(house, "203.0.113.8");

        Assert.Equal("/", await one.SignInAsync(Anna, TestInstallation.Password));
        var session = Assert.Single(one.SetCookies, cookie => cookie.StartsWith("__Host-assistant=", StringComparison.Ordinal));
        Assert.Contains("; secure", session, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("203.0.113.7", await OriginOfSignInAsync(house));
        for (var i = 0; i < TriesPerMinute; i++)
        {
            await one.SignInAsync(Anna, "wrong wrong wrong");
        }

        Assert.Contains("problem=locked", await one.SignInAsync(Anna, "wrong wrong wrong"), StringComparison.Ordinal);
        Assert.Contains("problem=failed", await two.SignInAsync(Anna, "wrong wrong wrong"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.99.0.0/16")]
    public async Task Nobody_else_is_believed(string trusted)
    {
        await using var house = await StartAsync(trusted);
        using var first = Behind(house, "203.0.113.7");

        Assert.Equal("/", await first.SignInAsync(Anna, TestInstallation.Password));
        var session = Assert.Single(first.SetCookies, cookie => cookie.StartsWith("assistant=", StringComparison.Ordinal));
        Assert.DoesNotContain("; secure", session, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("127.0.0.1", await OriginOfSignInAsync(house));
        for (var i = 0; i < TriesPerMinute; i++)
        {
            using var guise = Behind(house, $"203.0.113.{i}");
            await guise.SignInAsync(Anna, "wrong wrong wrong");
        }

        using var last = Behind(house, "203.0.113.99");
        Assert.Contains("problem=locked", await last.SignInAsync(Anna, "wrong wrong wrong"), StringComparison.Ordinal);
    }

    private static async Task<TestInstallation> StartAsync(string trusted)
    {
        var house = await TestInstallation.CreateAsync();
        house.Set("Assistant__Proxy__Trusted", trusted);
        house.Set("ASPNETCORE_FORWARDEDHEADERS_ENABLED", "true"); // the framework's own switch, which believes everybody
        await house.CreateUserAsync(Anna, "operator");
        await house.StartAsync();
        return house;
    }

    private static Visitor Behind(TestInstallation house, string forwardedFor)
        => new(house.Address, ("X-Forwarded-For", forwardedFor), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "assistant.example.test"));

    private static async Task<string?> OriginOfSignInAsync(TestInstallation house)
    {
        var (code, log) = await house.RunAsync(["audit", "export"]);
        Assert.True(code == 0, log);
        var signedIn = log.Split('\n').First(line => line.Contains("\"action\":\"user.signin\"", StringComparison.Ordinal));
        return (string?)JsonNode.Parse(signedIn)!["origin"];
    }
}
