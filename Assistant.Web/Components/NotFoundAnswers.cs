using Microsoft.AspNetCore.Diagnostics;

namespace Assistant.Web.Components;

/// <summary>A page for whoever typed an address that does not exist. The status stays what it was.</summary>
internal static class NotFoundAnswers
{
    // What programs call: they get problem details or a bare status, whatever they say they accept.
    private static readonly PathString[] ForPrograms = ["/api", "/webhooks", "/hubs", "/health", "/metrics", "/openapi", "/mcp", "/_blazor", "/_framework", "/_content"];

    /// <summary>Call it before the pages are mapped.</summary>
    public static void UseNotFoundPage(this IApplicationBuilder app)
    {
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        app.Use((context, next) =>
        {
            if (!IsForPeople(context.Request) && context.Features.Get<IStatusCodePagesFeature>() is { } pages)
            {
                pages.Enabled = false;
            }

            return next(context);
        });
    }

    private static bool IsForPeople(HttpRequest request)
        => (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            && request.GetTypedHeaders().Accept.Any(accepted => accepted.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase))
            && !Array.Exists(ForPrograms, prefix => request.Path.StartsWithSegments(prefix));
}
