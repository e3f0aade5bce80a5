using System.ComponentModel;
using System.Text.Json;
using Assistant.Domain.Ai;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Web.Localization;
using Assistant.Web.Security.Access;

namespace Assistant.Web.Endpoints;

/// <summary>How an engine did in the answering process.</summary>
internal sealed record EngineHealthResource(bool CircuitOpen, DateTimeOffset? RetryAt, string? LastError, string? LastErrorCode, DateTimeOffset? LastSuccessAt);

internal sealed record EngineResource(
    string Name,
    string Type,
    [property: Description("Asked first.")] bool Default,
    [property: Description("Fallback order after the default; lower first.")] int Order,
    [property: Description("Declared in assistant.yaml, hence read-only here.")] bool Provisioned,
    IReadOnlyDictionary<string, SettingResource> Settings,
    [property: Description("null before its first call in the answering process.")] EngineHealthResource? Health,
    [property: Description("null for the built-in engine that answers as long as there is no other: nobody stored it.")] DateTimeOffset? UpdatedAt)
{
    public static EngineResource From(EngineRow row) => new(
        row.Engine.Name, row.Engine.Type, row.Engine.IsDefault, row.Engine.Order, row.Engine.IsProvisioned,
        SettingsResources.From(row.Settings),
        row.Health is { } h ? new(h.IsOpen, h.RetryAt, h.LastError?.English(), h.LastError?.FirstCode, h.LastSuccessAt) : null,
        row.Engine.IsStandIn ? null : row.Engine.UpdatedAt);
}

internal sealed record EngineTypeResource(
    string Type, string DisplayName, string Summary, Uri? SetupUrl, IReadOnlyList<SettingFieldResource> Settings)
{
    public static EngineTypeResource From(EngineManifest manifest) => new(
        manifest.Type, manifest.DisplayName, manifest.Summary.English, manifest.SetupUrl, SettingFieldResource.From(manifest.Settings));
}

internal sealed record EngineRequest(
    [property: Description("One of /engines/types.")] string Type,
    [property: Description("Makes it the one that is asked first.")] bool? Default = null,
    int? Order = null,
    [property: Description("A secret left out keeps its stored value.")] Dictionary<string, JsonElement>? Settings = null);

internal sealed record EngineTestRequest(
    string Type,
    [property: Description("A stored engine whose secrets fill the blanks.")] string? Name = null,
    Dictionary<string, JsonElement>? Settings = null);

internal sealed record EngineTestResource(bool Passed, string? Answer, string? Problem, string? ProblemCode, double ElapsedMs)
{
    public static EngineTestResource From(EngineTest test) => new(
        test.IsPassed, test.Answer, test.Problem?.English(), test.Problem?.FirstCode, test.Elapsed.TotalMilliseconds);
}

