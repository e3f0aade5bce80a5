using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Antiforgery;

namespace Assistant.Web.Endpoints;

/// <summary>Requests that cannot be read: their callers' fault, told to them and not to the log, which anybody could fill.</summary>
internal static partial class MalformedRequests
{
    private const string Body = "body";

    private static readonly string[] Required = ["This is required."];

    /// <summary>Middleware: answers with the status alone. Below <c>/api</c> an answer with reasons was given before it comes to this.</summary>
    public static async Task RefuseAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException malformed) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = malformed.StatusCode;
        }
        catch (AntiforgeryValidationException unread) when (unread.InnerException is { } fault && !context.Response.HasStarted)
        {
            // It wraps what reading the form threw.
            context.Response.StatusCode = (fault as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status400BadRequest;
        }
    }

    /// <summary>Says what is wrong by field and in our words: the framework's name our types.</summary>
    public static IResult Explain(BadHttpRequestException malformed) => malformed switch
    {
        { StatusCode: not StatusCodes.Status400BadRequest } => Problems.Of(malformed.StatusCode, "Invalid request", malformed.Message),
        { InnerException: JsonException fault } => ExplainJson(fault),
        _ when ParameterOf(malformed) is { } parameter => Problems.Invalid(parameter, "This value cannot be read."),
        _ => Problems.Invalid(Body, "A JSON body is needed, as /openapi/v1.json describes it."),
    };

    private static IResult ExplainJson(JsonException fault)
    {
        if (MissingProperties().Match(fault.Message) is { Success: true } missing)
        {
            return Results.ValidationProblem(missing.Groups["name"].Captures.ToDictionary(name => name.Value, _ => Required), title: "Invalid request");
        }

        var field = fault.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : Body;
        return Problems.Invalid(field, string.Create(
            CultureInfo.InvariantCulture,
            $"Line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}: this is not what /openapi/v1.json describes."));
    }

    /// <summary>The parameter of path or query that a value cannot be bound to.</summary>
    private static string? ParameterOf(BadHttpRequestException malformed)
        => UnboundParameter().Match(malformed.Message) is { Success: true } found ? JsonNamingPolicy.CamelCase.ConvertName(found.Groups["name"].Value) : null;

    // JsonException: "… was missing required properties including: 'markdown', 'seq'."
    [GeneratedRegex(@"required properties including: (?:'(?<name>[^']+)'(?:, )?)+")]
    private static partial Regex MissingProperties();

    // BadHttpRequestException: "Failed to bind parameter "Nullable<int> Limit" from "x"."
    [GeneratedRegex("""bind parameter "(?:[^"]* )?(?<name>\w+)" from""")]
    private static partial Regex UnboundParameter();
}
