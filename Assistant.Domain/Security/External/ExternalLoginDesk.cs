// An identity provider says who somebody is there; which account that opens is decided here, by a row that the account's owner made. No
// address, name or other claim is ever looked at: whoever controls those at some provider would open the accounts of others.
using Assistant.Domain.Audit;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Security.External;

/// <summary>What people do with their logins at identity providers: connect, remove, sign in.</summary>
public sealed class ExternalLoginDesk(IExternalLoginStore store, IUserDirectory users, IAuditLog log, TimeProvider clock)
{
    /// <summary>More would only hide a stranger's among them.</summary>
    public const int MaxPerUser = 10;

    private const string Method = "openid-connect";

    /// <summary>The caller's own, oldest first.</summary>
    public Task<IReadOnlyList<ExternalLogin>> ListAsync(Caller caller, CancellationToken cancellationToken)
        => store.ListAsync(caller.AtHome.Tenant, Self(caller), cancellationToken);

    /// <summary>Whether the caller may go to a provider to connect it. Wants the password again: an open screen is no proof.</summary>
    /// <returns><see langword="null"/> when they may.</returns>
    public Task<SignInRefusal?> BeginConnectingAsync(Caller caller, string password, CancellationToken cancellationToken)
    {
        caller = caller.AtHome;
        var self = Self(caller);
        var attempt = caller.Audit(clock.GetUtcNow(), AuditActions.UserChanged, $"user/{self}");
        return users.CheckPasswordAsync(caller.Tenant, self, password, attempt, cancellationToken);
    }

    /// <summary>Connects a login with the caller's account, after <see cref="BeginConnectingAsync"/> and the provider's answer.</summary>
    public async Task<ConnectOutcome> ConnectAsync(Caller caller, ExternalProof proof, CancellationToken cancellationToken)
    {
        caller = caller.AtHome;
        var self = Self(caller);
        if ((await store.ListAsync(caller.Tenant, self, cancellationToken)).Count >= MaxPerUser)
        {
            return ConnectOutcome.TooMany;
        }

        if (await AddAsync(caller, self, proof, cancellationToken))
        {
            return ConnectOutcome.Connected;
        }

        await log.AppendAsync(
            caller.Audit(clock.GetUtcNow(), AuditActions.ExternalLoginRefused, $"user/{self}", ("provider", proof.Provider), ("reason", "taken")), cancellationToken);
        return ConnectOutcome.Taken;
    }

    /// <summary>Whether a login opens no account yet.</summary>
    public async Task<bool> IsFreeAsync(ExternalIdentity identity, CancellationToken cancellationToken)
        => await store.FindAsync(identity, cancellationToken) is null;

    /// <summary>Connects a login with an account that its owner has just made, and signs them in with it.</summary>
    /// <param name="origin">Network address, for the audit event.</param>
    public async Task<SignInOutcome> ConnectNewcomerAsync(User newcomer, ExternalProof proof, string origin, CancellationToken cancellationToken)
    {
        var caller = new Caller(newcomer.AsActor, newcomer.Tenant, Roles.PermissionsOf(""), origin);
        await AddAsync(caller, newcomer.Id, proof, cancellationToken);
        return await SignInAsync(proof, null, origin, cancellationToken);
    }

    /// <summary>Removes a login and ends every session. The password remains as a way in.</summary>
    public async Task<CredentialOutcome> RemoveAsync(Caller caller, ExternalLoginId id, string password, CancellationToken cancellationToken)
    {
        caller = caller.AtHome;
        var (self, now) = (Self(caller), clock.GetUtcNow());
        var audit = caller.Audit(now, AuditActions.ExternalLoginRemoved, $"user/{self}", ("login", id.ToString()));
        switch (await users.CheckPasswordAsync(caller.Tenant, self, password, audit, cancellationToken))
        {
            case null:
                return await store.RemoveAsync(caller.Tenant, self, id, audit, cancellationToken) is { } left
                    ? new CredentialOutcome.Changed(left.User, left.Stamp)
                    : new CredentialOutcome.NotFound();
            case SignInRefusal.Locked:
                return new CredentialOutcome.Locked();
            default:
                return new CredentialOutcome.WrongPassword();
        }
    }