/// <summary><c>/api/v1/engines</c>: what answers.</summary>
internal static class EngineEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("/engines").WithTags("Engines");
        group.MapGet("/", ListAsync).Needs(Permissions.EnginesRead)
            .WithSummary("Lists engines, the default first").Produces<PageResource<EngineResource>>();
        group.MapGet("/types", ListTypes).Needs(Permissions.EnginesRead)
            .WithSummary("Lists the engine types this build knows, with their settings").Produces<PageResource<EngineTypeResource>>();
        group.MapGet("/{name}", GetAsync).Needs(Permissions.EnginesRead)
            .WithSummary("One engine").Produces<EngineResource>().ProducesProblem(404);
        group.MapPut("/{name}", PutAsync).Needs(Permissions.EnginesManage).AuditsUnderProof(AuditActions.EngineSaved)
            .WithSummary("Creates or replaces an engine")
            .WithDescription("A stored secret has to be sent again when an address among the settings changes.")
            .Produces<EngineResource>().ProducesValidationProblem().ProducesProblem(409);
        group.MapDelete("/{name}", DeleteAsync).Needs(Permissions.EnginesManage).Audits(AuditActions.EngineDeleted)
            .WithSummary("Removes an engine").Produces(204).ProducesProblem(404).ProducesProblem(409);
        group.MapPost("/{name}/default", SetDefaultAsync).Needs(Permissions.EnginesManage).Audits(AuditActions.EngineSaved)
            .WithSummary("Makes an engine the default").Produces<EngineResource>().ProducesProblem(404).ProducesProblem(409);
        group.MapPost("/{name}/test", TestStoredAsync).Needs(Permissions.EnginesManage).NotAudited("tries what is stored and keeps nothing")
            .WithSummary("Asks a stored engine for a short answer").Produces<EngineTestResource>().ProducesProblem(404);
        group.MapPost("/test", TestDraftAsync).Needs(Permissions.EnginesManage).NotAudited("tries settings and keeps nothing")
            .WithSummary("Tries settings without storing them").Produces<EngineTestResource>().ProducesValidationProblem();
    }

    private static async Task<IResult> ListAsync(ApiCaller caller, EngineDesk desk, CancellationToken ct)
        => Results.Ok(PageResource<EngineResource>.Whole((await desk.ListAsync(caller.Value, ct)).Select(EngineResource.From)));

    private static IResult ListTypes(IEngineCatalog catalog)
        => Results.Ok(PageResource<EngineTypeResource>.Whole(catalog.All.Select(EngineTypeResource.From)));

    private static async Task<IResult> GetAsync(string name, ApiCaller caller, EngineDesk desk, CancellationToken ct)
        => await desk.FindAsync(caller.Value, name, ct) is { } row ? Results.Ok(EngineResource.From(row)) : Problems.NotFound("engine");

    private static async Task<IResult> PutAsync(string name, EngineRequest request, ApiCaller caller, EngineDesk desk, CancellationToken ct)
    {
        var (settings, problems) = SettingsResources.Read(request.Settings);
        return problems.Count > 0
            ? Problems.Invalid(problems)
            : Answer(await desk.SaveAsync(
                caller.Value, new EngineDraft(name, request.Type, settings, request.Default ?? false, request.Order ?? 0), ct));
    }

    private static async Task<IResult> DeleteAsync(string name, ApiCaller caller, EngineDesk desk, CancellationToken ct)
        => Answer(await desk.DeleteAsync(caller.Value, name, ct));

    private static async Task<IResult> SetDefaultAsync(string name, ApiCaller caller, EngineDesk desk, CancellationToken ct)
        => Answer(await desk.SetDefaultAsync(caller.Value, name, ct));

    private static async Task<IResult> TestStoredAsync(string name, ApiCaller caller, EngineDesk desk, CancellationToken ct)
        => Answer(await desk.TestAsync(caller.Value, name, ct));

    private static async Task<IResult> TestDraftAsync(EngineTestRequest request, ApiCaller caller, EngineDesk desk, CancellationToken ct)
    {
        var (settings, problems) = SettingsResources.Read(request.Settings);
        return problems.Count > 0
            ? Problems.Invalid(problems)
            : Answer(await desk.TestAsync(
                caller.Value, new EngineDraft(request.Name ?? "", request.Type, settings, IsDefault: false, Order: 0), ct));
    }

    private static IResult Answer(EngineOutcome outcome) => outcome switch
    {
        EngineOutcome.Saved saved => Results.Ok(EngineResource.From(saved.Row)),
        EngineOutcome.Deleted => Results.NoContent(),
        EngineOutcome.Invalid invalid => Problems.Invalid(invalid.Problems),
        EngineOutcome.NameTaken => Problems.Conflict("Name taken", "The name belongs to an engine of another type. Choose another."),
        EngineOutcome.Provisioned => Problems.Provisioned(),
        EngineOutcome.IsDefault => Problems.Conflict("Default engine", "Make another engine the default first."),
        EngineOutcome.ChangedMeanwhile => Problems.ChangedMeanwhile(),
        EngineOutcome.NotFound => Problems.NotFound("engine"),
        _ => throw new InvalidOperationException($"Unknown outcome {outcome}."),
    };

    private static IResult Answer(EngineTestOutcome outcome) => outcome switch
    {
        EngineTestOutcome.Tested tested => Results.Ok(EngineTestResource.From(tested.Test)),
        EngineTestOutcome.Invalid invalid => Problems.Invalid(invalid.Problems),
        EngineTestOutcome.NotFound => Problems.NotFound("engine"),
        _ => throw new InvalidOperationException($"Unknown outcome {outcome}."),
    };
}
