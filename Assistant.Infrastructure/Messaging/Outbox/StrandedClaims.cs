// Finds claimed rows that nobody sends: when the answer of a commit is lost, the claim it made stands, but never reaches a lane.
//
// The idea: a row in state Sending belongs to a lane from just after the commit that claimed it. One that is seen without a lane at
// every look, for longer than any send may take, is made due again as after a crash: marked as perhaps shown.
// The invariant: a claim is either sent by a lane or taken back, never both, however late it is handed over. As with a take-over, the
// claim is first written down as taken back, then the lanes are looked at; a lane is first there, then asks whether its row was taken
// back. Whichever comes second sees the other.
// Rejected: a column that says when a row was claimed. It would be written with every reply, to be read after a fault.
using System.Collections.Concurrent;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging.Outbox;

namespace Assistant.Infrastructure.Messaging.Outbox;

/// <summary>Claims no lane of this process answers for. <see cref="IsTakenBack"/> is safe for concurrent use.</summary>
/// <param name="hasLane">Whether rows of the conversation are being sent, or about to be.</param>
internal sealed class StrandedClaims(IOutbox outbox, Func<ConversationId, bool> hasLane, TimeSpan sendTimeout, TimeProvider clock)
{
    /// <summary>Between two looks: each reads every open row.</summary>
    internal static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(15);

    // A claim is handed over within moments of its commit; after this none can turn up that was taken back.
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<OutboxClaim, DateTimeOffset> _takenBack = [];
    private Dictionary<OutboxClaim, DateTimeOffset> _seenSince = [];
    private DateTimeOffset _nextLook;

    /// <summary>Whether the row is due again, or already somebody else's: this claim on it must not be sent.</summary>
    public bool IsTakenBack(OutboxEntry entry) => _takenBack.ContainsKey(entry.Claim);

    /// <summary>Takes a look when it is time for one. Called by one caller at a time.</summary>
    /// <returns>How many rows became due again.</returns>
    public async Task<int> RecoverAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (now < _nextLook)
        {
            return 0;
        }

        _nextLook = now + LookInterval;
        ForgetOld(now);
        var claims = await outbox.FindClaimsAsync(cancellationToken);
        _seenSince = claims.Where(c => !hasLane(c.Conversation)).ToDictionary(c => c, c => _seenSince.GetValueOrDefault(c, now));
        var recovered = 0;
        foreach (var (claim, since) in _seenSince)
        {
            if (now - since > sendTimeout + Margin && await TakeBackAsync(claim, now, cancellationToken))
            {
                recovered++;
            }
        }

        return recovered;
    }

    private async Task<bool> TakeBackAsync(OutboxClaim claim, DateTimeOffset now, CancellationToken cancellationToken)
    {
        _takenBack[claim] = now;
        if (!hasLane(claim.Conversation) && await outbox.RecoverInterruptedAsync(claim, cancellationToken))
        {
            return true;
        }

        _takenBack.TryRemove(claim, out _);
        return false;
    }

    private void ForgetOld(DateTimeOffset now)
    {
        foreach (var mark in _takenBack)
        {
            if (now - mark.Value > Memory)
            {
                _takenBack.TryRemove(mark);
            }
        }
    }
}
