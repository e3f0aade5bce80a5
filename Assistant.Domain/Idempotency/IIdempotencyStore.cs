using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Idempotency;

/// <summary>A write somebody may send again because they did not see the answer.</summary>
/// <param name="Caller">Who sends it; keys of different callers never meet.</param>
/// <param name="Route">Method and path; of what is written at the console, the conversation.</param>
/// <param name="Key">Chosen by the caller, 1–200 characters.</param>
/// <param name="Fingerprint">Hash of what is asked for: the same key with another one is a mistake of the caller.</param>
public sealed record IdempotentRequest(TenantId Tenant, string Caller, string Route, string Key, string Fingerprint);

/// <summary>An answer as it was given. May contain a secret shown once, so stores seal it.</summary>
/// <param name="ContentType"><see langword="null"/> when there is no body.</param>
public sealed record StoredAnswer(int Status, string? ContentType, byte[] Body);

/// <summary>What is known about a request.</summary>
public abstract record IdempotencyClaim
{
    private IdempotencyClaim() { }

    /// <summary>New: the caller of <see cref="IIdempotencyStore.BeginAsync"/> does the work, then completes or abandons it.</summary>
    public sealed record Fresh : IdempotencyClaim;

    /// <summary>Done before: give this answer again.</summary>
    public sealed record Answered(StoredAnswer Answer) : IdempotencyClaim;

    /// <summary>Being worked on at this moment.</summary>
    public sealed record InProgress : IdempotencyClaim;

    /// <summary>The key was used for something else.</summary>
    public sealed record KeyReused : IdempotencyClaim;
}

/// <summary>Answers to writes, kept for <see cref="Lifetime"/>, so that a repeated request does its work once.</summary>
/// <remarks>
/// A claim whose process ended without completing it is given to the next request after <see cref="ClaimTimeout"/>: the work
/// may then have been done, which only a transaction shared with it could rule out. Safe for concurrent use.
/// </remarks>
public interface IIdempotencyStore
{
    /// <summary>How long an answer is kept: 24 hours.</summary>
    static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>How long an unfinished claim keeps others away: one minute.</summary>
    static readonly TimeSpan ClaimTimeout = TimeSpan.FromMinutes(1);

    /// <summary>Claims the request, or says what became of it; of several at once exactly one gets <see cref="IdempotencyClaim.Fresh"/>.</summary>
    Task<IdempotencyClaim> BeginAsync(IdempotentRequest request, CancellationToken cancellationToken);

    /// <summary>Keeps the answer of a claimed request.</summary>
    Task CompleteAsync(IdempotentRequest request, StoredAnswer answer, CancellationToken cancellationToken);

    /// <summary>Gives a claim up, because the work failed and may be tried again.</summary>
    Task AbandonAsync(IdempotentRequest request, CancellationToken cancellationToken);
}
