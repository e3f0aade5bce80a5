// A link is a key anybody may have copied. It opens once, for a time, no more than its maker could give by hand at the moment it is used;
// why one does not open is told to nobody outside.
using System.Globalization;
using Assistant.Domain.Audit;
using Assistant.Domain.People;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;

namespace Assistant.Domain.Security.Invitations;

/// <summary>Invites people by a link, and lets them in by it.</summary>
public sealed class InvitationDesk(
    IInvitationStore store, IUserDirectory users, IMembershipStore memberships, IRoleStore roles, IApiKeyStore keys, IStepUpGuard guard, TimeProvider clock,
    PasswordCheck? check = null, IPersonAccountStore? accounts = null, IPeopleStore? people = null)
{
    /// <summary>Makes an invitation. Its token is given now and never again.</summary>
    /// <param name="note">For whom; cut to <see cref="Invitation.MaxNoteLength"/>.</param>
    /// <exception cref="StepUpRequiredException">It wants proof first.</exception>
    public async Task<InviteOutcome> CreateAsync(Caller caller, string role, string note, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.UsersManage);
        if (!Legible.Is(note.Trim()))
        {
            return new InviteOutcome.Refused("note", "A note is on one line and holds only characters that show.");
        }

        return await caller.FindRefusalAsync(roles, role, cancellationToken) is { } refusal
            ? new InviteOutcome.Refused("role", refusal)
            : await MakeAsync(caller, role, note, person: null, lifetime, cancellationToken);
    }

    /// <summary>The same for a person who writes on a messenger: the account that comes of it is theirs.</summary>
    /// <param name="role">Empty for an account that is a member nowhere.</param>
    /// <exception cref="StepUpRequiredException">It wants proof first.</exception>
    public async Task<InviteOutcome> CreateForAsync(Caller caller, PersonId person, string role, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.UsersManage);
        caller.Demand(Permissions.PeopleManage);
        if (await FindFreeAsync(caller.Tenant, person, cancellationToken) is not { } row)
        {
            return new InviteOutcome.Refused("person", "This person is unknown or has an account already.");
        }

        return role.Length > 0 && await caller.FindRefusalAsync(roles, role, cancellationToken) is { } refusal
            ? new InviteOutcome.Refused("role", refusal)
            : await MakeAsync(caller, role, row.Person.DisplayName, person, lifetime, cancellationToken);
    }

    private async Task<InviteOutcome> MakeAsync(
        Caller caller, string role, string note, PersonId? person, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        if (lifetime < Invitation.MinLifetime || lifetime > Invitation.MaxLifetime)
        {
            return new InviteOutcome.Refused("lifetime", "An invitation is good for one hour to thirty days.");
        }

        note = Legible.Cut(note.Trim(), Invitation.MaxNoteLength);
        await guard.DemandAsync(
            caller,
            new BoundOperation(
                person is null ? SensitiveOperations.UserInvite : SensitiveOperations.PersonInvite, caller.Tenant,
                person is { } invited ? $"person/{invited}" : "invitation",
                [new("role", role.Length > 0 ? role : "—"), new("note", note), new("hours", lifetime.TotalHours.ToString(CultureInfo.InvariantCulture))]),
            cancellationToken);
        var (token, now) = (RandomToken.Create(), clock.GetUtcNow());
        note = person is null ? note : ""; // a name would outlive the person
        var invitation = new Invitation(new InvitationId(token.Id), caller.Tenant, role, note, caller.Actor, now, now + lifetime, Person: person);
        var audit = person is { } linked
            ? caller.Audit(now, AuditActions.InvitationMade, $"invitation/{invitation.Id}", ("role", role), ("person", linked.ToString()))
            : caller.Audit(now, AuditActions.InvitationMade, $"invitation/{invitation.Id}", ("role", role), ("note", note));
        await store.AddAsync(invitation, audit, cancellationToken);
        return new InviteOutcome.Made(invitation, token);
    }

    /// <summary>The invitations of the caller's tenant that can still be used, the newest first.</summary>
    public async Task<IReadOnlyList<Invitation>> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.UsersManage);
        return await store.ListOpenAsync(caller.Tenant, clock.GetUtcNow(), cancellationToken);
    }

    /// <returns><see langword="false"/> when the caller's tenant has no such open invitation.</returns>
    public Task<bool> RevokeAsync(Caller caller, InvitationId id, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.UsersManage);
        return store.RevokeAsync(caller.Tenant, id, caller.Audit(clock.GetUtcNow(), AuditActions.InvitationRevoked, $"invitation/{id}"), cancellationToken);
    }

    /// <summary>What the link offers at this moment; <see langword="null"/> for any that opens nothing, whatever the reason.</summary>
    public async Task<Invitation?> OpenAsync(string? token, CancellationToken cancellationToken)
        => RandomToken.TryParse(token, out var parsed) && await store.FindAsync(new InvitationId(parsed.Id), cancellationToken) is { } invitation
            && invitation.IsOpenAt(clock.GetUtcNow()) && await IsStillGivenAsync(invitation, cancellationToken)
            ? invitation
            : null;

    /// <summary>Makes an account for whoever has the link, at home in the tenant that invites.</summary>
    /// <param name="origin">Network address, for the audit event.</param>
    public async Task<AcceptOutcome> AcceptAsNewAsync(string? token, string email, string password, string origin, CancellationToken cancellationToken)
    {
        if (await OpenAsync(token, cancellationToken) is not { } invitation)
        {
            return new AcceptOutcome.Closed();
        }

        if (!EmailAddress.IsValid(email.Trim()))
        {
            return new AcceptOutcome.Invalid("email");
        }

        if (await (check ?? new PasswordCheck()).FindFlawAsync(password, email.Trim(), cancellationToken) is { } flaw)
        {
            return new AcceptOutcome.Invalid("password", flaw);
        }

        // Looked at before the invitation is used up, so that it is there for another address.
        if (await users.FindByEmailAsync(email.Trim(), cancellationToken) is not null)
        {
            return new AcceptOutcome.EmailTaken();
        }

        var guest = new Caller(new Actor("system", "invitation", "Invitation"), invitation.Tenant, Permissions.All, origin);
        if (!await ClaimAsync(invitation, guest, email.Trim(), cancellationToken))
        {
            return new AcceptOutcome.Closed();
        }

        return await UserDesk.CreateAsync(
            users, check, guest, email, invitation.Role, password, totp: null, onlyFirst: false, clock.GetUtcNow(), cancellationToken) is CreateUserOutcome.Created created
            ? await LinkAsync(invitation, guest with { Actor = created.User.AsActor }, created.User.Id, cancellationToken)
            : new AcceptOutcome.Closed(); // the address was taken in this very moment
    }

    /// <summary>Makes the caller, who has an account already, a member of the tenant that invites.</summary>
    public async Task<AcceptOutcome> AcceptAsMemberAsync(Caller caller, string? token, CancellationToken cancellationToken)
    {
        if (caller.Actor.Kind != "user" || await OpenAsync(token, cancellationToken) is not { } invitation)
        {
            return new AcceptOutcome.Closed();
        }

        // What somebody holds is changed by name, not by a link that may have been meant for another.
        var self = caller.AsUser.Id;
        if (invitation.Person is not null && invitation.Role.Length == 0)
        {
            var own = caller.In(invitation.Tenant);
            return await ClaimAsync(invitation, own, caller.Actor.Name, cancellationToken)
                ? await LinkAsync(invitation, own, self, cancellationToken)
                : new AcceptOutcome.Closed();
        }

        if (await memberships.FindAsync(invitation.Tenant, self, cancellationToken) is not null)
        {
            return new AcceptOutcome.AlreadyMember();
        }

        var guest = caller with { Tenant = invitation.Tenant };
        if (!await ClaimAsync(invitation, guest, caller.Actor.Name, cancellationToken))
        {
            return new AcceptOutcome.Closed();
        }

        var audit = guest.Audit(
            clock.GetUtcNow(), AuditActions.MembershipGranted, $"user/{self}",
            [("email", caller.Actor.Name), .. new AuditChanges().Add("role", null, invitation.Role).Details]);
        return await memberships.SetAsync(invitation.Tenant, self, invitation.Role, audit, cancellationToken) is MembershipOutcome.Changed
            ? await LinkAsync(invitation, guest, self, cancellationToken)
            : new AcceptOutcome.Closed();
    }

    // Somebody who has another account by now, or an account of somebody else's, comes in all the same: only the link is not made.
    private async Task<AcceptOutcome> LinkAsync(Invitation invitation, Caller by, UserId user, CancellationToken cancellationToken)
    {
        if (invitation.Person is { } person && accounts is not null)
        {
            var audit = by.Audit(clock.GetUtcNow(), AuditActions.AccountLinked, $"person/{person}", ("by", "invitation"));
            await accounts.LinkAsync(invitation.Tenant, person, user, audit, cancellationToken);
            return new AcceptOutcome.Accepted(user, invitation.Role.Length > 0);
        }

        return new AcceptOutcome.Accepted(user);
    }

    private async Task<PersonRow?> FindFreeAsync(TenantId tenant, PersonId person, CancellationToken cancellationToken)
        => people is not null && accounts is not null && await accounts.FindAsync(tenant, person, cancellationToken) is null
            ? await people.FindAsync(tenant, person, cancellationToken)
            : null;

    private Task<bool> ClaimAsync(Invitation invitation, Caller guest, string email, CancellationToken cancellationToken) => store.ClaimAsync(
        invitation.Id,
        guest.Audit(clock.GetUtcNow(), AuditActions.InvitationUsed, $"invitation/{invitation.Id}", ("email", email), ("role", invitation.Role), ("by", invitation.By.Name)),
        cancellationToken);

    // Nobody gives by a link what they could not give by hand any more: a right that was taken away takes its invitations along.
    private async Task<bool> IsStillGivenAsync(Invitation invitation, CancellationToken cancellationToken)
    {
        if (invitation.Person is { } person && await FindFreeAsync(invitation.Tenant, person, cancellationToken) is null)
        {
            return false; // forgotten, or linked by now
        }

        var inviter = new Caller(invitation.By, invitation.Tenant, Roles.PermissionsOf(""), "local");
        var present = inviter.IsMachine ? Permissions.All
            : await FindRoleOfAsync(invitation, cancellationToken) is { } held ? await inviter.FindRoleAsync(roles, held, cancellationToken)
            : null;
        return present?.Contains(Permissions.UsersManage) == true
            && (invitation.Person is null || present.Contains(Permissions.PeopleManage))
            && (invitation.Role.Length == 0 || await inviter.FindRoleAsync(roles, invitation.Role, cancellationToken) is { } given && given.IsSubsetOf(present));
    }

    private async Task<string?> FindRoleOfAsync(Invitation invitation, CancellationToken cancellationToken)
        => !Guid.TryParse(invitation.By.Id, out var id) ? null
            : invitation.By.Kind == "user" ? (await memberships.FindAsync(invitation.Tenant, new UserId(id), cancellationToken))?.Role
            : (await keys.ListAsync(invitation.Tenant, cancellationToken)).FirstOrDefault(key => key.Id.Value == id && key.RevokedAt is null)?.Role;
}

