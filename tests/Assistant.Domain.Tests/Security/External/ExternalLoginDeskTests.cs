using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.External;
using Assistant.Domain.Tenancy;
using Assistant.Testing.Fakes;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Domain.Tests.Security.External;

/// <summary>Which account a login at an identity provider opens: the one whose owner connected it, and no other.</summary>
public sealed class ExternalLoginDeskTests
{
    private const string Password = "correct horse battery";
    private const string Origin = "192.0.2.1";

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 28, 9, 0, 0, TimeSpan.Zero));
    private readonly InMemoryAuditLog _audit = new();
    private readonly InMemoryUserDirectory _users;
    private readonly ExternalLoginDesk _desk;

    public ExternalLoginDeskTests()
    {
        _users = new InMemoryUserDirectory(_audit, _clock, TenantId.Default);
        _desk = new ExternalLoginDesk(new InMemoryExternalLoginStore(_users, _audit), _users, _audit, _clock);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_login_nobody_connected_signs_nobody_in_whatever_it_is_called()
    {
        await AddAsync("ada@example.org");

        var refused = await _desk.SignInAsync(Vouched("ada@example.org"), null, Origin, Cancel);

        Assert.Equal(new SignInOutcome.Refused(SignInRefusal.UnknownLogin), refused);
        var failed = (await FindAsync(AuditActions.SignInFailed)).Details;
        Assert.Equal(("openid-connect", "Example ID", "UnknownLogin"), (failed["method"], failed["provider"], failed["reason"]));
        Assert.DoesNotContain("ada@example.org", failed.Values);
    }

    [Fact]
    public async Task A_connected_login_signs_its_owner_in_until_it_is_removed()
    {
        var ada = await AddAsync("ada@example.org");
        Assert.Equal(ConnectOutcome.Connected, await _desk.ConnectAsync(ada, Vouched("1"), Cancel));

        var signedIn = Assert.IsType<SignInOutcome.SignedIn>(await _desk.SignInAsync(Vouched("1"), null, Origin, Cancel));

        Assert.Equal(ada.AsUser.Id, signedIn.User.Id);
        var login = Assert.Single(await _desk.ListAsync(ada, Cancel));
        var recorded = await FindAsync(AuditActions.SignedIn);
        Assert.Equal((ada.Actor, login.Id.ToString(), "openid-connect"), (recorded.Actor, recorded.Details["login"], recorded.Details["method"]));

        Assert.IsType<CredentialOutcome.WrongPassword>(await _desk.RemoveAsync(ada, login.Id, "a guess", Cancel));
        Assert.IsType<CredentialOutcome.Changed>(await _desk.RemoveAsync(ada, login.Id, Password, Cancel));
        Assert.IsType<CredentialOutcome.NotFound>(await _desk.RemoveAsync(ada, login.Id, Password, Cancel));
        Assert.IsType<SignInOutcome.Refused>(await _desk.SignInAsync(Vouched("1"), null, Origin, Cancel));
        Assert.IsType<SignInOutcome.SignedIn>(await _users.VerifyAsync("ada@example.org", Password, null, Origin, Cancel)); // never the last way in
    }

    [Fact]
    public async Task A_login_that_opens_one_account_is_connected_with_no_other()
    {
        var (ada, eve) = (await AddAsync("ada@example.org"), await AddAsync("eve@example.org"));
        await _desk.ConnectAsync(ada, Vouched("1"), Cancel);

        Assert.False(await _desk.IsFreeAsync(Vouched("1").Identity, Cancel));
        Assert.Equal(ConnectOutcome.Taken, await _desk.ConnectAsync(eve, Vouched("1"), Cancel));

        Assert.Equal(eve.Actor, (await FindAsync(AuditActions.ExternalLoginRefused)).Actor);
        Assert.Equal(ada.AsUser.Id, Assert.IsType<SignInOutcome.SignedIn>(await _desk.SignInAsync(Vouched("1"), null, Origin, Cancel)).User.Id);
    }

    [Fact]
    public async Task Nobody_removes_anothers_login()
    {
        var (ada, eve) = (await AddAsync("ada@example.org"), await AddAsync("eve@example.org"));
        await _desk.ConnectAsync(ada, Vouched("1"), Cancel);
        var login = Assert.Single(await _desk.ListAsync(ada, Cancel));

        Assert.IsType<CredentialOutcome.NotFound>(await _desk.RemoveAsync(eve, login.Id, Password, Cancel));

        Assert.Single(await _desk.ListAsync(ada, Cancel));
    }

    [Fact]
    public async Task An_account_has_so_many_logins_and_no_more()
    {
        var ada = await AddAsync("ada@example.org");
        for (var i = 0; i < ExternalLoginDesk.MaxPerUser; i++)
        {
            Assert.Equal(ConnectOutcome.Connected, await _desk.ConnectAsync(ada, Vouched($"{i}"), Cancel));
        }

        Assert.Equal(ConnectOutcome.TooMany, await _desk.ConnectAsync(ada, Vouched("one more"), Cancel));
        Assert.True(await _desk.IsFreeAsync(Vouched("one more").Identity, Cancel));
    }

    [Fact]
    public async Task Connecting_wants_the_password()
    {
        var ada = await AddAsync("ada@example.org");

        Assert.Equal(SignInRefusal.WrongPassword, await _desk.BeginConnectingAsync(ada, "a guess", Cancel));
        Assert.Null(await _desk.BeginConnectingAsync(ada, Password, Cancel));
    }

    [Fact]
    public async Task An_account_with_a_code_owes_it_after_a_provider_too()
    {
        var secret = TotpSecret.Create();
        var ada = await AddAsync("ada@example.org", secret);
        await _desk.ConnectAsync(ada, Vouched("1"), Cancel);

        Assert.IsType<SignInOutcome.CodeNeeded>(await _desk.SignInAsync(Vouched("1"), "", Origin, Cancel));
        Assert.Equal(new SignInOutcome.Refused(SignInRefusal.WrongCode), await _desk.SignInAsync(Vouched("1"), "000000", Origin, Cancel));
        var code = FakeTotp.CodeAt(secret, _clock.GetUtcNow());
        Assert.IsType<SignInOutcome.SignedIn>(await _desk.SignInAsync(Vouched("1"), code, Origin, Cancel));
        Assert.Equal("openid-connect+totp", (await FindAsync(AuditActions.SignedIn)).Details["method"]);
        Assert.Equal(new SignInOutcome.Refused(SignInRefusal.WrongCode), await _desk.SignInAsync(Vouched("1"), code, Origin, Cancel)); // once
    }

    [Fact]
    public async Task A_provider_of_which_several_factors_are_demanded_is_enough()
    {
        var ada = await AddAsync("ada@example.org", TotpSecret.Create());
        await _desk.ConnectAsync(ada, Vouched("1"), Cancel);

        Assert.IsType<SignInOutcome.SignedIn>(await _desk.SignInAsync(Vouched("1") with { IsMultiFactor = true }, null, Origin, Cancel));
    }

    [Fact]
    public async Task Codes_cannot_be_guessed_after_a_provider()
    {
        var secret = TotpSecret.Create();
        await _desk.ConnectAsync(await AddAsync("ada@example.org", secret), Vouched("1"), Cancel);
        for (var i = 0; i < 5; i++)
        {
            await _desk.SignInAsync(Vouched("1"), "000000", Origin, Cancel);
        }

        Assert.Equal(
            new SignInOutcome.Refused(SignInRefusal.Locked),
            await _desk.SignInAsync(Vouched("1"), FakeTotp.CodeAt(secret, _clock.GetUtcNow()), Origin, Cancel));
    }

    [Fact]
    public async Task A_newcomers_login_is_connected_and_signs_them_in()
    {
        var bob = (await AddAsync("bob@example.org")).AsUser.Id;
        var newcomer = (await _users.FindAsync(TenantId.Default, bob, Cancel))!;

        Assert.Equal(bob, Assert.IsType<SignInOutcome.SignedIn>(await _desk.ConnectNewcomerAsync(newcomer, Vouched("2"), Origin, Cancel)).User.Id);
        var connected = (await FindAsync(AuditActions.ExternalLoginConnected)).Details;
        Assert.Equal(("Example ID", "https://id.example.org"), (connected["provider"], connected["issuer"]));
    }

    [Theory]
    [InlineData("", "1", false)]
    [InlineData("https://id.example.org", "", false)]
    [InlineData("https://id.example.org", "1", true)]
    public void An_identity_has_both_halves(string issuer, string subject, bool isValid)
        => Assert.Equal(isValid, new ExternalIdentity(issuer, subject).IsValid);

    [Fact]
    public void An_identity_is_no_longer_than_its_column()
        => Assert.False(new ExternalIdentity("https://id.example.org", new string('1', ExternalIdentity.MaxSubjectLength + 1)).IsValid);

    private static ExternalProof Vouched(string subject) => new(new ExternalIdentity("https://id.example.org", subject), "Example ID", IsMultiFactor: false);

    private async Task<Caller> AddAsync(string email, TotpSecret? totp = null)
    {
        var created = Assert.IsType<CreateUserOutcome.Created>(await new UserDesk(_users, new OpenGuard(), _clock).CreateAsync(
            UserDesk.LocalCaller(TenantId.Default), email, Roles.Viewer, Password, totp, Cancel));
        return new Caller(created.User.AsActor, TenantId.Default, Roles.PermissionsOf(Roles.Viewer), Origin);
    }

    private async Task<AuditDraft> FindAsync(string action)
        => (await _audit.ListAsync(TenantId.Default, new AuditFilter(action), null, 10, Cancel)).Items[0].What;
}
