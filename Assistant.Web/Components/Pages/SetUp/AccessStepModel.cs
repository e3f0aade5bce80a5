using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Web.Components.Shared;

namespace Assistant.Web.Components.Pages.SetUp;

/// <summary>One access policy for all connections that may be changed here.</summary>
internal sealed class AccessStepModel(ConnectionDesk desk, Caller caller, IReadOnlyList<ConnectionRow> rows)
{
    private readonly List<string> _refused = [];
    private readonly Queue<Connection> _waiting = [];

    /// <summary>The policy in use where all connections agree; else the safe one.</summary>
    public AccessPolicy Choice { get; set; } = rows.Select(row => row.Connection.Access).Distinct().ToList() is [var only] ? only : AccessPolicy.Pairing;

    /// <summary>Connections the choice applies to.</summary>
    public IReadOnlyList<ConnectionRow> Rows { get; } = [.. rows.Where(row => row is { Connection.IsProvisioned: false, Manifest: not null })];

    /// <summary>The names of those that could not be changed.</summary>
    public IReadOnlyList<string> Refused => _refused;

    /// <summary>Opening a connection wider may want proof, each its own.</summary>
    public ProvenAct Act { get; } = new();

    /// <summary>Whether all connections have the policy that was applied last.</summary>
    public bool IsApplied { get; private set; }

    public Task ApplyAsync(CancellationToken cancellationToken)
    {
        var choice = Choice;
        IsApplied = false;
        _refused.Clear();
        _waiting.Clear();
        foreach (var row in Rows.Where(row => row.Connection.Access != choice))
        {
            _waiting.Enqueue(row.Connection);
        }

        return Act.RunAsync(caller, by => GoOnAsync(by, choice, cancellationToken));
    }

    /// <summary>Goes on with the connection that waited for proof.</summary>
    public Task RepeatAsync() => Act.RepeatAsync(caller);

    private async Task GoOnAsync(Caller by, AccessPolicy choice, CancellationToken cancellationToken)
    {
        while (_waiting.TryPeek(out var connection))
        {
            var draft = new ConnectionDraft(
                connection.Id.Value, connection.ChannelType, connection.DisplayName, choice, IsEnabled: null, connection.Settings);
            if (await desk.SaveAsync(by, draft, cancellationToken) is not ConnectionOutcome.Saved)
            {
                _refused.Add(connection.DisplayName);
            }

            _waiting.Dequeue();
            by = caller; // A proof is good for one.
        }

        IsApplied = _refused.Count == 0;
    }
}
