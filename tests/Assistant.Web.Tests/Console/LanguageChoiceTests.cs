using System.Net;

namespace Assistant.Web.Tests.Console;

/// <summary>The link that chooses a language, for pages without script.</summary>
public sealed class LanguageChoiceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_leads_back_to_a_page_of_this_site_and_never_elsewhere()
    {
        await using var host = await ConsoleHost.StartAsync(0, Cancel, DeskStage.Add);
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var browser = new HttpClient(handler) { BaseAddress = host.Address };

        foreach (var (asked, back) in new[]
        {
            ("/people%3Fopen%3D1", "/people?open=1"), ("//evil.example", "/"), ("/%5Cevil.example", "/"), ("/%09/evil.example", "/"), ("/%0A/evil.example", "/"),
            ("https://evil.example", "/"), ("", "/"),
        })
        {
            using var answer = await browser.GetAsync(new Uri($"account/language?tag=zh-CN&returnUrl={asked}", UriKind.Relative), Cancel);

            Assert.Equal((HttpStatusCode.Redirect, back), (answer.StatusCode, answer.Headers.Location?.OriginalString));
            Assert.Contains(answer.Headers.GetValues("Set-Cookie"), cookie => cookie.Contains("zh-CN", StringComparison.Ordinal));
        }
    }
}
