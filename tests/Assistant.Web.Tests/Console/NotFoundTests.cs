using System.Net;

namespace Assistant.Web.Tests.Console;

/// <summary>Addresses typed by hand.</summary>
public sealed class NotFoundTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("admin", "en", "Nothing here", "Conversations")]
    [InlineData("admin", "zh-CN", "这里什么也没有", "会话")]
    [InlineData("nobody", "en", "Nothing here", "Sign in")]
    public async Task A_wrong_address_shows_a_page_that_says_so(string role, string language, string title, string wayOut)
    {
        await using var host = await ConsoleHost.StartAsync(0, Cancel, DeskStage.Add);

        using var answer = await AskAsync(host, "no/such/page", role, language, "text/html,application/xhtml+xml,*/*;q=0.8");

        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains(title, page, StringComparison.Ordinal);
        Assert.Contains(wayOut, page, StringComparison.Ordinal);
        Assert.True(answer.Headers.Contains("Content-Security-Policy"));
    }

    [Theory]
    [InlineData("no/such/page", "*/*")]
    [InlineData("no/such.js", "*/*")]
    [InlineData("api/v1/nonsense", "text/html")]
    [InlineData("webhooks/nonsense", "text/html")]
    [InlineData("hubs/nonsense", "text/html")]
    public async Task A_program_gets_no_page(string path, string accept)
    {
        await using var host = await ConsoleHost.StartAsync(0, Cancel, DeskStage.Add);

        using var answer = await AskAsync(host, path, "admin", "en", accept);

        Assert.Equal((HttpStatusCode.NotFound, 0L), (answer.StatusCode, answer.Content.Headers.ContentLength));
    }

    private static async Task<HttpResponseMessage> AskAsync(ConsoleHost host, string path, string role, string language, string accept)
    {
        using var browser = new HttpClient { BaseAddress = host.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        request.Headers.TryAddWithoutValidation("Accept-Language", language);
        request.Headers.TryAddWithoutValidation("Cookie", $"role={role}");
        return await browser.SendAsync(request, Cancel);
    }
}
