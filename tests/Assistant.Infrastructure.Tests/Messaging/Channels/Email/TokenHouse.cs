using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Email;

/// <summary>A provider's token endpoint.</summary>
internal sealed class TokenHouse : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _issued;
    private string _refreshToken = "refresh";

    private TokenHouse(WebApplication app) => _app = app;

    public Uri Address => new(new Uri(_app.Urls.First()), "token");

    public string LastForm { get; private set; } = "";

    public bool Refuses { get; set; }

    /// <summary>Whether every answer replaces the refresh token, and the one before is taken no more.</summary>
    public bool Replaces { get; init; }

    public static async Task<TokenHouse> StartAsync(bool replaces = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var house = new TokenHouse(builder.Build()) { Replaces = replaces };
        house._app.MapPost("/token", house.IssueAsync);
        await house._app.StartAsync();
        return house;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> IssueAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        LastForm = await reader.ReadToEndAsync();
        if (Refuses || !$"{LastForm}&".Contains($"&refresh_token={_refreshToken}&", StringComparison.Ordinal))
        {
            return Results.Json(new { error = "invalid_grant" }, statusCode: StatusCodes.Status400BadRequest);
        }

        if (Replaces)
        {
            _refreshToken = $"refresh-{_issued + 1}";
            return Results.Json(new { access_token = $"token-{++_issued}", expires_in = 3600, token_type = "Bearer", refresh_token = _refreshToken });
        }

        return Results.Json(new { access_token = $"token-{++_issued}", expires_in = 3600, token_type = "Bearer" });
    }
}
