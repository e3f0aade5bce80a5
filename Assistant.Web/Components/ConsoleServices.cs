using Assistant.Domain.Audit;
using Assistant.Domain.Wording;
using Assistant.Web.Components.Layout;
using Assistant.Web.Components.Pages.Audit;
using Assistant.Web.Components.Pages.Acts;
using Assistant.Web.Components.Pages.Forgetting;
using Assistant.Web.Components.Pages.Conversations;
using Assistant.Web.Components.Pages.People;
using Assistant.Web.Components.Shared;
using Assistant.Web.Localization;
using Assistant.Web.Security;
using Assistant.Web.Security.Access;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;
using MudBlazor.Services;

namespace Assistant.Web.Components;

/// <summary>Registers and maps the operator console.</summary>
public static class ConsoleServices
{
    /// <summary>The console's services. It further needs the use cases of the Domain, authentication and the permission policies.</summary>
    public static IServiceCollection AddConsole(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddCascadingAuthenticationState();
        services.AddMudServices();
        services.AddHttpContextAccessor();
        services.AddRequestLocalization(Languages.Configure);
        services.AddSingleton<IEnglishSentences, EnglishSentences>();
        services.AddScoped<ConsoleCaller>();
        services.AddScoped<RailBadges>();
        services.AddScoped<KeyRegistry>();
        services.AddScoped<IPaletteSource, PersonPaletteSource>();
        services.AddScoped<IPaletteSource, ConversationPaletteSource>();
        return services;
    }

    /// <summary>
    /// Maps every page. Call it after authentication and authorization are in the pipeline; it adds language and
    /// antiforgery itself.
    /// </summary>
    public static WebApplication MapConsole(this WebApplication app)
    {
        app.UseNotFoundPage();
        app.UseRequestLocalization();
        app.UseAntiforgery();
        app.MapStaticAssets().OpenTo("the program's own scripts and styles, the same for everybody")
            .NotAudited(NotAuditedAttribute.Reads);
        app.MapGet("/account/language", ChooseLanguage).OpenTo("sets the language cookie of this browser")
            .NotAudited("a cookie of this browser").ExcludeFromDescription();

        app.MapAuditExport();
        app.MapForgettingDownloads();
        app.MapActDownloads();
        app.MapAttachmentDownloads();

        // Our own header forbids framing; the framework's would be a second, weaker one.
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null)
            .OpenTheRestTo("the line of a page; each page in it asks for itself");
        return app;
    }

    // For pages without script: the choice is a link.
    private static RedirectHttpResult ChooseLanguage(HttpContext context, [FromQuery] string tag, [FromQuery] string? returnUrl)
    {
        if (Languages.All.Any(language => language.Tag == tag))
        {
            context.Response.Cookies.Append(
                CookieRequestCultureProvider.DefaultCookieName,
                CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(tag)),
                new CookieOptions { MaxAge = TimeSpan.FromDays(365), IsEssential = true, SameSite = SameSiteMode.Lax, Path = "/" });
        }

        return TypedResults.LocalRedirect(LocalUrl.OrHome(returnUrl));
    }
}
