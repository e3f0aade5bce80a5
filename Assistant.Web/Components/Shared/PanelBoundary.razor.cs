using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace Assistant.Web.Components.Shared;

/// <summary>Keeps a fault inside its panel, with an id that leads to it in the log, until the person goes elsewhere.</summary>
public sealed partial class PanelBoundary : IDisposable
{
    private string? _id;

    [Inject]
    private ILogger<PanelBoundary> Log { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    /// <inheritdoc />
    protected override void OnInitialized() => Navigation.LocationChanged += Moved;

    /// <inheritdoc />
    public void Dispose() => Navigation.LocationChanged -= Moved;

    /// <inheritdoc />
    protected override Task OnErrorAsync(Exception exception)
    {
        _id = Guid.CreateVersion7().ToString("N")[^12..];
        PanelFailed(Log, exception, _id);
        return Task.CompletedTask;
    }

    // Not whenever it is drawn: what fails would fail again and again.
    private void Moved(object? sender, LocationChangedEventArgs e)
    {
        if (CurrentException is not null)
        {
            _ = InvokeAsync(Recover);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A panel of the console failed ({PanelFaultId}).")]
    private static partial void PanelFailed(ILogger logger, Exception exception, string panelFaultId);
}
