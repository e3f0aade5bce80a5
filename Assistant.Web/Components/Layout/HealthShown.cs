using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Web.Components.Shared;
using Assistant.Web.Localization;

namespace Assistant.Web.Components.Layout;

/// <summary>The state of the installation in one dot.</summary>
internal sealed record HealthShown(Status Kind, string Words, string Href)
{
    /// <summary>What is worst among the connections the caller may see; <see langword="null"/> when that is none of their business.</summary>
    public static async Task<HealthShown?> ReadAsync(ConnectionDesk connections, Caller caller, CancellationToken cancellationToken)
    {
        if (!caller.Permissions.Contains(Permissions.ChannelsRead))
        {
            return null;
        }

        var running = (await connections.ListAsync(caller, cancellationToken)).Where(row => row.Connection.IsEnabled).ToList();
        var down = running.Count(row => row.Health?.State == ConnectionState.Down);
        var degraded = running.Count(row => row.Health?.State == ConnectionState.Degraded);
        return (down, degraded) switch
        {
            ( > 0, _) => new HealthShown(Status.Bad, Texts.HealthDown(down), "connections"),
            (_, > 0) => new HealthShown(Status.Warn, Texts.HealthDegraded(degraded), "connections"),
            _ => new HealthShown(Status.Ok, Texts.HealthGood, "connections"),
        };
    }
}
