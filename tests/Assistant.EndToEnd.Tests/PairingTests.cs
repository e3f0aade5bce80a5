using System.Net;
using Assistant.EndToEnd.Tests.Harness;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Assistant.EndToEnd.Tests;

/// <summary>A new installation lets nobody talk to the assistant until somebody says so.</summary>
public sealed class PairingTests(Chromium chromium)
{
    [Fact]
    public async Task A_stranger_gets_a_code_is_let_in_and_answered()
    {
        var page = await chromium.NewDeviceAsync();
        await using var house = await TestInstallation.CreateAsync();
        using var desk = await house.CreateApiAsync("operator");
        await house.StartAsync();

        var chat = await ChatPage.OpenAsync(page, house.Address + "/chat/web");
        await chat.SayAsync("Remember that the gate code is 4711.");
        var request = await desk.FindAsync("people/pairing", "the stranger's request", _ => true);
        await Expect(chat.ByNotice).ToContainTextAsync((string)request["code"]!);
        await Expect(chat.ByAssistant).ToHaveCountAsync(0);

        var (status, _) = await desk.PostAsync($"people/pairing/{request["id"]}", new { decision = "approve" });
        Assert.Equal(HttpStatusCode.NoContent, status);
        await chat.ShowsAsync(chat.ByNotice, "You have been approved.");
        await chat.SayAsync("What is the time?");
        await Expect(chat.ByAssistant).Not.ToHaveCountAsync(0);
    }
}
