using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <summary>What every user directory must do. It is to lock after five failures for five minutes.</summary>
public abstract partial class UserDirectoryContract
{
    private const string Password = "correct horse battery";
    private static readonly TenantId Own = TenantId.Default;
    private static readonly TenantId Other = new("other");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A directory without users in which the tenants exist, and the log it writes to.</summary>
    protected abstract Task<(IUserDirectory Users, IAuditLog Audit)> CreateAsync(TimeProvider clock, params TenantId[] tenants);

    [Fact]
    public async Task A_created_user_is_found_and_signs_in()
    {
        var (users, audit) = await CreateAsync(_clock, Own, Other);
        Assert.False(await users.AnyAsync(Cancel));

        var user = await AddAsync(users, "ada@example.org");

        Assert.True(await users.AnyAsync(Cancel));
        Assert.Equal(user, await users.FindByEmailAsync("ADA@example.org", Cancel));
        var signedIn = Assert.IsType<SignInOutcome.SignedIn>(await VerifyAsync(users, "Ada@Example.org"));
        Assert.Equal((user.Id, _clock.GetUtcNow()), (signedIn.User.Id, signedIn.User.LastSignInAt));
        Assert.Equal(user.Id, (await users.FindSessionAsync(user.Id, signedIn.Stamp, Cancel))?.Id);
        Assert.Null(await users.FindSessionAsync(user.Id, "another", Cancel));
        Assert.Equal([AuditActions.UserCreated, AuditActions.SignedIn], await ActionsAsync(audit, Own));
    }

    [Fact]
    public async Task A_tenant_does_not_see_or_change_anothers_users()
    {
        var (users, _) = await CreateAsync(_clock, Own, Other);
        var ada = await AddAsync(users, "ada@example.org");
        var bob = await AddAsync(users, "bob@example.org", tenant: Other);

        Assert.Equal([ada], await users.ListAsync(Own, Cancel));
        Assert.Equal([bob], await users.ListAsync(Other, Cancel));
        Assert.Null(await users.FindAsync(Own, bob.Id, Cancel));
        Assert.IsType<ChangeUserOutcome.NotFound>(await users.ResetMfaAsync(Own, bob.Id, Draft(Own), Cancel));
    }

    [Fact]
    public async Task An_address_belongs_to_one_user_of_the_installation()
    {
        var (users, audit) = await CreateAsync(_clock, Own, Other);
        await AddAsync(users, "ada@example.org");

        Assert.IsType<CreateUserOutcome.EmailTaken>(await TryAddAsync(users, "ADA@example.org", Other));
        Assert.Empty(await ActionsAsync(audit, Other));
    }

    [Fact]
    public async Task A_user_needs_a_tenant_that_exists()
    {
        var (users, _) = await CreateAsync(_clock, Own);

        Assert.Equal("tenant", Assert.IsType<CreateUserOutcome.Invalid>(await TryAddAsync(users, "ada@example.org", Other)).Key);
    }

