namespace Assistant.Domain.Provisioning;

/// <summary>Something wrong with <c>assistant.yaml</c>.</summary>
/// <param name="File">Name of the file as the operator knows it.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
public sealed record ProvisioningProblem(string File, int Line, int Column, string Message)
{
    public override string ToString() => $"{File}:{Line}:{Column}: {Message}";
}

/// <summary>What became of <c>assistant.yaml</c> when it was last read.</summary>
/// <param name="Path">Where it is, or would be.</param>
/// <param name="Exists"><see langword="false"/>: nothing is provisioned.</param>
/// <param name="AppliedAt">When its content was last applied by this process; <see langword="null"/> while it was not.</param>
/// <param name="Problems">Why the newest content is not applied; what was applied before stays.</param>
public sealed record ProvisioningStatus(string Path, bool Exists, DateTimeOffset? AppliedAt, IReadOnlyList<ProvisioningProblem> Problems);

/// <summary>Declarative provisioning from <c>assistant.yaml</c>. Safe for concurrent use.</summary>
public interface IProvisioning
{
    /// <summary>What this process knows from its last reading.</summary>
    ProvisioningStatus Status { get; }

    /// <summary>Reads and validates the file without applying it.</summary>
    /// <param name="asksDatabase">Whether the stored tenants can be read. Without them any tenant that is named is taken for one of theirs.</param>
    Task<ProvisioningStatus> CheckAsync(bool asksDatabase, CancellationToken cancellationToken);
}

/// <summary>The file cannot be applied: the installation does not start with it.</summary>
public sealed class ProvisioningException(IReadOnlyList<ProvisioningProblem> problems)
    : InvalidOperationException(string.Join(Environment.NewLine, problems))
{
    public IReadOnlyList<ProvisioningProblem> Problems => problems;
}
