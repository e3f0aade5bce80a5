using System.Threading.RateLimiting;
using Assistant.Domain.Security;

namespace Assistant.Web.Security;

/// <summary>Bounds sign-in attempts before any password is hashed: per address and account, and per address. Safe for concurrent use.</summary>
/// <remarks>The answer does not depend on whether the account exists, so it tells nothing.</remarks>
internal sealed class SignInLimiter : IDisposable
{
    private const int PerAccount = 10;
    private const int PerAddress = 60;
    private const int ChallengesPerAddress = 120;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<(string Address, string Account)> _limiter = PartitionedRateLimiter.CreateChained(
        PartitionedRateLimiter.Create<(string Address, string Account), string>(attempt => Bucket(attempt.Address, PerAddress)),
        PartitionedRateLimiter.Create<(string Address, string Account), (string, string)>(attempt => Bucket(attempt, PerAccount)));

    // A challenge costs a row and no hash; the sign-in page asks for one each time it is opened.
    private readonly PartitionedRateLimiter<string> _challenges =
        PartitionedRateLimiter.Create<string, string>(address => Bucket(address, ChallengesPerAddress));

    /// <summary>Whether an address may have another challenge for a passkey.</summary>
    public bool AllowsChallenge(string address)
    {
        using var lease = _challenges.AttemptAcquire(address);
        return lease.IsAcquired;
    }

    public bool Allows(string address, string email)
    {
        using var lease = _limiter.AttemptAcquire((address, EmailAddress.Normalize(email)));
        return lease.IsAcquired;
    }

    public void Dispose()
    {
        _limiter.Dispose();
        _challenges.Dispose();
    }

    private static RateLimitPartition<T> Bucket<T>(T key, int permits) => RateLimitPartition.GetFixedWindowLimiter(
        key, _ => new FixedWindowRateLimiterOptions { PermitLimit = permits, Window = Window, QueueLimit = 0 });
}
