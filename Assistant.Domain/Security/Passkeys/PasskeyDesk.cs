// A ceremony has two halves. The first hands out a challenge and keeps it in a row; the second claims the row before it looks at the
// answer, so that an answer counts once and a wrong one cannot be tried again. What the row was opened for (purpose, user, payload) is
// compared with what the caller of the second half wants.
using System.Security.Cryptography;
using Assistant.Domain.Audit;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;

namespace Assistant.Domain.Security.Passkeys;

/// <summary>What people do with passkeys: add, name, revoke, sign in, and agree to something.</summary>
public sealed class PasskeyDesk(IPasskeyStore store, IPasskeyVerifier verifier, IUserDirectory users, IAuditLog log, TimeProvider clock)
{
    /// <summary>More would only hide a stranger's among them.</summary>
    public const int MaxPerUser = 20;

    /// <summary>The caller's own, oldest first.</summary>
    public Task<IReadOnlyList<Passkey>> ListAsync(Caller caller, CancellationToken cancellationToken)
        => store.ListAsync(caller.AtHome.Tenant, Self(caller), cancellationToken);

    /// <summary>Begins to add a passkey. Wants the password again: an open screen is no proof.</summary>
    public async Task<BeginPasskeyOutcome> BeginRegistrationAsync(Caller caller, string password, CancellationToken cancellationToken)
    {
        caller = caller.AtHome;
        var (self, now) = (Self(caller), clock.GetUtcNow());
        var attempt = caller.Audit(now, AuditActions.UserChanged, $"user/{self}");
        if (await users.CheckPasswordAsync(caller.Tenant, self, password, attempt, cancellationToken) is { } refusal)
        {
            return new BeginPasskeyOutcome.Refused(refusal);
        }

        var existing = await store.ListAsync(caller.Tenant, self, cancellationToken);
        if (existing.Count >= MaxPerUser)
        {
            return new BeginPasskeyOutcome.TooMany();
        }

        var user = await users.FindAsync(caller.Tenant, self, cancellationToken) ?? throw new InvalidOperationException("The account is gone.");
        var challenge = await verifier.AskForNewAsync(user, existing, cancellationToken);
        return await OpenAsync(challenge, caller.Tenant, self, CeremonyPurpose.Register, null, cancellationToken);
    }

    /// <param name="name">Cut to <see cref="Passkey.MaxNameLength"/>.</param>
    public async Task<AddPasskeyOutcome> CompleteRegistrationAsync(
        Caller caller, Guid ceremony, string answer, string name, CancellationToken cancellationToken)
    {
        caller = caller.AtHome;
        var (self, now) = (Self(caller), clock.GetUtcNow());
        if (await ClaimAsync(ceremony, CeremonyPurpose.Register, self, null, cancellationToken) is not { } claimed)
        {
            return new AddPasskeyOutcome.Invalid();
        }

        switch (await verifier.VerifyNewAsync(answer, claimed.State, cancellationToken))
        {
            case NewPasskeyOutcome.Made made:
                var passkey = new Passkey(new PasskeyId(Guid.CreateVersion7()), caller.Tenant, self, Named(name), made.Credential, now, null);
                var audit = caller.Audit(
                    now, AuditActions.PasskeyAdded, $"user/{self}",
                    ("passkey", passkey.Id.ToString()), ("name", passkey.Name), ("aaguid", made.Credential.Aaguid.ToString()));
                return await store.AddAsync(passkey, audit, cancellationToken) ? new AddPasskeyOutcome.Added(passkey) : new AddPasskeyOutcome.Invalid();
            case NewPasskeyOutcome.ModelDenied denied:
                await log.AppendAsync(
                    caller.Audit(now, AuditActions.PasskeyRefused, $"user/{self}", ("reason", "model"), ("aaguid", denied.Aaguid.ToString())), cancellationToken);
                return new AddPasskeyOutcome.ModelDenied();
            default:
                await log.AppendAsync(caller.Audit(now, AuditActions.PasskeyRefused, $"user/{self}", ("reason", "invalid")), cancellationToken);
                return new AddPasskeyOutcome.Invalid();
        }
    }