    /// <summary>
    /// Signs in whoever the login was connected by. An account with a one-time code wants it here too, unless the operator demands several
    /// factors of the provider itself.
    /// </summary>
    /// <param name="code"><see langword="null"/> or empty when none was entered.</param>
    /// <param name="origin">Network address, for the audit event.</param>
    public async Task<SignInOutcome> SignInAsync(ExternalProof proof, string? code, string origin, CancellationToken cancellationToken)
    {
        var attempt = Attempt(AuditActions.SignedIn, proof.Provider, origin);
        if (await store.FindAsync(proof.Identity, cancellationToken) is not { } login
            || await users.FindAsync(login.Tenant, login.User, cancellationToken) is not { } user)
        {
            return await RecordRefusalAsync(attempt, SignInRefusal.UnknownLogin, cancellationToken);
        }

        var details = new Dictionary<string, string>(attempt.Details) { ["login"] = login.Id.ToString() };
        attempt = attempt with { Tenant = login.Tenant, Actor = user.AsActor, Subject = $"user/{user.Id}", Details = details };
        if (user.HasTotp && !proof.IsMultiFactor)
        {
            if (string.IsNullOrWhiteSpace(code))
            {
                return new SignInOutcome.CodeNeeded();
            }

            if (await FindCodeRefusalAsync(user, code, attempt, cancellationToken) is { } refusal)
            {
                return new SignInOutcome.Refused(refusal);
            }

            details["method"] = Method + "+totp";
        }

        return await store.UseAsync(login, attempt, cancellationToken) ?? await RecordRefusalAsync(attempt, SignInRefusal.UnknownLogin, cancellationToken);
    }

    /// <summary>Records that what came back from a provider was not believed.</summary>
    /// <param name="provider">The provider's name, or what somebody took for one.</param>
    public Task<SignInOutcome> RefuseAsync(string provider, string origin, CancellationToken cancellationToken)
        => RecordRefusalAsync(Attempt(AuditActions.SignInFailed, provider, origin), SignInRefusal.WrongProviderAnswer, cancellationToken);

    // A wrong code is recorded and counted by the directory.
    private async Task<SignInRefusal?> FindCodeRefusalAsync(User user, string code, AuditDraft attempt, CancellationToken cancellationToken)
        => await users.ProveCodeAsync(user.Tenant, user.Id, code, attempt with { Action = AuditActions.SignInFailed }, cancellationToken) switch
        {
            CodeProof.Right => null,
            CodeProof.Locked => SignInRefusal.Locked,
            _ => SignInRefusal.WrongCode,
        };

    private Task<bool> AddAsync(Caller caller, UserId user, ExternalProof proof, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var login = new ExternalLogin(new ExternalLoginId(Guid.CreateVersion7()), caller.Tenant, user, proof.Identity, proof.Provider, now, null);
        var audit = caller.Audit(
            now, AuditActions.ExternalLoginConnected, $"user/{user}",
            ("login", login.Id.ToString()), ("provider", proof.Provider), ("issuer", proof.Identity.Issuer));
        return store.AddAsync(login, audit, cancellationToken);
    }

    private AuditDraft Attempt(string action, string provider, string origin) => new(
        TenantId.Default, clock.GetUtcNow(), new Actor("user", "unknown", ""), action, "user/unknown", origin,
        new Dictionary<string, string> { ["method"] = Method, ["provider"] = provider });

    private async Task<SignInOutcome> RecordRefusalAsync(AuditDraft attempt, SignInRefusal reason, CancellationToken cancellationToken)
    {
        var details = new Dictionary<string, string>(attempt.Details) { ["reason"] = reason.ToString() };
        await log.AppendAsync(attempt with { Action = AuditActions.SignInFailed, Details = details }, cancellationToken);
        return new SignInOutcome.Refused(reason);
    }

    private static UserId Self(Caller caller) => caller.Actor.Kind == "user" ? caller.AsUser.Id : throw new PermissionDeniedException("user");
}

/// <summary>How connecting a login ended.</summary>
public enum ConnectOutcome
{
    Connected,

    /// <summary>It opens an account already, the caller's or another's.</summary>
    Taken,

    /// <summary>The account has <see cref="ExternalLoginDesk.MaxPerUser"/>.</summary>
    TooMany,
}
