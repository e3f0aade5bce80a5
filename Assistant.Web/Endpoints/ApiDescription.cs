using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Nodes;
using Assistant.Domain.Audit;
using Assistant.Web.Security.Access;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Assistant.Web.Endpoints;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c>: derived from the endpoints, completed with what they share.</summary>
internal static class ApiDescription
{
    private const string SchemeName = "apiKey";

    /// <summary>What is remembered of a choice, and not written: the sentence of the property it stands in.</summary>
    private const string WhereUsed = "where-used";

    private const string ProblemType = "application/problem+json";

    /// <summary>Name of what <see cref="StepUpProblem"/> answers.</summary>
    private const string ProofNeeded = "ProofNeededProblemDetails";

    private const string ProofSentence =
        $"May answer 403 `{StepUpProblem.Title}`: once a person has approved it, send the same request again with the header `{ApiCaller.ProofHeader}`.";

    public static void AddApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.ShouldInclude = description => description.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true;
        options.AddSchemaTransformer(DescribeChoiceAsync);
        options.AddDocumentTransformer(DescribeDocumentAsync);
        options.AddOperationTransformer(DescribeOperationAsync);
    });

    /// <summary>The words of an enumeration, which a converter of our own does not describe.</summary>
    private static Task DescribeChoiceAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken ct)
    {
        var optional = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type);
        var type = optional ?? context.JsonTypeInfo.Type;
        if (!type.IsEnum)
        {
            return Task.CompletedTask;
        }

        (schema.Type, schema.Enum) = (JsonSchemaType.String, [.. WordConverter.WordsOf(type).Select(word => (JsonNode)JsonValue.Create(word)!)]);
        if (optional is not null && context.JsonPropertyInfo?.AttributeProvider is { } property)
        {
            var said = property.GetCustomAttributes(typeof(DescriptionAttribute), inherit: false).Cast<DescriptionAttribute>().FirstOrDefault();
            (schema.Metadata ??= new Dictionary<string, object>())[WhereUsed] = said?.Description ?? "";
        }

        return Task.CompletedTask;
    }

    /// <summary>
    /// A choice that may be null is described once, and each use refers to it and says so, but for a property with a default: that holds a description of
    /// its own, without either.
    /// </summary>
    private static void DescribeOptionalChoices(OpenApiDocument document)
    {
        var inPlace = (document.Components?.Schemas?.Values ?? []).SelectMany(schema => schema.Properties?.Values ?? []).OfType<OpenApiSchema>();
        foreach (var choice in inPlace)
        {
            if (choice is { Enum: { } words, Metadata: { } known } && known.TryGetValue(WhereUsed, out var said))
            {
                choice.Type |= JsonSchemaType.Null;
                words.Add(JsonNullSentinel.JsonNull);
                choice.Description = (string)said;
            }
        }
    }

    private static async Task DescribeDocumentAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken ct)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Assistant",
            Version = "v1",
            Description = "Conversations, people, channels, engines and the audit log of one tenant. Lists page by cursor: give 'next' as "
                + "'after'. Errors are problem details. Writes accept an Idempotency-Key, kept for 24 hours.",
        };
        document.Servers = [];
        DescribeOptionalChoices(document);
        document.Components ??= new OpenApiComponents();
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        document.Components.Schemas[ProofNeeded] = ProofNeededProblem(
            document, await context.GetOrCreateSchemaAsync(typeof(StepUpResource), parameterDescription: null, ct));
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[SchemeName] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "An API key: create one in the console or with `assistant apikeys create`.",
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(SchemeName, document)] = [] }];
    }

    /// <summary>Problem details with what is to be proven; without it nothing would help but another key.</summary>
    private static OpenApiSchema ProofNeededProblem(OpenApiDocument document, OpenApiSchema wanted) => new()
    {
        AllOf =
        [
            new OpenApiSchemaReference(nameof(ProblemDetails), document),
            new OpenApiSchema { Type = JsonSchemaType.Object, Properties = new Dictionary<string, IOpenApiSchema> { [StepUpProblem.Extension] = wanted } },
        ],
    };

    private static Task DescribeOperationAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<IAccessStatement>().LastOrDefault()?.Permission is { } permission)
        {
            operation.Description = $"{operation.Description} Needs the permission `{permission}`.".TrimStart();
        }

        if (metadata.OfType<IAuditStatement>().Any(statement => statement.Actions.Contains(AuditActions.StepUpRequested)))
        {
            DescribeProof(operation, context.Document);
        }

        if (!HttpMethods.IsGet(context.Description.HttpMethod ?? ""))
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = Idempotency.Header,
                In = ParameterLocation.Header,
                Description = "Chosen by the caller; the same request with the same key does its work once.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = Idempotency.MaxKeyLength },
            });
            MayAnswer(operation, context.Document, "409", "The first request with this key is still being worked on.");
            MayAnswer(operation, context.Document, "422", "This key was used for another request.");
        }

        if (operation.RequestBody is not null)
        {
            MayAnswer(operation, context.Document, "413", "The body is larger than is taken here.");
            MayAnswer(operation, context.Document, "415", "The body is of another type, or in letters this program does not know.");
        }

        DescribeWords(operation, context);
        return Task.CompletedTask;
    }

    /// <summary>Whoever audits that a proof was asked for asks for one.</summary>
    private static void DescribeProof(OpenApiOperation operation, OpenApiDocument? document)
    {
        operation.Description = $"{operation.Description} {ProofSentence}".TrimStart();
        operation.Parameters ??= [];
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = ApiCaller.ProofHeader,
            In = ParameterLocation.Header,
            Description = $"The '{StepUpProblem.Extension}.id' of the 403, once a person has approved it.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" },
        });
        if (operation.Responses?["403"].Content?[ProblemType] is { } refusal)
        {
            refusal.Schema = new OpenApiSchemaReference(ProofNeeded, document);
        }
    }

    /// <summary>A problem that follows from what all share, beside what the operation itself answers with this status.</summary>
    private static void MayAnswer(OpenApiOperation operation, OpenApiDocument? document, string status, string description)
    {
        operation.Responses ??= new OpenApiResponses();
        operation.Responses.TryAdd(status, new OpenApiResponse { Description = description });
        if (operation.Responses[status] is OpenApiResponse response)
        {
            response.Content ??= new Dictionary<string, OpenApiMediaType>();
            response.Content.TryAdd(ProblemType, new OpenApiMediaType { Schema = new OpenApiSchemaReference(nameof(ProblemDetails), document) });
        }
    }

    /// <summary>The words a parameter takes, which the framework describes as any text.</summary>
    private static void DescribeWords(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        foreach (var described in context.Description.ParameterDescriptions)
        {
            if (described.ParameterDescriptor is IParameterInfoParameterDescriptor { ParameterInfo: var bound } && WordsOf(bound) is { Count: > 0 } words
                && operation.Parameters?.OfType<OpenApiParameter>().FirstOrDefault(parameter => parameter.Name == described.Name) is { } shown)
            {
                shown.Schema = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. words.Select(word => (JsonNode)JsonValue.Create(word)!)] };
            }
        }
    }

    private static List<string> WordsOf(ParameterInfo parameter)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        return type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Choice<>)
            ? [.. WordConverter.WordsOf(type.GetGenericArguments()[0])]
            : [.. (parameter.GetCustomAttribute<AllowedValuesAttribute>()?.Values ?? []).OfType<string>()];
    }
}
