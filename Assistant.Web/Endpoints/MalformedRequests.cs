using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

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

    /// <summary>Middleware: refuses JSON in letters this program does not know. Reading it would throw what is taken for a fault of ours.</summary>
    public static Task RefuseCharsetAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.HasJsonContentType() || !MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || !type.Charset.HasValue)
        {
            return next(context);
        }

        var charset = HeaderUtilities.RemoveQuotes(type.Charset);
        if (!IsKnown(charset.ToString()))
        {
            return Problems.Of(StatusCodes.Status415UnsupportedMediaType, "Unsupported charset", "Send JSON in UTF-8.").ExecuteAsync(context);
        }

        type.Charset = charset; // quoted it would not be found
        context.Request.ContentType = type.ToString();
        return next(context);
    }

    private static bool IsKnown(string charset)
    {
        try
        {
            return Encoding.GetEncoding(charset) is not null;
        }
        catch (Exception unknown) when (unknown is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    /// <summary>Endpoint filter: names the parameter of path or query that cannot be read. The code generated for an endpoint sets the status and says no more.</summary>
    public static ValueTask<object?> NameUnreadAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
        => context.HttpContext.Response.StatusCode == StatusCodes.Status400BadRequest
            ? ValueTask.FromResult<object?>(ExplainUnread(context.HttpContext))
            : next(context);

    private static IResult ExplainUnread(HttpContext context)
    {
        foreach (var parameter in context.GetEndpoint()!.Metadata.GetOrderedMetadata<IParameterBindingMetadata>().Where(parameter => parameter.HasTryParse))
        {
            var given = context.Request.RouteValues[parameter.Name] as string ?? context.Request.Query[parameter.Name];
            if (given is not null && !IsRead(given, parameter.ParameterInfo.ParameterType))
            {
                return Problems.Invalid(FieldOf(parameter.Name), WhatIsWanted(parameter.ParameterInfo.ParameterType));
            }
        }

        return Problems.Of(StatusCodes.Status400BadRequest, "Invalid request", "A value cannot be read; /openapi/v1.json describes them.");
    }

    private static bool IsRead(string text, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.GetMethod("TryParse", [typeof(string), type.MakeByRefType()])?.Invoke(null, [text, null]) is true;
    }

    private static string FieldOf(string parameter) => JsonNamingPolicy.CamelCase.ConvertName(parameter);

    private static string WhatIsWanted(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Choice<>)
            ? $"This is one of {string.Join(", ", Enum.GetNames(type.GenericTypeArguments[0]).Select(FieldOf))}."
            : "This value cannot be read.";
    }

    /// <summary>Says what is wrong by field and in our words: the framework's name our types.</summary>
    public static IResult Explain(BadHttpRequestException malformed) => malformed switch
    {
        { StatusCode: not StatusCodes.Status400BadRequest } => Problems.Of(malformed.StatusCode, "Invalid request", malformed.Message),
        { InnerException: JsonException fault } => ExplainJson(fault),
        _ when MissingParameter().Match(malformed.Message) is { Success: true } missing => Problems.Invalid(FieldOf(missing.Groups["name"].Value), Required[0]),
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

    // BadHttpRequestException: "Required parameter "string name" was not provided from route or query string."
    [GeneratedRegex(@"^Required parameter ""[^""]* (?<name>\w+)"" was not provided from (?:route or )?query string\.$")]
    private static partial Regex MissingParameter();

    // JsonException: "… was missing required properties including: 'markdown', 'seq'."
    [GeneratedRegex(@"required properties including: (?:'(?<name>[^']+)'(?:, )?)+")]
    private static partial Regex MissingProperties();
}
