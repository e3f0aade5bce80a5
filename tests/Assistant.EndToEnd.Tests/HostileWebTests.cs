using Assistant.EndToEnd.Tests.Harness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Assistant.EndToEnd.Tests;

/// <summary>A hostile page in the browser of somebody who is signed in: on another site, and on another port of the same one, where cookies travel along.</summary>
public sealed class HostileWebTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";

    private const string Attack = """
        async home => {
          const line = (path, speak) => new Promise(done => {
            const socket = new WebSocket(home.replace('http', 'ws') + path);
            socket.onopen = () => speak ? speak(socket, done) : done('open');
            socket.onerror = () => done('refused');
            setTimeout(() => done('silent'), 15000);
          });
          const join = (socket, done) => {
            socket.onmessage = message => { if (message.data.includes('"status"')) done(JSON.parse(message.data.split('\u001e').find(part => part.includes('"status"'))).result.status); };
            socket.send('{"protocol":"json","version":1}\u001e');
            socket.send('{"type":1,"invocationId":"1","target":"Join","arguments":[{"connection":"desk"}]}\u001e');
          };
          const read = async path => { try { return (await (await fetch(home + path, { credentials: 'include' })).text()).length; } catch { return 'unreadable'; } };
          await fetch(home + '/account/sign-out', { method: 'POST', mode: 'no-cors', credentials: 'include', body: new URLSearchParams({ a: 'b' }) }).catch(() => null);
          return [await line('/_blazor'), await line('/hubs/chat', join), await read('/account'), await read('/api/v1/me'), await read('/chat/desk')];
        }
        """;

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    public async Task It_opens_no_line_reads_nothing_posts_nothing_and_frames_nothing(string host)
    {
        await using var house = await TestInstallation.CreateAsync(config: Config.OpenWebChat);
        await house.CreateUserAsync(Ada, "owner");
        await house.StartAsync();
        var desk = new ConsolePage(await chromium.NewDeviceAsync(), house.Address);
        await desk.SignInAsync(Ada, TestInstallation.Password, "/account");
        await using var site = await StartSiteAsync(house.Address);
        var evil = site.Urls.First().Replace("127.0.0.1", host, StringComparison.Ordinal);

        await desk.Page.GotoAsync(evil);
        Assert.Equal(
            ["refused", "refused", "unreadable", "unreadable", "unreadable"], await desk.Page.EvaluateAsync<string[]>(Attack, house.Address));
        Assert.Equal(2, desk.Page.MainFrame.ChildFrames.Count);
        Assert.All(desk.Page.MainFrame.ChildFrames, frame => Assert.StartsWith("chrome-error:", frame.Url, StringComparison.Ordinal));

        var posted = await desk.Page.RunAndWaitForResponseAsync(
            () => desk.Page.Locator("#sign-out").ClickAsync(), answer => answer.Url == house.Address + "/account/sign-out");
        Assert.Equal(403, posted.Status);
        var another = new ConsolePage(await desk.Page.Context.NewPageAsync(), house.Address);
        await another.OpenAsync("/account"); // still signed in, after both attempts to end it
        Assert.Equal(house.Address + "/account", another.Page.Url);
    }

    private static async Task<WebApplication> StartSiteAsync(string victim)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var site = builder.Build();
        site.Run(context =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync($"""
                <!doctype html><title>Evil</title>
                <iframe name="console" src="{victim}/account"></iframe><iframe name="chat" src="{victim}/chat/desk"></iframe>
                <form method="post" action="{victim}/account/sign-out"><button id="sign-out">Win a prize</button></form>
                """);
        });
        await site.StartAsync(TestContext.Current.CancellationToken);
        return site;
    }
}
