using System.Net;
using Assistant.EndToEnd.Tests.Harness;
using Xunit;

namespace Assistant.EndToEnd.Tests;

/// <summary>An operator stays signed in while the program is started anew.</summary>
public sealed class SessionTests
{
    [Fact]
    public async Task A_session_goes_on_after_a_restart()
    {
        await using var house = await TestInstallation.CreateAsync();
        await house.CreateUserAsync("anna@example.test", "operator");
        await house.StartAsync();
        using var anna = new Visitor(house.Address);
        Assert.Equal(HttpStatusCode.Redirect, await anna.StatusOfAsync("/conversations"));

        Assert.Equal("/", await anna.SignInAsync("anna@example.test", TestInstallation.Password));
        Assert.Equal(HttpStatusCode.OK, await anna.StatusOfAsync("/conversations"));
        await house.KillAsync();
        await house.StartAsync();

        Assert.Equal(HttpStatusCode.OK, await anna.StatusOfAsync("/conversations"));
        Assert.All(
            Directory.GetFiles(Path.Combine(house.DataFolder, "session-keys")),
            file => Assert.Contains("wrappedByInstallationKey", File.ReadAllText(file), StringComparison.Ordinal));
    }
}