    /// <returns><see langword="false"/> when the caller has no such passkey.</returns>
    public Task<bool> RenameAsync(Caller caller, PasskeyId id, string name, CancellationToken cancellationToken)
    {
        caller = caller.AtHome;
        var self = Self(caller);
        var audit = caller.Audit(clock.GetUtcNow(), AuditActions.PasskeyRenamed, $"user/{self}", ("passkey", id.ToString()), ("name", Named(name)));
        return store.RenameAsync(caller.Tenant, self, id, Named(name), audit, cancellationToken);
    }

    /// <summary>Removes a passkey and ends every session.</summary>
    public async Task<CredentialOutcome> RevokeAsync(Caller caller, PasskeyId id, string password, CancellationToken cancellationToken)
    {
        caller = caller.AtHome;
        var (self, now) = (Self(caller), clock.GetUtcNow());
        var audit = caller.Audit(now, AuditActions.PasskeyRevoked, $"user/{self}", ("passkey", id.ToString()));
        switch (await users.CheckPasswordAsync(caller.Tenant, self, password, audit, cancellationToken))
        {
            case null:
                return await store.RevokeAsync(caller.Tenant, self, id, audit, cancellationToken) is { } left
                    ? new CredentialOutcome.Changed(left.User, left.Stamp)
                    : new CredentialOutcome.NotFound();
            case SignInRefusal.Locked:
                return new CredentialOutcome.Locked();
            default:
                return new CredentialOutcome.WrongPassword();
        }
    }

    /// <summary>Begins a sign-in by passkey alone; the answer tells who it is.</summary>
    public async Task<BeginPasskeyOutcome.Begun> BeginSignInAsync(CancellationToken cancellationToken)
        => await OpenAsync(await verifier.AskForSignatureAsync(null, [], cancellationToken), TenantId.Default, null, CeremonyPurpose.SignIn, null, cancellationToken);

    /// <param name="origin">Network address, for the audit event.</param>
    public async Task<SignInOutcome> CompleteSignInAsync(Guid ceremony, string answer, string origin, CancellationToken cancellationToken)
    {
        var nobody = new AuditDraft(
            TenantId.Default, clock.GetUtcNow(), new Actor("user", "unknown", ""), AuditActions.SignedIn, "user/unknown", origin, Method());
        return await ClaimAsync(ceremony, CeremonyPurpose.SignIn, null, null, cancellationToken) is { } claimed
            ? await AssertAsync(claimed, answer, nobody, cancellationToken)
            : await RefuseAsync(nobody, SignInRefusal.WrongPasskey, cancellationToken);
    }

    /// <summary>Begins to prove afresh that it is the caller who agrees to an operation.</summary>
    /// <param name="payloadHash">SHA-256 of the operation as it will be carried out.</param>
    public async Task<BeginPasskeyOutcome> BeginStepUpAsync(Caller caller, byte[] payloadHash, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(payloadHash.Length, SHA256.HashSizeInBytes, nameof(payloadHash));
        caller = caller.AtHome;
        var self = Self(caller);
        var own = await store.ListAsync(caller.Tenant, self, cancellationToken);
        if (own.Count == 0 || await users.FindAsync(caller.Tenant, self, cancellationToken) is not { } user)
        {
            return new BeginPasskeyOutcome.NoPasskey();
        }

        var challenge = await verifier.AskForSignatureAsync(user, own, cancellationToken);
        return await OpenAsync(challenge, caller.Tenant, self, CeremonyPurpose.StepUp, payloadHash, cancellationToken);
    }

