using System.Security.Cryptography;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Passkeys;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Security.Passkeys;
using Assistant.Testing;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Security;

/// <summary>Whole ceremonies against the real verifier, by an authenticator that lies where the test wants it to.</summary>
public sealed class PasskeyCeremonyTests : IAsyncLifetime
{
    private const string Password = "correct horse battery";
    private static readonly byte[] Payload = SHA256.HashData("delete everything"u8);

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 25, 9, 0, 0, TimeSpan.Zero));
    private readonly InMemoryAuditLog _audit = new();
    private InMemoryUserDirectory _users = null!;
    private Caller _ada = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _users = new InMemoryUserDirectory(_audit, _clock, TenantId.Default);
        _ada = await CallerAsync("ada@example.org");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("none")]
    [InlineData("packed")]
    public async Task A_passkey_is_added_and_signs_in_alone(string format)
    {
        var desk = Desk();
        using var phone = new SoftAuthenticator { Format = format };

        var added = Assert.IsType<AddPasskeyOutcome.Added>(await AddAsync(desk, phone)).Passkey;
        var signedIn = Assert.IsType<SignInOutcome.SignedIn>(await SignInAsync(desk, phone));

        Assert.Equal("ada@example.org", signedIn.User.Email);
        Assert.Equal((phone.Aaguid, "internal"), (added.Credential.Aaguid, Assert.Single(added.Credential.Transports)));
        var used = Assert.Single(await desk.ListAsync(_ada, Cancel));
        Assert.Equal((_clock.GetUtcNow(), 1u), (used.LastUsedAt, used.Credential.SignCount));
        Assert.Contains(await EventsAsync(), e => e.Action == AuditActions.SignedIn && e.Details["method"] == "passkey" && e.Actor.Name == "ada@example.org");
    }

    [Fact]
    public async Task A_second_answer_to_a_challenge_is_refused_though_it_is_genuine()
    {
        var desk = Desk();
        using var synced = new SoftAuthenticator { Counts = false };
        await AddAsync(desk, synced);
        var begun = await desk.BeginSignInAsync(Cancel);
        var answer = synced.Sign(begun.OptionsJson);

        Assert.IsType<SignInOutcome.SignedIn>(await desk.CompleteSignInAsync(begun.Ceremony, answer, "192.0.2.1", Cancel));
        Assert.Equal(SignInRefusal.WrongPasskey, Refused(await desk.CompleteSignInAsync(begun.Ceremony, answer, "192.0.2.1", Cancel)));

        var another = await desk.BeginSignInAsync(Cancel);
        Assert.Equal(SignInRefusal.WrongPasskey, Refused(await desk.CompleteSignInAsync(another.Ceremony, answer, "192.0.2.1", Cancel)));
    }

    [Fact]
    public async Task A_wrong_answer_spends_the_challenge()
    {
        var desk = Desk();
        using var phone = new SoftAuthenticator();
        await AddAsync(desk, phone);
        var begun = await desk.BeginSignInAsync(Cancel);

        Refused(await desk.CompleteSignInAsync(begun.Ceremony, "{}", "192.0.2.1", Cancel));

        Assert.Equal(SignInRefusal.WrongPasskey, Refused(await desk.CompleteSignInAsync(begun.Ceremony, phone.Sign(begun.OptionsJson), "192.0.2.1", Cancel)));
    }

    [Theory]
    [InlineData("http://localhost.evil.example")]
    [InlineData("http://evil.example")]
    [InlineData("https://sub.localhost")]
    public async Task An_answer_given_to_another_site_is_refused(string origin)
    {
        var desk = Desk();
        using var phone = new SoftAuthenticator();
        await AddAsync(desk, phone);

        phone.Origin = origin;

        Assert.Equal(SignInRefusal.WrongPasskey, Refused(await SignInAsync(desk, phone)));
        using var other = new SoftAuthenticator { Origin = origin };
        Assert.IsType<AddPasskeyOutcome.Invalid>(await AddAsync(desk, other));
    }

    [Fact]
    public async Task Another_relying_party_is_refused()
    {
        var desk = Desk();
        using var phone = new SoftAuthenticator();
        await AddAsync(desk, phone);

        phone.RelyingPartyId = "example.org";

        Assert.Equal(SignInRefusal.WrongPasskey, Refused(await SignInAsync(desk, phone)));
    }

    [Fact]
    public async Task An_authenticator_that_did_not_verify_its_user_is_refused()
    {
        var desk = Desk();
        using var phone = new SoftAuthenticator();
        using var careless = new SoftAuthenticator { VerifiesUser = false };
        await AddAsync(desk, phone);

        phone.VerifiesUser = false;

        Assert.Equal(SignInRefusal.WrongPasskey, Refused(await SignInAsync(desk, phone)));
        Assert.IsType<AddPasskeyOutcome.Invalid>(await AddAsync(desk, careless));
    }

    [Fact]
    public async Task A_count_that_goes_back_betrays_a_copy()
    {
        var desk = Desk();
        using var phone = new SoftAuthenticator();
        await AddAsync(desk, phone);
        phone.SignCount = 40;
        Assert.IsType<SignInOutcome.SignedIn>(await SignInAsync(desk, phone));

        phone.SignCount = 40 - 1; // the copy counts on from where it was taken

        Assert.Equal(SignInRefusal.ClonedPasskey, Refused(await SignInAsync(desk, phone)));
        Assert.Contains(await EventsAsync(), e => e.Action == AuditActions.SignInFailed && e.Details["reason"] == "ClonedPasskey" && e.Actor.Name == "ada@example.org");
    }

    [Fact]
    public async Task A_tampered_self_attestation_is_refused()
    {
        using var forged = new SoftAuthenticator { Format = "packed", Tamper = signature => signature[^1] ^= 1 };
        using var unknown = new SoftAuthenticator { Format = "tpm" };

        Assert.IsType<AddPasskeyOutcome.Invalid>(await AddAsync(Desk(), forged));
        Assert.IsType<AddPasskeyOutcome.Invalid>(await AddAsync(Desk(), unknown));
    }

    [Fact]
    public async Task The_operator_chooses_the_models()
    {
        using var phone = new SoftAuthenticator();

        Assert.IsType<AddPasskeyOutcome.ModelDenied>(await AddAsync(Desk(options => options.DeniedModels.Add(phone.Aaguid)), phone));
        Assert.IsType<AddPasskeyOutcome.ModelDenied>(await AddAsync(Desk(options => options.AllowedModels.Add(Guid.CreateVersion7())), phone));
        Assert.IsType<AddPasskeyOutcome.Added>(await AddAsync(Desk(options => options.AllowedModels.Add(phone.Aaguid)), phone));
        Assert.Equal(2, (await EventsAsync()).Count(e => e.Action == AuditActions.PasskeyRefused && e.Details["reason"] == "model"));
    }

    [Fact]
    public async Task Adding_wants_the_password()
    {
        Assert.Equal(
            new BeginPasskeyOutcome.Refused(SignInRefusal.WrongPassword), await Desk().BeginRegistrationAsync(_ada, "a guess", Cancel));
    }

    [Fact]
    public async Task A_revoked_passkey_signs_nobody_in()
    {
        var desk = Desk();
        using var phone = new SoftAuthenticator();
        var added = Assert.IsType<AddPasskeyOutcome.Added>(await AddAsync(desk, phone)).Passkey;

        Assert.IsType<CredentialOutcome.WrongPassword>(await desk.RevokeAsync(_ada, added.Id, "a guess", Cancel));
        Assert.IsType<CredentialOutcome.Changed>(await desk.RevokeAsync(_ada, added.Id, Password, Cancel));

        Assert.Equal(SignInRefusal.WrongPasskey, Refused(await SignInAsync(desk, phone)));
    }

    [Fact]
    public async Task Stepping_up_holds_for_one_operation_of_one_person()
    {
        var desk = Desk();
        using var phone = new SoftAuthenticator();
        await AddAsync(desk, phone);

        Assert.IsType<SignInOutcome.SignedIn>(await StepUpAsync(desk, _ada, phone, Payload));
        Refused(await StepUpAsync(desk, _ada, phone, SHA256.HashData("delete something else"u8)));

        var bob = await CallerAsync("bob@example.org");
        Assert.IsType<BeginPasskeyOutcome.NoPasskey>(await desk.BeginStepUpAsync(bob, Payload, Cancel));
        var adas = Assert.IsType<BeginPasskeyOutcome.Begun>(await desk.BeginStepUpAsync(_ada, Payload, Cancel));
        Refused(await desk.CompleteStepUpAsync(bob, adas.Ceremony, phone.Sign(adas.OptionsJson), Payload, Cancel));

        // A signature for signing in agrees to nothing.
        var signIn = await desk.BeginSignInAsync(Cancel);
        Refused(await desk.CompleteStepUpAsync(_ada, signIn.Ceremony, phone.Sign(signIn.OptionsJson), Payload, Cancel));
        var actions = (await EventsAsync()).Select(e => e.Action).ToList();
        Assert.Equal((1, 3), (actions.Count(a => a == AuditActions.SteppedUp), actions.Count(a => a == AuditActions.StepUpFailed)));
    }

    private static async Task<SignInOutcome> StepUpAsync(PasskeyDesk desk, Caller caller, SoftAuthenticator phone, byte[] payload)
    {
        var begun = Assert.IsType<BeginPasskeyOutcome.Begun>(await desk.BeginStepUpAsync(caller, Payload, Cancel));
        return await desk.CompleteStepUpAsync(caller, begun.Ceremony, phone.Sign(begun.OptionsJson), payload, Cancel);
    }

    private async Task<AddPasskeyOutcome> AddAsync(PasskeyDesk desk, SoftAuthenticator phone)
    {
        var begun = Assert.IsType<BeginPasskeyOutcome.Begun>(await desk.BeginRegistrationAsync(_ada, Password, Cancel));
        return await desk.CompleteRegistrationAsync(_ada, begun.Ceremony, phone.Create(begun.OptionsJson), "Phone", Cancel);
    }

    private static async Task<SignInOutcome> SignInAsync(PasskeyDesk desk, SoftAuthenticator phone)
    {
        var begun = await desk.BeginSignInAsync(Cancel);
        return await desk.CompleteSignInAsync(begun.Ceremony, phone.Sign(begun.OptionsJson), "192.0.2.1", Cancel);
    }

    private static SignInRefusal Refused(SignInOutcome outcome) => Assert.IsType<SignInOutcome.Refused>(outcome).Reason;

    private PasskeyDesk Desk(Action<PasskeyOptions>? configure = null)
    {
        var options = new PasskeyOptions { RelyingPartyId = "localhost" };
        configure?.Invoke(options);
        var verifier = new IdentityPasskeyVerifier(Options.Create(options), NullLoggerFactory.Instance, _clock);
        return new PasskeyDesk(new InMemoryPasskeyStore(_users, _audit), verifier, _users, _audit, _clock);
    }

    private async Task<Caller> CallerAsync(string email)
    {
        var user = Assert.IsType<CreateUserOutcome.Created>(await new UserDesk(_users, new OpenGuard(), _clock).CreateAsync(
            UserDesk.LocalCaller(TenantId.Default), email, Roles.Owner, Password, null, Cancel)).User;
        return new Caller(user.AsActor, user.Tenant, Roles.PermissionsOf(user.Role), "192.0.2.1");
    }

    private async Task<List<AuditDraft>> EventsAsync()
        => [.. (await _audit.ListAsync(TenantId.Default, new AuditFilter(), null, 100, Cancel)).Items.Select(e => e.What)];
}
