using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Web.Components.Shared;

namespace Assistant.Web.Components.Pages.SetUp;

/// <summary>One access policy for all connections that may be changed here.</summary>
internal sealed class AccessStepModel(ConnectionDesk desk, Caller caller, IReadOnlyList<ConnectionRow> rows)
{
    private readonly List<string> _refused = [];
    private readonly Queue<ConnectionId> _waiting = [];

    /// <summary>The policy in use where all connections agree; else the safe one.</summary>
    public AccessPolicy Choice { get; set; } = rows.Select(row => row.Connection.Access).Distinct().ToList() is [var only] ? only : AccessPolicy.Pairing;

    /// <summary>The names of those that could not be changed.</summary>
    public IReadOnlyList<string> Refused => _refused;

    /// <summary>Whether at least one was changed.</summary>
    public bool HasChanged { get; private set; }

    /// <summary>Opening a connection wider may want proof, each its own.</summary>
    public ProvenAct Act { get; } = new();

    /// <summary>Whether all connections have the policy that was applied last.</summary>
    public bool IsApplied { get; private set; }

    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        var choice = Choice;
        (IsApplied, HasChanged) = (false, false);
        _refused.Clear();
        _waiting.Clear();
        foreach (var row in (await desk.ListAsync(caller, cancellationToken)).Where(row => MayChange(row) && row.Connection.Access != choice))
        {
            _waiting.Enqueue(row.Connection.Id);
        }

        await Act.RunAsync(caller, by => GoOnAsync(by, choice, cancellationToken));
    }

    /// <summary>Goes on with the connection that waited for proof.</summary>
    public Task RepeatAsync() => Act.RepeatAsync(caller);

    private static bool MayChange(ConnectionRow row) => row is { Connection.IsProvisioned: false, Manifest: not null };

    private async Task GoOnAsync(Caller by, AccessPolicy choice, CancellationToken cancellationToken)
    {
        while (_waiting.TryPeek(out var id))
        {
            // Name and settings are written along with the policy: as they are by now, for a proof may have taken minutes.
            if (await desk.FindAsync(by, id.Value, cancellationToken) is not { Connection: var connection })
            {
                _waiting.Dequeue();
                by = caller;
                continue; // deleted meanwhile
            }

            var draft = new ConnectionDraft(
                connection.Id.Value, connection.ChannelType, connection.DisplayName, choice, IsEnabled: null, connection.Settings, DraftPurpose.Change);
            if (await desk.SaveAsync(by, draft, cancellationToken) is not ConnectionOutcome.Saved)
            {
                _refused.Add(connection.DisplayName);
            }
            else
            {
                HasChanged = true;
            }

            _waiting.Dequeue();
            by = caller; // A proof is good for one.
        }

        IsApplied = _refused.Count == 0;
    }
}
