using System.Net;
using Assistant.Domain.Audit;
using Assistant.Web.Security;
using Assistant.Web.Security.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging;

namespace Assistant.Web.Tests.Security;

/// <summary>What a page of another site may open in its visitor's name. All that cookies open is knocked at in the end-to-end tests.</summary>
public sealed class OriginGuardTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/event", null, HttpStatusCode.OK)] // no browser, or one that says nothing
    [InlineData("/event", "same-origin", HttpStatusCode.OK)]
    [InlineData("/event", "none", HttpStatusCode.OK)]
    [InlineData("/event", "same-site", HttpStatusCode.Forbidden)]
    [InlineData("/event", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("/proven", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("/read", "cross-site", HttpStatusCode.OK)]
    [InlineData("/page", "cross-site", HttpStatusCode.OK)]
    [InlineData("/answer", "cross-site", HttpStatusCode.OK)]
    [InlineData("/api/event", "cross-site", HttpStatusCode.OK)]
    public async Task What_leaves_an_event_by_being_opened_is_not_opened_by_another_site(string path, string? site, HttpStatusCode status)
    {
        await using var app = await StartAsync();
        using var client = app.GetTestClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (site is not null)
        {
            request.Headers.Add("Sec-Fetch-Site", site);
        }

        using var answer = await client.SendAsync(request, Cancel);

        Assert.Equal(status, answer.StatusCode);
    }

    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.UseOriginGuard();
        app.MapGet("/event", () => "").Audits(AuditActions.AuditExported);
        app.MapGet("/api/event", () => "").Audits(AuditActions.AuditExported);
        app.MapGet("/proven", () => "").AuditsUnderProof(AuditActions.PersonExported);
        app.MapGet("/read", () => "").NotAudited(NotAuditedAttribute.Reads);
        app.MapGet("/page", () => "").Audits(AuditActions.ConnectionSaved).WithMetadata(new ComponentTypeMetadata(typeof(ComponentBase)));
        app.MapGet("/answer", () => "").Audits(AuditActions.SignInFailed).ReachedFromElsewhere("an answer of somebody else");
        await app.StartAsync(Cancel);
        return app;
    }
}