    [Fact]
    public async Task Of_many_first_users_one_is_created()
    {
        var (users, audit) = await CreateAsync(_clock, Own, Other);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => TryAddAsync(users, $"user{i}@example.org", Own, onlyFirst: true)));

        Assert.Single(outcomes.OfType<CreateUserOutcome.Created>());
        Assert.Equal(7, outcomes.OfType<CreateUserOutcome.NotFirst>().Count());
        Assert.Single(await ActionsAsync(audit, Own));
    }

    [Fact]
    public async Task Wrong_passwords_lock_the_account_for_a_while()
    {
        var (users, audit) = await CreateAsync(_clock, Own, Other);
        await AddAsync(users, "ada@example.org");

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(new SignInOutcome.Refused(SignInRefusal.WrongPassword), await users.VerifyAsync("ada@example.org", "wrong", null, "192.0.2.1", Cancel));
        }

        Assert.Equal(new SignInOutcome.Refused(SignInRefusal.Locked), await VerifyAsync(users, "ada@example.org"));
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.IsType<SignInOutcome.SignedIn>(await VerifyAsync(users, "ada@example.org"));
        Assert.Equal(6, (await ActionsAsync(audit, Own)).Count(action => action == AuditActions.SignInFailed));
    }

    [Fact]
    public async Task A_lock_that_strangers_brought_about_shuts_out_neither_a_known_device_nor_who_is_signed_in()
    {
        var (users, audit) = await CreateAsync(_clock, Own, Other);
        var secret = TotpSecret.Create();
        var user = await AddAsync(users, "ada@example.org", totp: secret);
        for (var i = 0; i < 5; i++)
        {
            await users.VerifyAsync("ada@example.org", "wrong", null, "192.0.2.1", Cancel);
        }

        Assert.Equal(new SignInOutcome.Refused(SignInRefusal.Locked), await VerifyAsync(users, "ada@example.org"));
        Assert.Null(await users.CheckPasswordAsync(Own, user.Id, Password, Draft(Own), Cancel));
        Assert.Equal(CodeProof.Right, await users.ProveCodeAsync(Own, user.Id, FakeTotp.CodeAt(secret, _clock.GetUtcNow()), Draft(Own), Cancel));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Task<SignInOutcome> VerifyHereAsync(string password, string code) => users.VerifyOnKnownDeviceAsync("ada@example.org", password, code, "192.0.2.9", Cancel);
        Assert.IsType<SignInOutcome.CodeNeeded>(await VerifyHereAsync(Password, ""));
        Assert.Equal(new SignInOutcome.Refused(SignInRefusal.WrongCode), await VerifyHereAsync(Password, "000000"));
        Assert.IsType<SignInOutcome.SignedIn>(await VerifyHereAsync(Password, FakeTotp.CodeAt(secret, _clock.GetUtcNow())));
        Assert.Equal(new SignInOutcome.Refused(SignInRefusal.Locked), await VerifyAsync(users, "ada@example.org")); // strangers won nothing by it
        Assert.Contains(AuditActions.SignedIn, await ActionsAsync(audit, Own));
    }

    [Fact]
    public async Task What_is_wrong_on_a_known_device_or_in_a_session_locks_nobody_elsewhere()
    {
        var (users, _) = await CreateAsync(_clock, Own, Other);
        var user = await AddAsync(users, "ada@example.org");
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(
                new SignInOutcome.Refused(SignInRefusal.WrongPassword), await users.VerifyOnKnownDeviceAsync("ada@example.org", "wrong", null, "192.0.2.9", Cancel));
            await users.CheckPasswordAsync(Own, user.Id, "wrong", Draft(Own), Cancel);
        }

        Assert.Equal(SignInRefusal.Locked, await users.CheckPasswordAsync(Own, user.Id, Password, Draft(Own), Cancel));
        Assert.IsType<SignInOutcome.SignedIn>(await VerifyAsync(users, "ada@example.org"));
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Null(await users.CheckPasswordAsync(Own, user.Id, Password, Draft(Own), Cancel));
    }

    [Fact]
    public async Task A_success_forgets_earlier_failures()
    {
        var (users, _) = await CreateAsync(_clock, Own);
        await AddAsync(users, "ada@example.org");

        for (var i = 0; i < 12; i++)
        {
            await users.VerifyAsync("ada@example.org", "wrong", null, "192.0.2.1", Cancel);
            if (i % 4 == 3)
            {
                Assert.IsType<SignInOutcome.SignedIn>(await VerifyAsync(users, "ada@example.org"));
            }
        }
    }

    [Fact]
    public async Task An_unknown_address_is_refused_and_not_written_down()
    {
        var (users, audit) = await CreateAsync(_clock, Own);

        Assert.Equal(new SignInOutcome.Refused(SignInRefusal.UnknownUser), await VerifyAsync(users, "my-password@nowhere"));

        var written = Assert.Single((await audit.ListAsync(Own, new AuditFilter(Action: AuditActions.SignInFailed), null, 10, Cancel)).Items);
        Assert.DoesNotContain("my-password", AuditExport.Format(written), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_one_time_code_is_asked_for_and_taken_once()
    {
        var (users, _) = await CreateAsync(_clock, Own);
        var secret = TotpSecret.Create();
        await AddAsync(users, "ada@example.org", totp: secret);
        var code = FakeTotp.CodeAt(secret, _clock.GetUtcNow());

        Assert.IsType<SignInOutcome.CodeNeeded>(await VerifyAsync(users, "ada@example.org"));
        Assert.Equal(new SignInOutcome.Refused(SignInRefusal.WrongCode), await VerifyAsync(users, "ada@example.org", code == "000000" ? "000001" : "000000"));
        Assert.IsType<SignInOutcome.SignedIn>(await VerifyAsync(users, "ada@example.org", code));
        Assert.Equal(new SignInOutcome.Refused(SignInRefusal.WrongCode), await VerifyAsync(users, "ada@example.org", code));

        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.IsType<SignInOutcome.SignedIn>(await VerifyAsync(users, "ada@example.org", FakeTotp.CodeAt(secret, _clock.GetUtcNow())));
    }

    [Fact]
    public async Task Of_many_sign_ins_with_one_code_one_succeeds()
    {
        var (users, _) = await CreateAsync(_clock, Own);
        var secret = TotpSecret.Create();
        await AddAsync(users, "ada@example.org", totp: secret);
        var code = FakeTotp.CodeAt(secret, _clock.GetUtcNow());

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => VerifyAsync(users, "ada@example.org", code)));

        Assert.Single(outcomes.OfType<SignInOutcome.SignedIn>());
    }

    [Fact]
    public async Task A_new_password_takes_the_place_of_the_old_one_and_ends_other_sessions()
    {
        var (users, audit) = await CreateAsync(_clock, Own, Other);
        var user = await AddAsync(users, "ada@example.org");
        var session = Assert.IsType<SignInOutcome.SignedIn>(await VerifyAsync(users, "ada@example.org"));

        var changed = Assert.IsType<CredentialOutcome.Changed>(await ChangeAsync(users, user, Password, new CredentialChange.NewPassword("a quite different one")));

        Assert.Null(await users.FindSessionAsync(user.Id, session.Stamp, Cancel));
        Assert.Equal(user.Id, (await users.FindSessionAsync(user.Id, changed.Stamp, Cancel))?.Id);
        Assert.Equal(new SignInOutcome.Refused(SignInRefusal.WrongPassword), await VerifyAsync(users, "ada@example.org"));
        Assert.IsType<SignInOutcome.SignedIn>(await users.VerifyAsync("ada@example.org", "a quite different one", null, "192.0.2.1", Cancel));
        Assert.Contains("test.changed", await ActionsAsync(audit, Own));
    }

    [Fact]
    public async Task A_second_step_is_asked_for_once_it_is_confirmed_and_until_it_is_removed()
    {
        var (users, _) = await CreateAsync(_clock, Own);
        var user = await AddAsync(users, "ada@example.org");
        var secret = TotpSecret.Create();
        var step = _clock.GetUtcNow().ToUnixTimeSeconds() / 30;

        var enrolled = Assert.IsType<CredentialOutcome.Changed>(await ChangeAsync(users, user, Password, new CredentialChange.NewTotp(secret, step)));

        Assert.True(enrolled.User.HasTotp);
        Assert.IsType<SignInOutcome.CodeNeeded>(await VerifyAsync(users, "ada@example.org"));
        Assert.Equal(new SignInOutcome.Refused(SignInRefusal.WrongCode), await VerifyAsync(users, "ada@example.org", FakeTotp.CodeAt(secret, _clock.GetUtcNow())));
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.IsType<SignInOutcome.SignedIn>(await VerifyAsync(users, "ada@example.org", FakeTotp.CodeAt(secret, _clock.GetUtcNow())));

        var removed = Assert.IsType<CredentialOutcome.Changed>(await ChangeAsync(users, user, Password, new CredentialChange.NoTotp()));

        Assert.False(removed.User.HasTotp);
        Assert.IsType<SignInOutcome.SignedIn>(await VerifyAsync(users, "ada@example.org"));
    }

    [Fact]
    public async Task A_recovery_code_takes_the_place_of_a_one_time_code_once()
    {
        var (users, audit) = await CreateAsync(_clock, Own);
        var user = await AddAsync(users, "ada@example.org", totp: TotpSecret.Create());
        var codes = RecoveryCode.CreateSet();
        var made = await ChangeAsync(users, user, Password, new CredentialChange.NewRecoveryCodes([.. codes.SelectMany(code => code.Hash())]));
        Assert.Equal(RecoveryCode.SetSize, Assert.IsType<CredentialOutcome.Changed>(made).User.RecoveryCodesLeft);

        Assert.Equal(new SignInOutcome.Refused(SignInRefusal.WrongPassword), await users.VerifyAsync("ada@example.org", "wrong", codes[3].Reveal(), "192.0.2.1", Cancel));
        Assert.Equal(new SignInOutcome.Refused(SignInRefusal.WrongCode), await VerifyAsync(users, "ada@example.org", RecoveryCode.CreateSet()[0].Reveal()));
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => VerifyAsync(users, "ada@example.org", codes[3].Reveal().ToUpperInvariant())));

        Assert.Equal(RecoveryCode.SetSize - 1, Assert.Single(outcomes.OfType<SignInOutcome.SignedIn>()).User.RecoveryCodesLeft);
        Assert.IsType<SignInOutcome.SignedIn>(await VerifyAsync(users, "ada@example.org", codes[4].Reveal()));
        Assert.Equal(2, (await ActionsAsync(audit, Own)).Count(action => action == AuditActions.SignedIn));
    }

    [Fact]
    public async Task New_recovery_codes_make_the_old_ones_worthless()
    {
        var (users, _) = await CreateAsync(_clock, Own);
        var user = await AddAsync(users, "ada@example.org", totp: TotpSecret.Create());
        var (old, next) = (RecoveryCode.CreateSet(), RecoveryCode.CreateSet());
        await ChangeAsync(users, user, Password, new CredentialChange.NewRecoveryCodes([.. old.SelectMany(code => code.Hash())]));
        await ChangeAsync(users, user, Password, new CredentialChange.NewRecoveryCodes([.. next.SelectMany(code => code.Hash())]));

        Assert.Equal(new SignInOutcome.Refused(SignInRefusal.WrongCode), await VerifyAsync(users, "ada@example.org", old[0].Reveal()));
        Assert.IsType<SignInOutcome.SignedIn>(await VerifyAsync(users, "ada@example.org", next[0].Reveal()));
    }

    [Fact]
    public async Task Checking_a_password_changes_nothing_but_a_wrong_one_counts()
    {
        var (users, audit) = await CreateAsync(_clock, Own, Other);
        var user = await AddAsync(users, "ada@example.org");

        Assert.Null(await users.CheckPasswordAsync(Own, user.Id, Password, Draft(Own), Cancel));
        Assert.Equal(SignInRefusal.UnknownUser, await users.CheckPasswordAsync(Other, user.Id, Password, Draft(Other), Cancel));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(SignInRefusal.WrongPassword, await users.CheckPasswordAsync(Own, user.Id, "a guess", Draft(Own), Cancel));
        }

        Assert.Equal(SignInRefusal.Locked, await users.CheckPasswordAsync(Own, user.Id, Password, Draft(Own), Cancel));
        Assert.Equal(6, (await ActionsAsync(audit, Own)).Count(action => action == AuditActions.SignInFailed));
    }

    [Fact]
    public async Task Credentials_are_not_changed_without_the_password_and_guessing_it_locks()
    {
        var (users, audit) = await CreateAsync(_clock, Own, Other);
        var user = await AddAsync(users, "ada@example.org");

        for (var i = 0; i < 5; i++)
        {
            Assert.IsType<CredentialOutcome.WrongPassword>(await ChangeAsync(users, user, "a guess", new CredentialChange.NoTotp()));
        }

        Assert.IsType<CredentialOutcome.Locked>(await ChangeAsync(users, user, Password, new CredentialChange.NewPassword("a quite different one")));
        Assert.IsType<CredentialOutcome.NotFound>(
            await users.ChangeCredentialAsync(Other, user.Id, Password, new CredentialChange.NoTotp(), Draft(Other), Cancel));
        Assert.Equal(6, (await ActionsAsync(audit, Own)).Count(action => action == AuditActions.SignInFailed));
        Assert.DoesNotContain("test.changed", await ActionsAsync(audit, Own));
    }

    [Fact]
    public async Task Somebody_who_is_signed_in_proves_a_code_once_and_guessing_it_locks()
    {
        var (users, audit) = await CreateAsync(_clock, Own, Other);
        var secret = TotpSecret.Create();
        var user = await AddAsync(users, "ada@example.org", totp: secret);
        var plain = await AddAsync(users, "bob@example.org");
        var code = FakeTotp.CodeAt(secret, _clock.GetUtcNow());
        Task<CodeProof> ProveAsync(string text) => users.ProveCodeAsync(Own, user.Id, text, Draft(Own), Cancel);

        Assert.Equal(CodeProof.NotEnrolled, await users.ProveCodeAsync(Own, plain.Id, code, Draft(Own), Cancel));
        Assert.Equal(CodeProof.NotEnrolled, await users.ProveCodeAsync(Other, user.Id, code, Draft(Other), Cancel));
        Assert.Equal(CodeProof.Right, await ProveAsync(code));
        Assert.Equal(CodeProof.Wrong, await ProveAsync(code));
        Assert.IsType<SignInOutcome.Refused>(await VerifyAsync(users, user.Email, code)); // nor does it sign in any more

        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(CodeProof.Right, await ProveAsync(FakeTotp.CodeAt(secret, _clock.GetUtcNow())));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(CodeProof.Wrong, await ProveAsync("000000"));
        }

        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(CodeProof.Locked, await ProveAsync(FakeTotp.CodeAt(secret, _clock.GetUtcNow())));
        Assert.Equal(7, (await ActionsAsync(audit, Own)).Count(action => action == "test.changed"));
    }

    [Fact]
    public async Task Whoever_guesses_at_anothers_account_does_not_keep_its_owner_from_proving_it()
    {
        var (users, _) = await CreateAsync(_clock, Own);
        var secret = TotpSecret.Create();
        var user = await AddAsync(users, "ada@example.org", totp: secret);
        var own = Draft(Own) with { Actor = user.AsActor };
        for (var i = 0; i < 5; i++)
        {
            Assert.IsType<CredentialOutcome.WrongPassword>(await ChangeAsync(users, user, "a guess", new CredentialChange.NoTotp()));
        }

        Assert.IsType<CredentialOutcome.Locked>(await ChangeAsync(users, user, Password, new CredentialChange.NoTotp()));
        Assert.Null(await users.CheckPasswordAsync(Own, user.Id, Password, own, Cancel));
        Assert.Equal(CodeProof.Right, await users.ProveCodeAsync(Own, user.Id, FakeTotp.CodeAt(secret, _clock.GetUtcNow()), own, Cancel));
        Assert.IsType<CredentialOutcome.Changed>(await users.ChangeCredentialAsync(Own, user.Id, Password, new CredentialChange.NoTotp(), own, Cancel));
    }

    private Task<CredentialOutcome> ChangeAsync(IUserDirectory users, User user, string password, CredentialChange change)
        => users.ChangeCredentialAsync(user.Tenant, user.Id, password, change, Draft(user.Tenant), Cancel);

    private static Task<SignInOutcome> VerifyAsync(IUserDirectory users, string email, string? code = null)
        => users.VerifyAsync(email, Password, code, "192.0.2.1", Cancel);

    private async Task<User> AddAsync(IUserDirectory users, string email, TenantId? tenant = null, TotpSecret? totp = null)
        => Assert.IsType<CreateUserOutcome.Created>(await TryAddAsync(users, email, tenant ?? Own, totp: totp)).User;

    private Task<CreateUserOutcome> TryAddAsync(IUserDirectory users, string email, TenantId tenant, bool onlyFirst = false, TotpSecret? totp = null)
        => users.CreateAsync(
            new NewUser(new UserId(Guid.CreateVersion7()), tenant, email, Roles.Owner, Password, totp), onlyFirst,
            Draft(tenant) with { Action = AuditActions.UserCreated }, Cancel);

    private AuditDraft Draft(TenantId tenant)
        => new(tenant, _clock.GetUtcNow(), Actor.System, "test.changed", "user/x", "local", AuditDraft.NoDetails);

    private static async Task<List<string>> ActionsAsync(IAuditLog audit, TenantId tenant)
        => [.. (await audit.ListAsync(tenant, new AuditFilter(), null, 100, Cancel)).Items.Reverse().Select(e => e.What.Action).Where(a => a != AuditActions.TenantCreated)];
}
