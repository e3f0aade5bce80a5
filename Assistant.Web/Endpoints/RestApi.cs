using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Assistant.Domain.Audit;
using Assistant.Web.Security;
using Assistant.Web.Security.Access;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Assistant.Web.Endpoints;

/// <summary>The REST API under <c>/api/v1</c>, the webhooks, health and metrics.</summary>
internal static class RestApi
{
    /// <summary>Authentication scheme of bearer API keys.</summary>
    public const string Scheme = "ApiKey";

    public const string Prefix = "/api";

    public static IServiceCollection AddRestApi(this IServiceCollection services)
    {
        services.AddProblemDetails();
        services.AddExceptionHandler<ApiExceptionHandler>();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true); // else a caller is told 400 and nothing more
        services.ConfigureHttpJsonOptions(options => Configure(options.SerializerOptions));
        services.AddOptions<ApiOptions>().BindConfiguration(ApiOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ApiRateLimiter>();
        services.TryAddSingleton<WrongSecrets>();
        services.AddApiDescription();
        services.AddHealth();
        services.AddMetrics();
        return services;
    }

    /// <summary>Problem details for whatever goes wrong below <c>/api</c>. Call it before authentication.</summary>
    public static void UseRestApi(this IApplicationBuilder app)
        => app.Use(MalformedRequests.RefuseAsync).UseWhen(context => context.Request.Path.StartsWithSegments(Prefix), api =>
        {
            api.UseExceptionHandler();
            // By itself it would say it in a form the caller accepts, which need not be problem details.
            api.UseStatusCodePages(context => Problems.Of(context.HttpContext.Response.StatusCode).ExecuteAsync(context.HttpContext));
            api.Use(MalformedRequests.RefuseCharsetAsync);
            api.Use(Idempotency.KeepBodyAsync);
        });

    public static void MapRestApi(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup($"{Prefix}/v1").ReadsAreNotAudited().DisableAntiforgery()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        api.AddEndpointFilter(MalformedRequests.NameUnreadAsync);
        // The generic overload would make a limiter, and so a full bucket, for every request.
        api.AddEndpointFilter((context, next) => context.HttpContext.RequestServices.GetRequiredService<ApiRateLimiter>().InvokeAsync(context, next));
        api.AddEndpointFilter<Idempotency>();
        ConversationEndpoints.Map(api);
        ReachEndpoints.Map(api);
        PeopleEndpoints.Map(api);
        PersonLinkEndpoints.Map(api);
        PersonAccountEndpoints.Map(api);
        ForgettingEndpoints.Map(api);
        ChannelEndpoints.Map(api);
        EngineEndpoints.Map(api);
        DeadLetterEndpoints.Map(api);
        AuditEndpoints.Map(api);
        UserEndpoints.Map(api);
        SessionEndpoints.Map(api);
        InvitationApiEndpoints.Map(api);
        MembershipEndpoints.Map(api);
        RoleEndpoints.Map(api);
        TenantEndpoints.Map(api);
        SearchEndpoints.Map(api);
        ApiKeyEndpoints.Map(api);
        MeEndpoints.Map(api);

        WebhookEndpoint.Map(endpoints);
        FileEndpoint.Map(endpoints);
        HealthEndpoints.Map(endpoints);
        MetricsEndpoint.Map(endpoints);
        endpoints.MapOpenApi("/openapi/{documentName}.json").OpenTo("the description of the API").NotAudited(NotAuditedAttribute.Reads);
    }

    /// <summary>JSON of the API: camel case, enumerations as words, numbers as numbers, times in milliseconds.</summary>
    internal static void Configure(JsonSerializerOptions options)
    {
        options.Converters.Add(new WordConverter());
        options.NumberHandling = JsonNumberHandling.Strict;
        options.RespectRequiredConstructorParameters = true; // a decision left out must not become the first of its kind
        options.RespectNullableAnnotations = true;
        options.TypeInfoResolver = (options.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver()).WithAddedModifier(CutTimes);
    }

    // What was just made has the ticks of the clock, and what is read later the milliseconds that were stored: a caller who compares them sees one time.
    private static void CutTimes(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if ((Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) == typeof(DateTimeOffset) && property.Get is { } read)
            {
                property.Get = owner => read(owner) is DateTimeOffset at ? at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMillisecond)) : null;
            }
        }
    }
}
