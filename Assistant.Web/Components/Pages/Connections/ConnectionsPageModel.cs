using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Web.Components.Shared;

namespace Assistant.Web.Components.Pages.Connections;

/// <summary>The connections of a tenant and the one that is open beside them.</summary>
internal sealed class ConnectionsPageModel(ConnectionDesk desk, IChannelCatalog channels, Caller caller)
{
    /// <summary><see langword="null"/> until they are read.</summary>
    public IReadOnlyList<ConnectionRow>? Rows { get; private set; }

    /// <summary>What is open beside the list; <see langword="null"/> when nothing is.</summary>
    public ConnectionEditor? Editor { get; private set; }

    /// <summary>The address names a connection that is not there.</summary>
    public bool IsMissing { get; private set; }

    public bool MayManage => caller.Permissions.Contains(Permissions.ChannelsManage);

    /// <summary>The messengers to choose from, by name.</summary>
    public IReadOnlyList<ChannelManifest> Messengers { get; } =
        [.. channels.All.Select(channel => channel.Manifest).OrderBy(manifest => manifest.DisplayName, StringComparer.CurrentCulture)];

    public async Task LoadAsync(CancellationToken cancellationToken) => Rows = await desk.ListAsync(caller, cancellationToken);

    /// <summary>Opens what the address says: a connection, a new one of a type, or nothing.</summary>
    /// <param name="open">Name of a connection.</param>
    /// <param name="add">Type of a new one.</param>
    public async Task OpenAsync(string? open, string? add, CancellationToken cancellationToken)
    {
        IsMissing = false;
        if (open is not null)
        {
            if (Editor?.Existing?.Connection.Id.Value != open)
            {
                var row = await desk.FindAsync(caller, open, cancellationToken);
                IsMissing = row is null;
                Editor = row is null ? null : ConnectionEditor.Of(desk, caller, row);
            }
        }
        else if (add is { Length: > 0 } && MayManage && channels.Find(add)?.Manifest is { } manifest)
        {
            if (Editor is not { Existing: null } editor || editor.Manifest?.Type != add)
            {
                Editor = ConnectionEditor.New(desk, caller, manifest, FreeName.Of(manifest.Type, (Rows ?? []).Select(row => row.Connection.Id.Value)));
            }
        }
        else
        {
            Editor = null;
        }
    }

    /// <summary>Switches a connection on or off and reads the list again.</summary>
    public async Task SwitchAsync(ConnectionRow row, bool isEnabled, CancellationToken cancellationToken)
    {
        await desk.SetEnabledAsync(caller, row.Connection.Id.Value, isEnabled, cancellationToken);
        await LoadAsync(cancellationToken);
    }
}
