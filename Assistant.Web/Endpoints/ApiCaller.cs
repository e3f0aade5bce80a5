using Assistant.Domain.Security;
using Assistant.Domain.Security.StepUp;
using Assistant.Web.Security.Access;

namespace Assistant.Web.Endpoints;

/// <summary>The authenticated caller of an API request; binds as a parameter of an endpoint.</summary>
internal readonly record struct ApiCaller(Caller Value)
{
    /// <summary>Names a proven request for proof; see <see cref="StepUpProblem"/>.</summary>
    public const string ProofHeader = "Step-Up";

    public static ValueTask<ApiCaller> BindAsync(HttpContext context)
    {
        var caller = context.RequestServices.GetRequiredService<IApiCallers>().Find(context)
            ?? throw new InvalidOperationException("The endpoint lets callers in who were not authenticated.");
        return ValueTask.FromResult(new ApiCaller(
            Guid.TryParse(context.Request.Headers[ProofHeader], out var proof) ? caller with { Proof = new StepUpId(proof) } : caller));
    }
}

/// <summary>Finds out who calls the API.</summary>
internal interface IApiCallers
{
    /// <summary>The authenticated caller, or <see langword="null"/>.</summary>
    Caller? Find(HttpContext context);
}

internal static class ApiAuthorization
{
    /// <summary>Lets in callers with a bearer API key that grants the permission. Cookies do not count: they need antiforgery.</summary>
    public static RouteHandlerBuilder Needs(this RouteHandlerBuilder endpoint, string permission)
        => endpoint.WithMetadata(new RequiresAttribute(permission) { AuthenticationSchemes = RestApi.Scheme });

    /// <summary>Lets in every caller with a valid API key.</summary>
    public static RouteHandlerBuilder NeedsCaller(this RouteHandlerBuilder endpoint)
        => endpoint.WithMetadata(new SignedInAttribute("an API key, told what it is itself") { AuthenticationSchemes = RestApi.Scheme });
}