    /// <param name="payloadHash">Of the operation at hand: the proof holds for the one it was begun for and no other.</param>
    /// <returns>Whether it is proven. <see cref="SignInOutcome.Refused"/> says why not, for the audit log only.</returns>
    public async Task<SignInOutcome> CompleteStepUpAsync(
        Caller caller, Guid ceremony, string answer, byte[] payloadHash, CancellationToken cancellationToken)
    {
        caller = caller.AtHome;
        var self = Self(caller);
        var attempt = caller.Audit(clock.GetUtcNow(), AuditActions.SteppedUp, $"user/{self}", ("payload", Convert.ToHexStringLower(payloadHash)));
        return await ClaimAsync(ceremony, CeremonyPurpose.StepUp, self, payloadHash, cancellationToken) is { } claimed
            ? await AssertAsync(claimed, answer, attempt, cancellationToken)
            : await RefuseAsync(attempt, SignInRefusal.WrongPasskey, cancellationToken);
    }

    private async Task<SignInOutcome> AssertAsync(Ceremony ceremony, string answer, AuditDraft attempt, CancellationToken cancellationToken)
    {
        if (verifier.CredentialIdOf(answer) is not { } credentialId || await store.FindAsync(credentialId, cancellationToken) is not { } passkey
            || (ceremony.User is { } expected && expected != passkey.User)
            || await users.FindAsync(passkey.Tenant, passkey.User, cancellationToken) is not { } user)
        {
            return await RefuseAsync(attempt, SignInRefusal.WrongPasskey, cancellationToken);
        }

        // A passkey's id is no secret: what it names is believed only once its signature is.
        if (await verifier.VerifySignatureAsync(answer, ceremony.State, passkey, cancellationToken) is not { } used)
        {
            return await RefuseAsync(attempt, SignInRefusal.WrongPasskey, cancellationToken);
        }

        var details = new Dictionary<string, string>(attempt.Details) { ["passkey"] = passkey.Id.ToString() };
        attempt = attempt with { Tenant = passkey.Tenant, Actor = user.AsActor, Subject = $"user/{user.Id}", Details = details };
        if (!passkey.Credential.MayBeFollowedBy(used.SignCount))
        {
            return await RefuseAsync(attempt, SignInRefusal.ClonedPasskey, cancellationToken);
        }

        return await store.UseAsync(passkey, used, ceremony.Purpose == CeremonyPurpose.SignIn, attempt, cancellationToken)
            ?? await RefuseAsync(attempt, SignInRefusal.WrongPasskey, cancellationToken);
    }

    private async Task<SignInOutcome> RefuseAsync(AuditDraft attempt, SignInRefusal reason, CancellationToken cancellationToken)
    {
        var details = new Dictionary<string, string>(attempt.Details) { ["reason"] = reason.ToString() };
        var action = attempt.Action == AuditActions.SteppedUp ? AuditActions.StepUpFailed : AuditActions.SignInFailed;
        await log.AppendAsync(attempt with { Action = action, Details = details }, cancellationToken);
        return new SignInOutcome.Refused(reason);
    }

    private async Task<BeginPasskeyOutcome.Begun> OpenAsync(
        PasskeyChallenge challenge, TenantId tenant, UserId? user, CeremonyPurpose purpose, byte[]? payloadHash, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var ceremony = new Ceremony(Guid.CreateVersion7(), tenant, user, purpose, payloadHash, challenge.State, now + Ceremony.Lifetime);
        await store.OpenAsync(ceremony, now, cancellationToken);
        return new BeginPasskeyOutcome.Begun(ceremony.Id, challenge.OptionsJson);
    }

    private async Task<Ceremony?> ClaimAsync(
        Guid id, CeremonyPurpose purpose, UserId? user, byte[]? payloadHash, CancellationToken cancellationToken)
        => await store.ClaimAsync(id, clock.GetUtcNow(), cancellationToken) is { } claimed
            && claimed.Purpose == purpose && claimed.User == user
            && claimed.PayloadHash.AsSpan().SequenceEqual(payloadHash)
            ? claimed
            : null;

    private static UserId Self(Caller caller) => caller.Actor.Kind == "user"
        ? caller.AsUser.Id
        : throw new PermissionDeniedException("user");

    private static string Named(string name)
    {
        var trimmed = name.Trim();
        return trimmed.Length == 0 ? "Passkey" : Legible.Cut(trimmed, Passkey.MaxNameLength);
    }

    private static Dictionary<string, string> Method() => new() { ["method"] = "passkey" };
}
