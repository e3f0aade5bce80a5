using System.Globalization;
using Assistant.Domain.Security.StepUp;

namespace Assistant.Web.Endpoints;

/// <summary>What a program is told whose request wants a person's proof: where a person approves it, and how to send it again.</summary>
internal static class StepUpProblem
{
    public const string Title = "Proof needed";

    /// <summary>The member of the problem details that says what is to be proven.</summary>
    public const string Extension = "stepUp";

    public static IResult Of(StepUpRequest request) => Results.Problem(
        $"A user with the permission approves it at {PathOf(request.Id)}; then send the same request again with '{ApiCaller.ProofHeader}: {request.Id}'.",
        statusCode: StatusCodes.Status403Forbidden, title: Title,
        extensions: new Dictionary<string, object?>
        {
            [Extension] = new StepUpResource(request.Id.Value, request.Operation, request.SentenceIn(CultureInfo.InvariantCulture), PathOf(request.Id), request.ExpiresAt),
        });

    public static string PathOf(StepUpId id) => $"/step-up/{id}";
}

/// <param name="ApproveAt">Path of the console's page where a person approves it.</param>
internal sealed record StepUpResource(Guid Id, string Operation, string Sentence, string ApproveAt, DateTimeOffset ExpiresAt);
