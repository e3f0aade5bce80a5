using Assistant.Domain.Settings;

namespace Assistant.Web.Endpoints;

/// <summary>The problem details (RFC 9457) of the API. Titles are stable, details are for people.</summary>
internal static class Problems
{
    public static IResult NotFound(string what) => Of(StatusCodes.Status404NotFound, "Not found", $"There is no such {what}.");

    public static IResult Conflict(string title, string detail) => Of(StatusCodes.Status409Conflict, title, detail);

    public static IResult Provisioned()
        => Conflict("Provisioned", "This is declared in assistant.yaml and can only be changed there.");

    public static IResult ChangedMeanwhile()
        => Conflict("Changed meanwhile", "Others changed this each time it was about to be stored. Look at it, and repeat what still applies.");

    public static IResult Invalid(string field, string message)
        => Results.ValidationProblem(new Dictionary<string, string[]> { [field] = [message] }, title: "Invalid request");

    public static IResult Invalid(IEnumerable<SettingProblem> problems) => Results.ValidationProblem(
        problems.GroupBy(p => p.Key, p => p.Message, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.ToArray()),
        title: "Invalid request");

    /// <summary>When all there is to say is the status.</summary>
    public static IResult Of(int status) => Results.Problem(statusCode: status);

    public static IResult Of(int status, string title, string detail) => Results.Problem(detail, statusCode: status, title: title);
}
