using Microsoft.AspNetCore.Localization;

namespace Assistant.Web.Localization;

/// <summary>The languages of the product: the cookie decides, else what the browser prefers. A live page goes on in the language it was drawn in.</summary>
internal static class Languages
{
    public const string English = "en";
    public const string Chinese = "zh-CN";

    // Written by the script in the head of App.razor.
    private const string DrawnCookie = "assistant.drawn";

    /// <summary>Each language with its own name for itself.</summary>
    public static IReadOnlyList<(string Tag, string OwnName)> All { get; } = [(English, "English"), (Chinese, "简体中文")];

    public static void Configure(RequestLocalizationOptions options)
    {
        options.SetDefaultCulture(English).AddSupportedCultures(English, Chinese).AddSupportedUICultures(English, Chinese);
        options.ApplyCurrentCultureToResponseHeaders = true;
        options.RequestCultureProviders =
        [
            new CookieRequestCultureProvider(),
            new CustomRequestCultureProvider(context => Task.FromResult(Drawn(context.Request) is { } tag ? new ProviderCultureResult(tag) : null)),
            new CustomRequestCultureProvider(context => Task.FromResult<ProviderCultureResult?>(new(Preferred(context.Request)))),
        ];
    }

    /// <summary>What a page was drawn in: a browser need not say on the line of a page what it said when it asked for the page.</summary>
    private static string? Drawn(HttpRequest request) => request.Path.StartsWithSegments("/_blazor")
        ? All.Select(language => language.Tag).FirstOrDefault(tag => tag == request.Cookies[DrawnCookie])
        : null;

    /// <summary>Any Chinese is served in Simplified Chinese: nearer than English for all of its readers.</summary>
    private static string Preferred(HttpRequest request) => request.GetTypedHeaders().AcceptLanguage
        .OrderByDescending(language => language.Quality ?? 1)
        .Select(language => language.Value.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? Chinese
            : language.Value.StartsWith("en", StringComparison.OrdinalIgnoreCase) ? English : null)
        .FirstOrDefault(tag => tag is not null) ?? English;
}
