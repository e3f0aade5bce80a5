// A secret of 256 bits is not guessed, however often somebody tries; what they do cost is work: bodies are read, keys looked up, pages drawn.
// Only what was wrong draws on the budget, so a messenger or a program with the right secret never uses it up. Rejected: answering 429, which
// tells a guesser what is counted and when to come back; a budget for all networks together, by which one stranger keeps everybody out.
using System.Net;
using Assistant.Domain.Messaging;

namespace Assistant.Web.Security;

/// <summary>
/// Counts wrong secrets by network. While a network has none of its budget left, nothing it presents at that door is looked at, and the
/// answer is the one for a wrong secret. Safe for concurrent use; what it remembers is bounded.
/// </summary>
internal sealed class WrongSecrets(TimeProvider clock)
{
    /// <summary>Networks remembered at a time, by door.</summary>
    public const int MaxKeys = 50_000;

    /// <summary>Wrong secrets in a row before a network has to wait, at a webhook, with an API key or for a file.</summary>
    public const int Burst = 60;

    /// <summary>The same for the link of the first set-up, which people open by hand.</summary>
    public const int SetUpBurst = 20;

    /// <summary>Callbacks to <c>/webhooks</c>: by connection too, so that a name somebody knows closes no other.</summary>
    public Door<(IPAddress Network, ConnectionId? Connection)> Webhooks { get; } = new(new(Burst, perMinute: 30, MaxKeys, clock));

    /// <summary>API keys, wherever they are presented.</summary>
    public Door<IPAddress> ApiKeys { get; } = new(new(Burst, perMinute: 30, MaxKeys, clock));

    /// <summary>Addresses of files that go out.</summary>
    public Door<IPAddress> Files { get; } = new(new(Burst, perMinute: 30, MaxKeys, clock));

    /// <summary>The link of the first set-up.</summary>
    public Door<IPAddress> SetUp { get; } = new(new(SetUpBurst, perMinute: 5, MaxKeys, clock));

    /// <summary>One way in and its budgets.</summary>
    public sealed class Door<TKey>(TokenBuckets<TKey> budgets)
        where TKey : notnull
    {
        /// <summary>Whether what is presented there is looked at.</summary>
        public bool IsOpenTo(TKey key) => budgets.Has(key);

        /// <summary>Counts a secret that was wrong.</summary>
        public void Count(TKey key) => budgets.Take(key);
    }
}
