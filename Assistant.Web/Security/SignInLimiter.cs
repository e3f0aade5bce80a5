// Guessing has to be slow whoever guesses and from however many addresses, and the one who knows the password has to get in meanwhile. Both
// at once need to tell them apart before the password is seen: a device on which the account signed in before has a budget that strangers
// cannot use up. Rejected: a lock of the account for everybody, which hands the key of the door to whoever knows an address.
using System.Net;
using Assistant.Domain.Security;

namespace Assistant.Web.Security;

/// <summary>Bounds attempts before any password is hashed: per network, per network and account, per account, per known device. Safe for concurrent use.</summary>
/// <remarks>The answer does not depend on whether the account exists, so it tells nothing. What it remembers is bounded.</remarks>
internal sealed class SignInLimiter(TimeProvider clock)
{
    /// <summary>Accounts, networks and devices remembered at a time; when all are in use, a new one waits.</summary>
    public const int MaxKeys = 50_000;

    private readonly TokenBuckets<IPAddress> _networks = new(burst: 60, perMinute: 60, MaxKeys, clock);
    private readonly TokenBuckets<(IPAddress Network, string Account)> _pairs = new(burst: 10, perMinute: 2, MaxKeys, clock);
    private readonly TokenBuckets<string> _accounts = new(burst: 30, perMinute: 1, MaxKeys, clock);
    private readonly TokenBuckets<Guid> _devices = new(burst: 10, perMinute: 1, MaxKeys, clock);
    private readonly TokenBuckets<UserId> _sessions = new(burst: 10, perMinute: 2, MaxKeys, clock);

    // A signature cannot be guessed; this bounds the work of checking them.
    private readonly TokenBuckets<IPAddress> _passkeys = new(burst: 10, perMinute: 5, MaxKeys, clock);

    // A challenge costs a row and no hash; the sign-in page asks for one each time it is opened.
    private readonly TokenBuckets<IPAddress> _challenges = new(burst: 120, perMinute: 120, MaxKeys, clock);

    // A token cannot be guessed either; a page and its form come to two, and a mistyped password to two more.
    private readonly TokenBuckets<IPAddress> _invitations = new(burst: 30, perMinute: 10, MaxKeys, clock);

    // Asking costs a cookie, an answer costs a request to the provider; a sign-in there comes to two or three.
    private readonly TokenBuckets<IPAddress> _providers = new(burst: 30, perMinute: 15, MaxKeys, clock);

    /// <summary>How much is remembered, the largest of the tables.</summary>
    public int Remembered => new[] { _networks.Count, _pairs.Count, _accounts.Count, _devices.Count, _sessions.Count, _passkeys.Count, _challenges.Count, _invitations.Count, _providers.Count }.Max();

    /// <summary>Whether somebody on a device nobody knows may try an account.</summary>
    public bool Allows(IPAddress network, string email)
    {
        var account = EmailAddress.Normalize(email);
        // The account's own budget comes last: what the others refuse must not use it up.
        return IsFree(_networks.Take(network)) && IsFree(_pairs.Take((network, account))) && IsFree(_accounts.Take(account));
    }

    /// <summary>Whether a device on which the account signed in before may try it again, wherever it is.</summary>
    public bool AllowsOnDevice(Guid device) => IsFree(_devices.Take(device));

    /// <summary>Whether somebody who is signed in may give their password again.</summary>
    public bool AllowsInSession(UserId user) => IsFree(_sessions.Take(user));

    /// <summary>Whether a network may try to sign in by passkey.</summary>
    public bool AllowsPasskey(IPAddress network) => IsFree(_passkeys.Take(network));

    /// <summary>Whether a network may have another challenge for a passkey.</summary>
    public bool AllowsChallenge(IPAddress network) => IsFree(_challenges.Take(network));

    /// <summary>Whether a network may look at an invitation or accept one.</summary>
    public bool AllowsInvitation(IPAddress network) => IsFree(_invitations.Take(network));

    /// <summary>Whether a network may go to an identity provider, or on from there.</summary>
    public bool AllowsProvider(IPAddress network) => IsFree(_providers.Take(network));

    private static bool IsFree(TimeSpan wait) => wait == TimeSpan.Zero;
}
