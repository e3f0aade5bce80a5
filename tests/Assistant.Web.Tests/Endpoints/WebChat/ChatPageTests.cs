using System.Net;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Web.Tests.Hubs;

namespace Assistant.Web.Tests.Endpoints.WebChat;

public sealed class ChatPageTests
{
    // Without encryption it was 60,000; the handshake and what a person is told about keys are the rest.
    private const int MaxScriptBytes = 67_000;

    [Fact]
    public async Task The_page_runs_its_own_script_only_and_is_framed_by_allowed_sites_only()
    {
        await using var house = await ChatHouse.StartAsync();
        var (page, response) = await GetAsync(house, "/chat/web");

        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'; script-src 'self'; ", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.EndsWith("frame-ancestors 'self' https://shop.example https://*.partner.example:8443", policy, StringComparison.Ordinal);
        var nonce = System.Text.RegularExpressions.Regex.Match(policy, "'nonce-([^']+)'").Groups[1].Value;
        Assert.Contains($"<style nonce=\"{nonce}\">", page, StringComparison.Ordinal);
        Assert.DoesNotContain(nonce, (await GetAsync(house, "/chat/web")).Page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_list_no_other_site_frames_the_page()
    {
        await using var house = await ChatHouse.StartAsync();
        await house.AddAsync(ChatHouse.Web with { Id = new ConnectionId("own"), Settings = SettingValues.Empty });

        var (_, response) = await GetAsync(house, "/chat/own");

        Assert.EndsWith("frame-ancestors 'self'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_cannot_break_out_of_the_page()
    {
        await using var house = await ChatHouse.StartAsync();
        const string Evil = "</script></title><img src=x onerror=alert(1)>\"'";
        await house.AddAsync(ChatHouse.Web with
        {
            Id = new ConnectionId("evil"),
            Settings = new SettingValues(
            [
                new("title", Evil), new("greeting", Evil), new("quickReplies", Evil), new("accentColor", "red;}body{background:url(//x)"),
                new("allowedOrigins", "https://a.example;script-src https://b.example/path *"),
            ]),
        });

        var (page, response) = await GetAsync(house, "/chat/evil");
        var (widget, _) = await GetAsync(house, "/chat/evil/widget.js");

        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", page, StringComparison.Ordinal);
        Assert.DoesNotContain("</script><", widget, StringComparison.Ordinal);
        Assert.EndsWith("frame-ancestors 'self' https://a.example", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN")]
    [InlineData("en-GB,zh;q=0.9", "en")]
    [InlineData("fr-FR,zh-TW;q=0.5,en;q=0.3", "zh-CN")]
    [InlineData("fr-FR", "en")]
    [InlineData(null, "en")]
    public async Task The_page_speaks_the_readers_language(string? accepts, string language)
    {
        await using var house = await ChatHouse.StartAsync();

        Assert.Contains($"<html lang=\"{language}\">", (await GetAsync(house, "/chat/web", accepts)).Page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/chat/unknown", "en", "This chat is not open")]
    [InlineData("/chat/off", "en", "This chat is not open")]
    [InlineData("/chat/NO%20NAME", "zh", "此聊天未开放")]
    public async Task A_chat_that_is_not_there_says_so_kindly(string path, string accepts, string words)
    {
        await using var house = await ChatHouse.StartAsync();
        await house.AddAsync(ChatHouse.Web with { Id = new ConnectionId("off"), IsEnabled = false });

        var (page, response) = await GetAsync(house, path, accepts);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains(words, WebUtility.HtmlDecode(page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_talks_to_a_site_that_may_embed_it_and_to_no_other()
    {
        await using var house = await ChatHouse.StartAsync();

        Assert.Contains("\"parent\":\"https://shop.example\"", (await GetAsync(house, "/chat/web?parent=https://shop.example/page")).Page, StringComparison.Ordinal);
        Assert.Contains("\"parent\":null", (await GetAsync(house, "/chat/web?parent=https://evil.example")).Page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_widget_is_one_script_with_its_look_and_nothing_else_of_the_settings()
    {
        await using var house = await ChatHouse.StartAsync();
        var (script, response) = await GetAsync(house, "/chat/web/widget.js");
        Assert.SkipWhen(response.StatusCode == HttpStatusCode.ServiceUnavailable, "The scripts were not built (SkipClientBuild).");

        Assert.Equal("text/javascript", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("AssistantChat.mount({", script, StringComparison.Ordinal);
        Assert.DoesNotContain("partner.example", script, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(house, "/chat/unknown/widget.js")).Response.StatusCode);
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("off")]
    public async Task A_site_whose_chat_is_not_there_may_read_that_it_is_not(string name)
    {
        await using var house = await ChatHouse.StartAsync();
        await house.AddAsync(ChatHouse.Web with { Id = new ConnectionId("off"), IsEnabled = false });

        var (_, response) = await GetAsync(house, $"/chat/{name}/widget.js");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("cross-origin", Assert.Single(response.Headers.GetValues("Cross-Origin-Resource-Policy")));
    }

    [Theory]
    [InlineData("chat.js", "en", "Write a message")]
    [InlineData("chat.zh.js", "zh-CN", "安全号码")]
    public async Task Little_script_is_loaded_before_the_first_message_and_none_of_another_language(string file, string language, string word)
    {
        await using var house = await ChatHouse.StartAsync();
        using var client = house.Server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/chat/web") { Headers = { { "Accept-Language", language } } };
        using var page = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Contains($"/js/chat/{file}", await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        var (script, response) = await GetAsync(house, $"/js/chat/{file}");
        Assert.SkipWhen(response.StatusCode == HttpStatusCode.NotFound, "The scripts were not built (SkipClientBuild).");

        Assert.InRange(Encoding.UTF8.GetByteCount(script), 10_000, MaxScriptBytes);
        Assert.Equal([word], new[] { "Write a message", "安全号码" }.Where(one => script.Contains(one, StringComparison.Ordinal)));
    }

    private static async Task<(string Page, HttpResponseMessage Response)> GetAsync(ChatHouse house, string path, string? accepts = null)
    {
        using var client = house.Server.CreateClient();
        if (accepts is not null)
        {
            client.DefaultRequestHeaders.Add("Accept-Language", accepts);
        }

        var response = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), response);
    }
}
