using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Security.Sessions;

/// <summary>What a session is called: the first half of its token's SHA-256. Who knows it cannot make the token from it.</summary>
public readonly record struct UserSessionId(Guid Value)
{
    /// <summary>Of the token the browser carries within its sealed cookie.</summary>
    public static UserSessionId Of(RandomToken token) => new(token.Id);

    public override string ToString() => Value.ToString();
}

/// <summary>How somebody proved who they are when a session began.</summary>
public enum SignInMethod { Password, PasswordAndCode, Passkey, External }

/// <summary>Why a session is over.</summary>
public enum SessionEnd { SignedOut, EndedByUser, EndedByAdmin, CredentialChanged, Idle, Expired }

/// <summary>Somebody signed in on a device, from the sign-in until it ends.</summary>
/// <param name="Id">Of its token.</param>
/// <param name="Tenant">Where the account is at home.</param>
/// <param name="CreatedAt">The sign-in. A session that goes on after a changed credential keeps it.</param>
/// <param name="SeenAt">When the person last did something, to the minute.</param>
/// <param name="Address">Network address of the sign-in.</param>
/// <param name="EndedAt"><see langword="null"/> while it is open.</param>
/// <param name="Provider">Name of the identity provider, of <see cref="SignInMethod.External"/> alone.</param>
public sealed record UserSession(
    UserSessionId Id, UserId User, TenantId Tenant, DateTimeOffset CreatedAt, DateTimeOffset SeenAt, SignInMethod Method, DeviceLook Device,
    string Address, DateTimeOffset? EndedAt = null, SessionEnd? End = null, string? Provider = null);

/// <summary>How long a session goes on. NIST SP 800-63B-4 asks at AAL2 for at most an hour without activity and a day in all.</summary>
/// <param name="Idle">Since the person last did something.</param>
/// <param name="Total">Since the sign-in, whatever they did.</param>
public sealed record SessionLimits(TimeSpan Idle, TimeSpan Total)
{
    /// <summary>When a session ends if nothing is done meanwhile.</summary>
    public DateTimeOffset EndOf(DateTimeOffset createdAt, DateTimeOffset seenAt)
        => createdAt + Total < seenAt + Idle ? createdAt + Total : seenAt + Idle;

    /// <summary>Why a session is over by now, or <see langword="null"/> while it goes on.</summary>
    public SessionEnd? FindEnd(DateTimeOffset createdAt, DateTimeOffset seenAt, DateTimeOffset now)
        => now >= createdAt + Total ? SessionEnd.Expired
            : now >= seenAt + Idle ? SessionEnd.Idle
            : null;
}
