using System.ComponentModel;
using System.Text.Json;
using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.Security;
using Assistant.Web.Localization;
using Assistant.Web.Security.Access;

namespace Assistant.Web.Endpoints;

/// <summary>How a connection does.</summary>
internal sealed record HealthResource(
    ConnectionState State, string Detail, string? Code, DateTimeOffset Since, DateTimeOffset? LastInboundAt, DateTimeOffset? LastOutboundAt)
{
    public static HealthResource? From(ConnectionHealth? health) => health is null
        ? null
        : new(health.State, health.Detail.English(), health.Detail.FirstCode, health.Since, health.LastInboundAt, health.LastOutboundAt);
}

internal sealed record ChannelResource(
    string Name,
    string Type,
    string DisplayName,
    AccessPolicy Access,
    bool Enabled,
    [property: Description("Declared in assistant.yaml, hence read-only here.")] bool Provisioned,
    IReadOnlyDictionary<string, SettingResource> Settings,
    [property: Description("null when it does not run in the answering process.")] HealthResource? Health,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    public static ChannelResource From(ConnectionRow row) => new(
        row.Connection.Id.Value, row.Connection.ChannelType, row.Connection.DisplayName, row.Connection.Access, row.Connection.IsEnabled,
        row.Connection.IsProvisioned, SettingsResources.From(row.Settings), HealthResource.From(row.Health),
        row.Connection.CreatedAt, row.Connection.UpdatedAt);
}

/// <summary>What a channel can do and how it is configured.</summary>
internal sealed record ChannelTypeResource(
    string Type, string DisplayName, Uri? SetupUrl, IReadOnlyList<string> Capabilities, TextLimitResource TextLimit,
    IReadOnlyList<SettingFieldResource> Settings)
{
    public static ChannelTypeResource From(ChannelManifest manifest) => new(
        manifest.Type, manifest.DisplayName, manifest.SetupUrl, Names(manifest), new(manifest.TextLimit.Max, manifest.TextLimit.Unit),
        SettingFieldResource.From(manifest.Settings));

    private static string[] Names(ChannelManifest manifest)
        => [.. Enum.GetValues<ChannelCapabilities>()
            .Where(c => c != ChannelCapabilities.None && manifest.Can(c))
            .Select(c => JsonNamingPolicy.CamelCase.ConvertName(c.ToString()))];
}

internal sealed record TextLimitResource(int Max, LengthUnit Unit);

internal sealed record ChannelRequest(
    [property: Description("One of /channels/types.")] string Type,
    string? DisplayName = null,
    [property: Description("Who may talk to the assistant; pairing when left out.")] AccessPolicy? Access = null,
    [property: Description("true when left out.")] bool? Enabled = null,
    [property: Description("A secret left out keeps its stored value.")] Dictionary<string, JsonElement>? Settings = null);

internal sealed record ChannelTestRequest(
    string Type,
    [property: Description("A stored channel whose secrets fill the blanks.")] string? Name = null,
    Dictionary<string, JsonElement>? Settings = null);

internal sealed record CheckResource(string Name, bool Passed, string Detail, string? Code, string? Fix);

internal sealed record ChannelTestResource(bool Passed, IReadOnlyList<CheckResource> Checks, double ElapsedMs)
{
    public static ChannelTestResource From(ConnectionTest test) => new(
        test.IsPassed, [.. test.Checks.Select(c => new CheckResource(
            c.Name.English(), c.IsPassed, c.Detail.English(), c.Detail.FirstCode, c.Fix?.English()))], test.Elapsed.TotalMilliseconds);
}

internal sealed record ChatKeyResource(
    [property: Description("The public key as base64url: for data-key and #key=.")] string Key,
    [property: Description("The same as people compare it.")] string SafetyNumber)
{
    public static ChatKeyResource From(ChatIdentity identity) => new(identity.Key, identity.SafetyNumber);
}

/// <summary><c>/api/v1/channels</c>: the tenant's connections to messengers.</summary>
internal static class ChannelEndpoints
{
    private const string EncryptingChat = "web chat that encrypts";

