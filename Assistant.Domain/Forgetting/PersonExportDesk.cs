using System.Globalization;
using Assistant.Domain.Audit;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Security.StepUp;

namespace Assistant.Domain.Forgetting;

/// <summary>In which form everything about a person is exported.</summary>
public enum PersonExportFormat { Json, Html }

/// <summary>An export that was allowed and recorded; written once.</summary>
/// <param name="WriteAsync">Streams it.</param>
public sealed record AllowedExport(PersonRow Person, Func<Stream, CancellationToken, Task> WriteAsync);

/// <summary>Takes everything about a person out of the house, for themselves or for whoever answers to them.</summary>
public sealed class PersonExportDesk(IPeopleStore people, PersonExport export, IStepUpGuard guard, IAuditLog log, TimeProvider clock)
{
    /// <summary>Returns when no proof is wanted of the caller; for doors that have to ask before a download begins.</summary>
    /// <returns><see langword="false"/> when there is no such person.</returns>
    /// <exception cref="StepUpRequiredException">It wants proof first.</exception>
    public async Task<bool> AskAsync(Caller caller, PersonId person, PersonExportFormat format, CancellationToken cancellationToken)
        => await DemandAsync(caller, person, format, cancellationToken) is not null;

    /// <summary>Allows one export and records it; <see langword="null"/> when there is no such person.</summary>
    /// <param name="culture">Language of the readable form's own words.</param>
    /// <exception cref="StepUpRequiredException">It wants proof first.</exception>
    public Task<AllowedExport?> AllowAsync(
        Caller caller, PersonId person, PersonExportFormat format, CultureInfo culture, CancellationToken cancellationToken)
        => AllowAsync(caller, person, format, culture, _ => Task.FromResult(true), cancellationToken);

    /// <param name="claimAsync">What may be done once, after the proof and before anything is recorded: <see langword="false"/> when somebody was faster.</param>
    /// <inheritdoc cref="AllowAsync(Caller, PersonId, PersonExportFormat, CultureInfo, CancellationToken)"/>
    internal async Task<AllowedExport?> AllowAsync(
        Caller caller, PersonId person, PersonExportFormat format, CultureInfo culture, Func<CancellationToken, Task<bool>> claimAsync,
        CancellationToken cancellationToken)
    {
        if (await DemandAsync(caller, person, format, cancellationToken) is not { } row || !await claimAsync(cancellationToken))
        {
            return null;
        }

        await log.AppendAsync(
            caller.Audit(clock.GetUtcNow(), AuditActions.PersonExported, $"person/{person}", ("format", NameOf(format))), cancellationToken);
        return new AllowedExport(row, (target, token) => format == PersonExportFormat.Json
            ? export.WriteJsonAsync(row, target, token)
            : export.WriteHtmlAsync(row, culture, target, token));
    }

    private async Task<PersonRow?> DemandAsync(Caller caller, PersonId person, PersonExportFormat format, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.PeopleExport);
        if (await people.FindAsync(caller.Tenant, person, cancellationToken) is not { } row)
        {
            return null;
        }

        IReadOnlyList<OperationArgument> arguments = [new("name", row.Person.DisplayName), new("format", NameOf(format))];
        var operation = caller.Act is { } act
            ? new BoundOperation(SensitiveOperations.OwnExport, caller.Tenant, $"person/{person}", [.. arguments, new("act", act.ToString())])
            : new BoundOperation(SensitiveOperations.PersonExport, caller.Tenant, $"person/{person}", arguments);
        await guard.DemandAsync(caller, operation, cancellationToken);
        return row;
    }

    /// <summary>As the sentence of the act names it.</summary>
    internal static string NameOf(PersonExportFormat format) => format.ToString().ToUpperInvariant();
}
