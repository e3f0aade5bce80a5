using System.ComponentModel;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Web.Security.Access;

namespace Assistant.Web.Endpoints;

internal sealed record ApiKeyResource(
    Guid Id,
    string Name,
    string Role,
    [property: Description("The key's last four characters, to tell keys apart.")] string Hint,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastUsedAt,
    DateTimeOffset? RevokedAt)
{
    public static ApiKeyResource From(ApiKey key)
        => new(key.Id.Value, key.Name, key.Role, key.Hint, key.CreatedAt, key.LastUsedAt, key.RevokedAt);
}

internal sealed record ApiKeyRequest(
    string Name, [property: Description("A built-in role or one of the tenant's own; at most what the caller may do.")] string Role);

internal sealed record NewApiKeyResource([property: Description("Shown this once.")] string Key, ApiKeyResource Details);

/// <summary><c>/api/v1/apikeys</c>: keys for programs.</summary>
internal static class ApiKeyEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("/apikeys").WithTags("API keys");
        group.MapGet("/", ListAsync).Needs(Permissions.ApiKeysManage)
            .WithSummary("Lists API keys, newest first, revoked ones included").Produces<PageResource<ApiKeyResource>>();
        group.MapPost("/", CreateAsync).Needs(Permissions.ApiKeysManage).AuditsUnderProof(AuditActions.ApiKeyCreated)
            .WithSummary("Creates an API key").Produces<NewApiKeyResource>(201).ProducesValidationProblem();
        group.MapDelete("/{id:guid}", RevokeAsync).Needs(Permissions.ApiKeysManage).Audits(AuditActions.ApiKeyRevoked)
            .WithSummary("Makes an API key useless at once").Produces(204).ProducesProblem(404);
    }

    private static async Task<IResult> ListAsync(ApiCaller caller, ApiKeyDesk desk, CancellationToken ct)
        => Results.Ok(PageResource<ApiKeyResource>.Whole((await desk.ListAsync(caller.Value, ct)).Select(ApiKeyResource.From)));

    private static async Task<IResult> CreateAsync(ApiKeyRequest request, ApiCaller caller, ApiKeyDesk desk, CancellationToken ct)
        => await desk.CreateAsync(caller.Value, request.Name, request.Role, ct) switch
        {
            CreateApiKeyOutcome.Created created => Results.Json(
                new NewApiKeyResource(created.Secret.Reveal(), ApiKeyResource.From(created.Key)), statusCode: StatusCodes.Status201Created),
            CreateApiKeyOutcome.Invalid invalid => Problems.Invalid(invalid.Key, invalid.Message),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };

    private static async Task<IResult> RevokeAsync(Guid id, ApiCaller caller, ApiKeyDesk desk, CancellationToken ct)
        => await desk.RevokeAsync(caller.Value, new ApiKeyId(id), ct) ? Results.NoContent() : Problems.NotFound("API key in force");
}
