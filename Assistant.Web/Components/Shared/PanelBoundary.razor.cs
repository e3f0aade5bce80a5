using Microsoft.AspNetCore.Components;

namespace Assistant.Web.Components.Shared;

/// <summary>Keeps a fault inside its panel, with an id that leads to it in the log.</summary>
public sealed partial class PanelBoundary
{
    private string? _id;

    [Inject]
    private ILogger<PanelBoundary> Log { get; set; } = default!;

    /// <inheritdoc />
    protected override Task OnErrorAsync(Exception exception)
    {
        _id = Guid.CreateVersion7().ToString("N")[^12..];
        PanelFailed(Log, exception, _id);
        return Task.CompletedTask;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A panel of the console failed ({PanelFaultId}).")]
    private static partial void PanelFailed(ILogger logger, Exception exception, string panelFaultId);
}
