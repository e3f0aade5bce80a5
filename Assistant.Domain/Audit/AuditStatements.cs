namespace Assistant.Domain.Audit;

/// <summary>What a door (page, endpoint, hub method, verb, worker, channel) states about what it leaves in the audit log.</summary>
/// <remarks>Each has exactly one such statement; <c>docs/permissions.md</c> lists them, and a test holds them against the code behind the door.</remarks>
public interface IAuditStatement
{
    /// <summary>The actions of the events it can cause, of <see cref="AuditActions"/>; empty when it causes none.</summary>
    IReadOnlyList<string> Actions { get; }

    /// <summary>Why it causes none; <see langword="null"/> when it does.</summary>
    string? Why { get; }
}

/// <summary>States the events something causes, written in the transaction of what they record.</summary>
/// <param name="actions">Of <see cref="AuditActions"/>; what follows from them in another part of the product is stated there.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, Inherited = false)]
public sealed class AuditsAttribute(params string[] actions) : Attribute, IAuditStatement
{
    public IReadOnlyList<string> Actions =>
    [
        .. actions,
        .. WantsProof ? [AuditActions.StepUpRequested, AuditActions.StepUpUsed] : Array.Empty<string>(),
        .. TakesProof
            ? [AuditActions.StepUpProven, AuditActions.StepUpRefused, AuditActions.SteppedUp, AuditActions.StepUpFailed, AuditActions.SignInFailed]
            : Array.Empty<string>(),
    ];

    /// <summary>Some of it wants a proof (a step-up): asking for it and using it are events too.</summary>
    public bool WantsProof { get; init; }

    /// <summary>A proof can be given there, well or badly.</summary>
    public bool TakesProof { get; init; }

    string? IAuditStatement.Why => null;
}

/// <summary>States that something leaves no event.</summary>
/// <param name="why">E.g. <see cref="Reads"/>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, Inherited = false)]
public sealed class NotAuditedAttribute(string why) : Attribute, IAuditStatement
{
    /// <summary>The reason of everything that changes nothing.</summary>
    public const string Reads = "changes nothing";

    IReadOnlyList<string> IAuditStatement.Actions => [];

    public string Why => why;
}
