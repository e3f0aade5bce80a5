using Assistant.Domain.Audit;
using Microsoft.AspNetCore.Authorization;

namespace Assistant.Web.Security.Access;

/// <summary>What a door (a page, an endpoint, a hub method) states about who may come in. Each has exactly one such statement.</summary>
internal interface IAccessStatement
{
    /// <summary>The permission asked for, or <see langword="null"/> when <see cref="Words"/> say why none is.</summary>
    string? Permission { get; }

    /// <summary>Who may come in, in words.</summary>
    string Words { get; }
}

/// <summary>Lets in who holds the permission. The statement is the policy: nothing has to be said twice.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class RequiresAttribute(string permission) : AuthorizeAttribute(permission), IAccessStatement
{
    public string Permission => Policy!;

    public string Words => "holders of the permission";
}

/// <summary>Lets in everybody who is signed in, because what is behind the door is theirs.</summary>
/// <param name="why">What makes a permission needless, e.g. <c>one's own account</c>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class SignedInAttribute(string why) : AuthorizeAttribute, IAccessStatement
{
    string? IAccessStatement.Permission => null;

    public string Words => $"everybody signed in: {why}";
}

/// <summary>Lets in everybody.</summary>
/// <param name="why">What stands in for a sign-in, or why none is wanted.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class OpenAttribute(string why) : Attribute, IAllowAnonymous, IAccessStatement
{
    string? IAccessStatement.Permission => null;

    public string Words => $"open: {why}";
}

/// <summary>An endpoint that decides by a policy of its own.</summary>
internal sealed record AccessStatement(string? Permission, string Words) : IAccessStatement;

/// <summary>States that other sites send browsers to an endpoint, although it leaves an event: what came with the request speaks for it.</summary>
internal sealed record ReachedFromElsewhere(string Why);

/// <summary>The statements of endpoints that are mapped in code.</summary>
internal static class AccessStatements
{
    /// <summary>Lets in who holds the permission, by the session cookie.</summary>
    public static TBuilder Requires<TBuilder>(this TBuilder endpoint, string permission) where TBuilder : IEndpointConventionBuilder
        => endpoint.WithMetadata(new RequiresAttribute(permission));

    /// <summary>Lets in everybody who is signed in by the session cookie.</summary>
    public static TBuilder SignedIn<TBuilder>(this TBuilder endpoint, string why) where TBuilder : IEndpointConventionBuilder
        => endpoint.WithMetadata(new SignedInAttribute(why));

    /// <summary>Lets in everybody.</summary>
    public static TBuilder OpenTo<TBuilder>(this TBuilder endpoint, string why) where TBuilder : IEndpointConventionBuilder
        => endpoint.WithMetadata(new OpenAttribute(why));

    /// <summary>States the events the endpoint causes.</summary>
    /// <param name="actions">Of <see cref="AuditActions"/>.</param>
    public static TBuilder Audits<TBuilder>(this TBuilder endpoint, params string[] actions) where TBuilder : IEndpointConventionBuilder
        => endpoint.WithMetadata(new AuditsAttribute(actions));

    /// <summary>States the events an endpoint causes some of whose acts want a proof.</summary>
    /// <param name="actions">Of <see cref="AuditActions"/>, without those of the proof.</param>
    public static TBuilder AuditsUnderProof<TBuilder>(this TBuilder endpoint, params string[] actions) where TBuilder : IEndpointConventionBuilder
        => endpoint.WithMetadata(new AuditsAttribute(actions) { WantsProof = true });

    /// <summary>States that other sites send browsers to the endpoint, although it leaves an event. Every other one is opened from here alone.</summary>
    public static TBuilder ReachedFromElsewhere<TBuilder>(this TBuilder endpoint, string why) where TBuilder : IEndpointConventionBuilder
        => endpoint.WithMetadata(new ReachedFromElsewhere(why));

    /// <summary>States that the endpoint leaves no event.</summary>
    public static TBuilder NotAudited<TBuilder>(this TBuilder endpoint, string why) where TBuilder : IEndpointConventionBuilder
        => endpoint.WithMetadata(new NotAuditedAttribute(why));

    /// <summary>States of a group that what is only asked of it changes nothing. What else it takes has to state its events itself.</summary>
    public static RouteGroupBuilder ReadsAreNotAudited(this RouteGroupBuilder group)
    {
        ((IEndpointConventionBuilder)group).Finally(endpoint =>
        {
            if (!endpoint.Metadata.OfType<IAuditStatement>().Any() && IsRead(endpoint.Metadata))
            {
                endpoint.Metadata.Add(new NotAuditedAttribute(NotAuditedAttribute.Reads));
            }
        });
        return group;
    }

    /// <summary>Opens those of the endpoints that have no statement of their own: what the framework maps beside ours.</summary>
    public static void OpenTheRestTo(this IEndpointConventionBuilder endpoints, string why) => endpoints.Finally(endpoint =>
    {
        if (!endpoint.Metadata.OfType<IAccessStatement>().Any() && !IsOurs(endpoint.Metadata))
        {
            endpoint.Metadata.Add(new OpenAttribute(why));
            endpoint.Metadata.Add(new NotAuditedAttribute("what is done over it is stated where it is done"));
        }
    });

    private static bool IsRead(IEnumerable<object> metadata)
        => metadata.OfType<HttpMethodMetadata>().LastOrDefault() is { HttpMethods.Count: > 0 } verbs
            && verbs.HttpMethods.All(method => HttpMethods.IsGet(method) || HttpMethods.IsHead(method));

    // A page of ours without a statement must stay without one, to be found.
    private static bool IsOurs(IEnumerable<object> metadata)
        => metadata.OfType<Microsoft.AspNetCore.Components.Endpoints.ComponentTypeMetadata>().Any();
}
