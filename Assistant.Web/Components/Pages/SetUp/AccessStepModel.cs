using Assistant.Domain.Messaging;
using Assistant.Domain.Security;

namespace Assistant.Web.Components.Pages.SetUp;

/// <summary>One access policy for all connections that may be changed here.</summary>
internal sealed class AccessStepModel(ConnectionDesk desk, Caller caller, IReadOnlyList<ConnectionRow> rows)
{
    /// <summary>The policy in use where all connections agree; else the safe one.</summary>
    public AccessPolicy Choice { get; set; } = rows.Select(row => row.Connection.Access).Distinct().ToList() is [var only] ? only : AccessPolicy.Pairing;

    /// <summary>Connections the choice applies to.</summary>
    public IReadOnlyList<ConnectionRow> Rows { get; } = [.. rows.Where(row => row is { Connection.IsProvisioned: false, Manifest: not null })];

    /// <summary>The names of those that could not be changed.</summary>
    public IReadOnlyList<string> Refused { get; private set; } = [];

    /// <returns>Whether all connections have the policy now.</returns>
    public async Task<bool> ApplyAsync(CancellationToken cancellationToken)
    {
        var refused = new List<string>();
        foreach (var connection in Rows.Select(row => row.Connection).Where(connection => connection.Access != Choice))
        {
            var draft = new ConnectionDraft(
                connection.Id.Value, connection.ChannelType, connection.DisplayName, Choice, connection.IsEnabled, connection.Settings);
            if (await desk.SaveAsync(caller, draft, cancellationToken) is not ConnectionOutcome.Saved)
            {
                refused.Add(connection.DisplayName);
            }
        }

        Refused = refused;
        return refused.Count == 0;
    }
}
