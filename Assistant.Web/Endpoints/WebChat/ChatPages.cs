using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Web.Hubs;
using Assistant.Web.Security.Access;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Assistant.Web.Endpoints.WebChat;

/// <summary>The web chat's page and the script that puts it on other sites.</summary>
internal static class ChatPages
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en");
    private static readonly CultureInfo Chinese = CultureInfo.GetCultureInfo("zh-CN");

    public static IEndpointRouteBuilder MapChatPages(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/chat/{connection}", ShowAsync).OpenTo("visitors of a web chat that is open").NotAudited(NotAuditedAttribute.Reads).ExcludeFromDescription();
        endpoints.MapGet("/chat/{connection}/widget.js", WidgetAsync).OpenTo("the script that embeds an open web chat").NotAudited(NotAuditedAttribute.Reads).ExcludeFromDescription();
        return endpoints;
    }

    private static async Task<IResult> ShowAsync(
        string connection, string? lang, string? parent, HttpContext http, IConnectionStore connections, ChatAssets assets,
        IOptions<ChatOptions> options, CancellationToken cancellationToken)
    {
        var culture = LanguageOf(http.Request, lang);
        if (await ChatArrivals.FindOpenAsync(connections, connection, cancellationToken) is not { } found)
        {
            Protect(http.Response, nonce: null, []);
            return Html(ChatPage.NotFound(culture, http.Request.PathBase, assets), StatusCodes.Status404NotFound);
        }

        var profile = WebChatProfile.Of(found);
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        Protect(http.Response, nonce, profile.Origins.Sources);
        var page = new ChatPage(profile, culture, nonce, http.Request.PathBase, assets);
        return Html(
            page.Render(new(
                found.Id.Value,
                $"{http.Request.PathBase}/hubs/chat",
                options.Value.MaxTextLength,
                profile.QuickReplies,
                profile.IsSealed,
                $"{http.Request.PathBase}{assets.AddressOf("compare.js")}",
                ParentOf(http.Request, parent, profile.Origins))),
            StatusCodes.Status200OK);
    }

    private static async Task<IResult> WidgetAsync(
        string connection, HttpContext http, IConnectionStore connections, ChatAssets assets, CancellationToken cancellationToken)
    {
        // First, because a site that may not read the answer would not learn that there is no such chat either.
        http.Response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        http.Response.Headers[HeaderNames.XContentTypeOptions] = "nosniff";
        if (await ChatArrivals.FindOpenAsync(connections, connection, cancellationToken) is not { } found)
        {
            return Results.Text("// There is no web chat of this name.", "text/javascript; charset=utf-8", statusCode: StatusCodes.Status404NotFound);
        }

        if (assets.Widget is not { } script)
        {
            return Results.Text("// The scripts of the web chat were not built.", "text/javascript; charset=utf-8",
                statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        var profile = WebChatProfile.Of(found);
        var settings = JsonSerializer.Serialize(new { title = profile.Title, accent = profile.Accent, onAccent = profile.OnAccent });
        http.Response.Headers[HeaderNames.CacheControl] = "public, max-age=300";
        return Results.Text($"{script}\nAssistantChat.mount({settings});\n", "text/javascript; charset=utf-8");
    }

    /// <summary>Chinese when the reader prefers it to English, else English.</summary>
    private static CultureInfo LanguageOf(HttpRequest request, string? asked)
    {
        var wanted = asked is null
            ? request.GetTypedHeaders().AcceptLanguage.OrderByDescending(language => language.Quality ?? 1).Select(language => language.Value.ToString())
            : [asked];
        var first = wanted.FirstOrDefault(tag =>
            tag.StartsWith("zh", StringComparison.OrdinalIgnoreCase) || tag.StartsWith("en", StringComparison.OrdinalIgnoreCase));
        return first?.StartsWith("zh", StringComparison.OrdinalIgnoreCase) == true ? Chinese : English;
    }

    /// <summary>The embedding site when it may embed us: the only one the page talks to.</summary>
    private static string? ParentOf(HttpRequest request, string? parent, AllowedOrigins origins) =>
        Uri.TryCreate(parent, UriKind.Absolute, out var site) && (site.Authority == request.Host.Value || origins.Includes(parent))
            ? site.GetLeftPart(UriPartial.Authority)
            : null;

    /// <summary>No inline script anywhere; the one inline style carries a nonce; framing is closed but for the allowed sites.</summary>
    private static void Protect(HttpResponse response, string? nonce, IReadOnlyList<string> frameAncestors)
    {
        var host = response.HttpContext.Request.Host.Value;
        response.Headers.ContentSecurityPolicy = string.Join("; ",
            "default-src 'none'",
            "script-src 'self'",
            $"style-src 'self'{(nonce is null ? "" : $" 'nonce-{nonce}'")}",
            $"connect-src 'self' ws://{host} wss://{host}",
            "img-src 'self' data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types assistant-chat",
            string.Join(' ', ["frame-ancestors", "'self'", .. frameAncestors]));
        response.Headers.Remove(HeaderNames.XFrameOptions);
        response.Headers[HeaderNames.XContentTypeOptions] = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
        response.Headers[HeaderNames.CacheControl] = "no-store";
        response.Headers[HeaderNames.Vary] = HeaderNames.AcceptLanguage;
    }

    private static IResult Html(string page, int status) => Results.Text(page, "text/html; charset=utf-8", statusCode: status);
}
