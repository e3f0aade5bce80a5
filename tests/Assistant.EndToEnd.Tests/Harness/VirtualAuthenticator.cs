using System.Text.Json;
using Microsoft.Playwright;

namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>The browser's own authenticator in software, as its protocol for developers offers it (Chrome DevTools Protocol, domain WebAuthn).</summary>
internal sealed class VirtualAuthenticator
{
    private readonly ICDPSession _session;
    private readonly string _id;

    private VirtualAuthenticator(ICDPSession session, string id) => (_session, _id) = (session, id);

    /// <summary>Plugs one into a device. It verifies its user and consents by itself.</summary>
    public static async Task<VirtualAuthenticator> PlugInAsync(IPage page)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        await session.SendAsync("WebAuthn.enable");
        var added = await session.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>
        {
            ["options"] = new
            {
                protocol = "ctap2",
                transport = "internal",
                hasResidentKey = true,
                hasUserVerification = true,
                isUserVerified = true,
                automaticPresenceSimulation = true,
            },
        });
        return new VirtualAuthenticator(session, added!.Value.GetProperty("authenticatorId").GetString()!);
    }

    /// <summary>Whether its user passes the fingerprint reader.</summary>
    public Task VerifyUserAsync(bool verifies) => SendAsync("setUserVerified", new() { ["isUserVerified"] = verifies });

    /// <summary>Whether somebody touches it: without, nothing is offered quietly.</summary>
    public Task BePresentAsync(bool isPresent) => SendAsync("setAutomaticPresenceSimulation", new() { ["enabled"] = isPresent });

    /// <summary>Sets the counter of its one passkey back or forward: what a copy of it would have.</summary>
    public async Task SetSignCountAsync(int count)
    {
        var all = await SendAsync("getCredentials", []);
        var kept = JsonSerializer.Deserialize<Dictionary<string, object>>(all!.Value.GetProperty("credentials")[0].GetRawText())!;
        await SendAsync("clearCredentials", []);
        kept["signCount"] = count;
        await SendAsync("addCredential", new() { ["credential"] = kept });
    }

    private Task<JsonElement?> SendAsync(string method, Dictionary<string, object> parameters)
    {
        parameters["authenticatorId"] = _id;
        return _session.SendAsync($"WebAuthn.{method}", parameters);
    }
}