/// <summary>How inviting somebody ended.</summary>
public abstract record InviteOutcome
{
    private InviteOutcome() { }

    /// <param name="Token">For the link; shown once.</param>
    public sealed record Made(Invitation Invitation, RandomToken Token) : InviteOutcome;

    /// <summary>The caller may not do this; the key is <c>role</c>, <c>note</c>, <c>person</c> or <c>lifetime</c>.</summary>
    public sealed record Refused(string Key, string Message) : InviteOutcome;
}

/// <summary>How accepting an invitation ended.</summary>
public abstract record AcceptOutcome
{
    private AcceptOutcome() { }

    /// <param name="IsMember">Whether it came with a role.</param>
    public sealed record Accepted(UserId User, bool IsMember = true) : AcceptOutcome;

    /// <summary>The link opens nothing: wrong, used, revoked, expired, or not its maker's to give any more.</summary>
    public sealed record Closed : AcceptOutcome;

    /// <summary>Nothing was used up; the key is <c>email</c> or <c>password</c>.</summary>
    public sealed record Invalid(string Key, PasswordFlaw? Flaw = null) : AcceptOutcome;

    /// <summary>There is an account with this address: its owner signs in and opens the link again. Nothing was used up.</summary>
    public sealed record EmailTaken : AcceptOutcome;

    /// <summary>The caller is a member already. Nothing was used up.</summary>
    public sealed record AlreadyMember : AcceptOutcome;
}
