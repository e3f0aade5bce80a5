using System.Collections.Frozen;
using Assistant.Domain.People.Acts;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Security;

/// <summary>Id of a console user.</summary>
public readonly record struct UserId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>A console user as named in a conversation.</summary>
public sealed record UserRef(UserId Id, string Name);

/// <summary>Who does something: named in every audit event.</summary>
/// <param name="Kind"><c>user</c>, <c>apikey</c>, <c>person</c>, <c>assistant</c>, <c>system</c>.</param>
/// <param name="Id">Stable id within the kind.</param>
public sealed record Actor(string Kind, string Id, string Name)
{
    /// <summary>The product itself: provisioning, recovery, sweeps.</summary>
    public static Actor System { get; } = new("system", "system", "Assistant");
}

/// <summary>A caller of a use case: who, in which tenant, with which permissions, from where.</summary>
/// <param name="Origin">Network address or <c>local</c>; for the audit event.</param>
public sealed record Caller(Actor Actor, TenantId Tenant, IReadOnlySet<string> Permissions, string Origin)
{
    /// <summary>A request for proof that was proven; see <see cref="StepUp.IStepUpGuard"/>.</summary>
    public StepUp.StepUpId? Proof { get; init; }

    /// <summary>What a person asked for in a conversation and does behind its link; part of what they prove.</summary>
    public PersonActId? Act { get; init; }

    /// <summary>The session a user acts in; <see langword="null"/> for programs and the machine.</summary>
    public Sessions.UserSessionId? Session { get; init; }

    /// <summary>The browser a user acts on, when it is one that was seen before.</summary>
    public Guid? Device { get; init; }

    /// <summary>Where a user's account is at home, when that is not <see cref="Tenant"/>.</summary>
    public TenantId? HomeTenant { get; init; }

    /// <summary>The caller where their account is at home: for what they do with the account itself.</summary>
    public Caller AtHome => HomeTenant is { } home ? this with { Tenant = home, HomeTenant = null } : this;

    /// <summary>The caller in a tenant in which nothing is theirs by a role: for what they do there as the account of a person.</summary>
    public Caller In(TenantId tenant)
        => this with { Tenant = tenant, HomeTenant = HomeTenant ?? Tenant, Permissions = FrozenSet<string>.Empty };

    /// <summary>Whether this is somebody who commands the machine itself, or the product: nothing is proven to them by asking.</summary>
    public bool IsMachine => Actor.Kind == "system";

    /// <summary>The caller as a holder of conversations; an API key acts under its own id.</summary>
    public UserRef AsUser => new(new UserId(Guid.Parse(Actor.Id)), Actor.Name);

    /// <exception cref="PermissionDeniedException">The caller does not have the permission.</exception>
    public void Demand(string permission)
    {
        if (!Permissions.Contains(permission))
        {
            throw new PermissionDeniedException(permission);
        }
    }
}

/// <summary>The caller may not do this.</summary>
public sealed class PermissionDeniedException(string permission) : InvalidOperationException($"This needs the permission '{permission}'.")
{
    public string Permission => permission;
}
