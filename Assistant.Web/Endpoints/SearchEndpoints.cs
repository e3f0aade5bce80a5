using System.ComponentModel;
using Assistant.Domain.Audit;
using Assistant.Domain.Memory;
using Assistant.Domain.Security;
using Assistant.Web.Security.Access;

namespace Assistant.Web.Endpoints;

internal sealed record SearchResource(
    [property: Description("'everything': recall and the search box find what was said. 'nothing': there is no index; the search box finds names.")] Indexing Index);

/// <summary><c>/api/v1/search</c>: what of the tenant's messages may be searched.</summary>
internal static class SearchEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("/search").WithTags("Search");
        group.MapGet("/", ReadAsync).Needs(Permissions.SearchManage)
            .WithSummary("What may be searched").Produces<SearchResource>();
        group.MapPut("/", DecideAsync).Needs(Permissions.SearchManage).AuditsUnderProof(AuditActions.IndexingChanged)
            .WithSummary("Decides what may be searched")
            .WithDescription("Decided against, the index is emptied within moments; decided for, which wants proof, it is filled from the start.")
            .Produces<SearchResource>().ProducesValidationProblem().ProducesProblem(409);
    }

    private static async Task<IResult> ReadAsync(ApiCaller caller, IndexingDesk desk, CancellationToken ct)
        => Results.Ok(new SearchResource(await desk.ReadAsync(caller.Value, ct)));

    private static async Task<IResult> DecideAsync(SearchResource request, ApiCaller caller, IndexingDesk desk, CancellationToken ct)
        => await desk.DecideAsync(caller.Value, request.Index, ct) == IndexingOutcome.Provisioned ? Problems.Provisioned() : Results.Ok(request);
}
