using Assistant.Web.Localization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Assistant.Web.Tests.Localization;

public sealed class LanguagesTests
{
    [Theory]
    [InlineData("/people", "zh-TW,en;q=0.8", null, "zh-CN")]
    [InlineData("/people", "de, en;q=0.5", null, "en")]
    [InlineData("/people", null, null, "en")]
    [InlineData("/people", "en", "zh-CN", "en")] // the browser was set to another language since
    [InlineData("/_blazor", null, "zh-CN", "zh-CN")]
    [InlineData("/_blazor", "en", "zh-CN", "zh-CN")]
    [InlineData("/_blazor", "zh", "en", "en")]
    [InlineData("/_blazor", "zh", "xx", "zh-CN")]
    [InlineData("/_blazor/negotiate", null, "zh-CN", "zh-CN")]
    public async Task A_live_page_goes_on_in_the_language_it_was_drawn_in(string path, string? accepts, string? drawn, string expected)
    {
        var context = new DefaultHttpContext();
        context.Request.Path = path;
        if (accepts is not null)
        {
            context.Request.Headers.AcceptLanguage = accepts;
        }

        if (drawn is not null)
        {
            context.Request.Headers.Cookie = $"assistant.drawn={drawn}";
        }

        Assert.Equal(expected, await DecideAsync(context));
    }

    private static async Task<string?> DecideAsync(HttpContext context)
    {
        var options = new RequestLocalizationOptions();
        Languages.Configure(options);
        foreach (var provider in options.RequestCultureProviders)
        {
            if (await provider.DetermineProviderCultureResult(context) is { } found)
            {
                return found.UICultures[0].Value;
            }
        }

        return null;
    }
}
