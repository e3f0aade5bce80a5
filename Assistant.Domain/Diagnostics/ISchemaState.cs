namespace Assistant.Domain.Diagnostics;

/// <summary>Whether the database can be asked, for the parts of an examination that need its tables.</summary>
public interface ISchemaState
{
    /// <returns><see langword="false"/> when it does not answer or lacks changes of this build: why is a finding of the database, told once.</returns>
    Task<bool> IsCurrentAsync(CancellationToken cancellationToken);
}
