using Assistant.Domain.Security;
using Assistant.Testing.InMemory;
using Xunit;

namespace Assistant.Testing.Contracts;

/// <content>What an administrator does for somebody who lost a password or a second step.</content>
public abstract partial class UserDirectoryContract
{
    [Fact]
    public async Task Resetting_the_code_ends_sessions_and_leaves_the_password()
    {
        var (users, audit) = await CreateAsync(_clock, Own);
        var secret = TotpSecret.Create();
        var user = await AddAsync(users, "ada@example.org", totp: secret);
        var session = Assert.IsType<SignInOutcome.SignedIn>(
            await VerifyAsync(users, "ada@example.org", FakeTotp.CodeAt(secret, _clock.GetUtcNow())));

        var changed = Assert.IsType<ChangeUserOutcome.Changed>(await users.ResetMfaAsync(Own, user.Id, Draft(Own), Cancel));

        Assert.False(changed.User.HasTotp);
        Assert.Null(await users.FindSessionAsync(user.Id, session.Stamp, Cancel));
        Assert.IsType<SignInOutcome.SignedIn>(await VerifyAsync(users, "ada@example.org"));
        Assert.Contains("test.changed", await ActionsAsync(audit, Own));
    }

    [Fact]
    public async Task Resetting_the_password_ends_sessions_lifts_the_lock_and_leaves_the_code()
    {
        var (users, audit) = await CreateAsync(_clock, Own);
        var user = await AddAsync(users, "ada@example.org", totp: TotpSecret.Create());
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => users.VerifyAsync("ada@example.org", "forgotten", null, "192.0.2.1", Cancel)));

        var changed = Assert.IsType<ChangeUserOutcome.Changed>(await users.ResetPasswordAsync(Own, user.Id, "a quite different one", Draft(Own), Cancel));

        Assert.Equal((true, null), (changed.User.HasTotp, changed.User.LockedUntil));
        Assert.Equal(new SignInOutcome.Refused(SignInRefusal.WrongPassword), await VerifyAsync(users, "ada@example.org"));
        Assert.IsType<SignInOutcome.CodeNeeded>(await users.VerifyAsync("ada@example.org", "a quite different one", null, "192.0.2.1", Cancel));
        Assert.Contains("test.changed", await ActionsAsync(audit, Own));
    }
}