    public static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("/channels").WithTags("Channels");
        group.MapGet("/", ListAsync).Needs(Permissions.ChannelsRead)
            .WithSummary("Lists channels by name").Produces<PageResource<ChannelResource>>();
        group.MapGet("/types", ListTypes).Needs(Permissions.ChannelsRead)
            .WithSummary("Lists the channels this build knows, with their settings").Produces<PageResource<ChannelTypeResource>>();
        group.MapGet("/{name}", GetAsync).Needs(Permissions.ChannelsRead)
            .WithSummary("One channel").Produces<ChannelResource>().ProducesProblem(404);
        group.MapPut("/{name}", PutAsync).Needs(Permissions.ChannelsManage).AuditsUnderProof(AuditActions.ConnectionSaved)
            .WithSummary("Creates or replaces a channel")
            .WithDescription("A stored secret has to be sent again when an address among the settings changes.")
            .Produces<ChannelResource>().ProducesValidationProblem().ProducesProblem(409);
        group.MapDelete("/{name}", DeleteAsync).Needs(Permissions.ChannelsManage).AuditsUnderProof(AuditActions.ConnectionDeleted)
            .WithSummary("Removes a channel; its conversations stay").Produces(204).ProducesProblem(404).ProducesProblem(409);
        group.MapPost("/{name}/enable", (string name, ApiCaller caller, ConnectionDesk desk, CancellationToken ct)
                => SetEnabledAsync(name, true, caller, desk, ct)).Needs(Permissions.ChannelsManage).Audits(AuditActions.ConnectionSaved)
            .WithSummary("Switches a channel on").Produces<ChannelResource>().ProducesProblem(404).ProducesProblem(409);
        group.MapPost("/{name}/disable", (string name, ApiCaller caller, ConnectionDesk desk, CancellationToken ct)
                => SetEnabledAsync(name, false, caller, desk, ct)).Needs(Permissions.ChannelsManage).Audits(AuditActions.ConnectionSaved)
            .WithSummary("Switches a channel off").Produces<ChannelResource>().ProducesProblem(404).ProducesProblem(409);
        group.MapGet("/{name}/key", GetKeyAsync).Needs(Permissions.ChannelsRead)
            .WithSummary("The key of a web chat that encrypts").WithDescription("Made when the channel is stored or switched on, never by asking.").Produces<ChatKeyResource>().ProducesProblem(404);
        group.MapPost("/{name}/key", ReplaceKeyAsync).Needs(Permissions.ChannelsManage).AuditsUnderProof(AuditActions.ChatKeyReplaced)
            .WithSummary("Gives a web chat another key")
            .WithDescription("Everybody who wrote there is warned; links and pages with the old key open it no more.")
            .Produces<ChatKeyResource>().ProducesProblem(404);
        group.MapPost("/{name}/test", TestStoredAsync).Needs(Permissions.ChannelsManage).NotAudited("tries what is stored and keeps nothing")
            .WithSummary("Tries a stored channel against the real messenger").Produces<ChannelTestResource>().ProducesProblem(404);
        group.MapPost("/test", TestDraftAsync).Needs(Permissions.ChannelsManage).NotAudited("tries settings and keeps nothing")
            .WithSummary("Tries settings without storing them").Produces<ChannelTestResource>().ProducesValidationProblem();
    }

    private static async Task<IResult> ListAsync(ApiCaller caller, ConnectionDesk desk, CancellationToken ct)
        => Results.Ok(PageResource<ChannelResource>.Whole((await desk.ListAsync(caller.Value, ct)).Select(ChannelResource.From)));

    private static IResult ListTypes(IChannelCatalog channels)
        => Results.Ok(PageResource<ChannelTypeResource>.Whole(channels.All.Select(c => ChannelTypeResource.From(c.Manifest))));

    private static async Task<IResult> GetAsync(string name, ApiCaller caller, ConnectionDesk desk, CancellationToken ct)
        => await desk.FindAsync(caller.Value, name, ct) is { } row ? Results.Ok(ChannelResource.From(row)) : Problems.NotFound("channel");

    private static async Task<IResult> PutAsync(string name, ChannelRequest request, ApiCaller caller, ConnectionDesk desk, CancellationToken ct)
    {
        var (settings, problems) = SettingsResources.Read(request.Settings);
        if (problems.Count > 0)
        {
            return Problems.Invalid(problems);
        }

        return Answer(await desk.SaveAsync(caller.Value, new ConnectionDraft(
            name, request.Type, request.DisplayName ?? "", request.Access ?? AccessPolicy.Pairing, request.Enabled ?? true, settings), ct));
    }

    private static async Task<IResult> SetEnabledAsync(string name, bool enabled, ApiCaller caller, ConnectionDesk desk, CancellationToken ct)
        => Answer(await desk.SetEnabledAsync(caller.Value, name, enabled, ct));

    private static async Task<IResult> DeleteAsync(string name, ApiCaller caller, ConnectionDesk desk, CancellationToken ct)
        => Answer(await desk.DeleteAsync(caller.Value, name, ct));

    private static async Task<IResult> GetKeyAsync(string name, ApiCaller caller, ChatKeyDesk desk, CancellationToken ct)
        => await desk.ShowAsync(caller.Value, name, ct) switch
        {
            ChatKeyOutcome.Found { Identity: var identity } => Results.Ok(ChatKeyResource.From(identity)),
            ChatKeyOutcome.NotYet => Problems.Of(404, "No key yet", "This web chat has no key yet: it is made when the channel is switched on."),
            _ => Problems.NotFound(EncryptingChat),
        };

    private static async Task<IResult> ReplaceKeyAsync(string name, ApiCaller caller, ChatKeyDesk desk, CancellationToken ct)
        => await desk.ReplaceAsync(caller.Value, name, ct) is { } identity ? Results.Ok(ChatKeyResource.From(identity)) : Problems.NotFound(EncryptingChat);

    private static async Task<IResult> TestStoredAsync(string name, ApiCaller caller, ConnectionDesk desk, CancellationToken ct)
        => Answer(await desk.TestAsync(caller.Value, name, ct));

    private static async Task<IResult> TestDraftAsync(ChannelTestRequest request, ApiCaller caller, ConnectionDesk desk, CancellationToken ct)
    {
        var (settings, problems) = SettingsResources.Read(request.Settings);
        if (problems.Count > 0)
        {
            return Problems.Invalid(problems);
        }

        return Answer(await desk.TestAsync(caller.Value, new ConnectionDraft(
            request.Name ?? "", request.Type, "", AccessPolicy.Pairing, IsEnabled: false, settings), ct));
    }

    private static IResult Answer(ConnectionOutcome outcome) => outcome switch
    {
        ConnectionOutcome.Saved saved => Results.Ok(ChannelResource.From(saved.Row)),
        ConnectionOutcome.Deleted => Results.NoContent(),
        ConnectionOutcome.Invalid invalid => Problems.Invalid(invalid.Problems),
        ConnectionOutcome.NameTaken => Problems.Conflict("Name taken", "The name belongs to another channel. Choose another."),
        ConnectionOutcome.Provisioned => Problems.Provisioned(),
        ConnectionOutcome.ChangedMeanwhile => Problems.ChangedMeanwhile(),
        ConnectionOutcome.NotFound => Problems.NotFound("channel"),
        _ => throw new InvalidOperationException($"Unknown outcome {outcome}."),
    };

    private static IResult Answer(ConnectionTestOutcome outcome) => outcome switch
    {
        ConnectionTestOutcome.Tested tested => Results.Ok(ChannelTestResource.From(tested.Test)),
        ConnectionTestOutcome.Invalid invalid => Problems.Invalid(invalid.Problems),
        ConnectionTestOutcome.NotFound => Problems.NotFound("channel"),
        _ => throw new InvalidOperationException($"Unknown outcome {outcome}."),
    };
}
