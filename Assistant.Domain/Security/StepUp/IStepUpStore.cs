using System.Globalization;
using System.Text;
using Assistant.Domain.Audit;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;

namespace Assistant.Domain.Security.StepUp;

/// <summary>Id of a request for proof. Knowing it gives nothing: it is bound to who asked and to one act.</summary>
public readonly record struct StepUpId(Guid Value)
{
    public static StepUpId Create() => new(Guid.CreateVersion7());

    public override string ToString() => Value.ToString();
}

/// <summary>A request goes from <see cref="Pending"/> to <see cref="Proven"/> to <see cref="Used"/>, each once, or ends <see cref="Declined"/>.</summary>
public enum StepUpState { Pending, Proven, Used, Declined }

/// <summary>A sensitive act somebody asked for, waiting for proof or proven.</summary>
/// <param name="RequestedBy">The only one who can use the proof.</param>
/// <param name="Shown">The arguments a person may see.</param>
/// <param name="Hash">Of <see cref="BoundOperation.Hash"/>.</param>
/// <param name="ProvenBy">Who proved; another than who asked when a program asked.</param>
public sealed record StepUpRequest(
    StepUpId Id, TenantId Tenant, Actor RequestedBy, string Operation, string Subject, IReadOnlyDictionary<string, string> Shown,
    ReadOnlyMemory<byte> Hash, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, StepUpState State = StepUpState.Pending,
    UserId? ProvenBy = null, DateTimeOffset? ProvenAt = null)
{
    /// <summary>What exactly is approved, in words. An argument fills its place and no more, whoever chose it: see <see cref="Legible.Within"/>.</summary>
    public string SentenceIn(CultureInfo culture)
    {
        if (!SensitiveOperations.All.TryGetValue(Operation, out var what))
        {
            return Operation; // made by another build
        }

        var text = what.Sentence.In(culture);
        var sentence = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            // In one pass: an argument that looks like a placeholder stays what it is.
            var open = text.IndexOf('{', at);
            var close = open < 0 ? -1 : text.IndexOf('}', open);
            if (close < 0)
            {
                sentence.Append(text, at, text.Length - at);
                break;
            }

            sentence.Append(text, at, open - at).Append(Say(what, text[(open + 1)..close], culture));
            at = close + 1;
        }

        return sentence.ToString();
    }

    private string Say(SensitiveOperation what, string argument, CultureInfo culture)
    {
        var value = Shown.GetValueOrDefault(argument, "?");
        return what.Words?.GetValueOrDefault(argument)?.GetValueOrDefault(value)?.In(culture) ?? Legible.Within(value);
    }
}

/// <summary>Requests for proof. Every write is one transaction with its audit event. Safe for concurrent use.</summary>
public interface IStepUpStore
{
    /// <summary>Keeps a new request, and forgets those of the tenant that expired more than a day ago.</summary>
    Task AddAsync(StepUpRequest request, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>The tenant's request, or <see langword="null"/>.</summary>
    Task<StepUpRequest?> FindAsync(TenantId tenant, StepUpId id, CancellationToken cancellationToken);

    /// <summary>Marks a pending request that has not expired as proven. Of several at once one succeeds.</summary>
    Task<bool> ProveAsync(TenantId tenant, StepUpId id, UserId by, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Ends a pending request without proof.</summary>
    Task<bool> DeclineAsync(TenantId tenant, StepUpId id, AuditDraft audit, CancellationToken cancellationToken);

    /// <summary>Uses a proof up: only for who asked, for this very act, and within <see cref="SensitiveOperations.MaxProofAge"/>.</summary>
    /// <returns><see langword="false"/> when there is no such proof; nothing was changed.</returns>
    Task<bool> UseAsync(TenantId tenant, StepUpId id, Actor by, ReadOnlyMemory<byte> hash, AuditDraft audit, CancellationToken cancellationToken);
}
