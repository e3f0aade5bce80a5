using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Assistant.Web.Tests.Console;

/// <summary>The line between a browser and its server, which can lose what the server says and fall.</summary>
internal sealed partial class FallingLine
{
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isLosing;
    private IWebSocketRoute? _page;

    /// <summary>For the pages that are opened from here on.</summary>
    public static async Task<FallingLine> LayAsync(IBrowserContext context)
    {
        var line = new FallingLine();
        await context.RouteWebSocketAsync(Hub(), line.Open);
        return line;
    }

    /// <summary>Nothing the server says arrives until the line fell.</summary>
    public void LoseAnswers() => _isLosing = true;

    /// <summary>Waits until something was lost.</summary>
    public Task LostAsync(CancellationToken cancellationToken) => _lost.Task.WaitAsync(cancellationToken);

    public async Task FallAsync()
    {
        await _page!.CloseAsync(new() { Code = 3001 });
        _isLosing = false;
    }

    private void Open(IWebSocketRoute page)
    {
        var server = page.ConnectToServer();
        _page = page;
        page.OnMessage(frame => Pass(frame, server));
        server.OnMessage(frame =>
        {
            if (!_isLosing)
            {
                Pass(frame, page);
            }
            else
            {
                _lost.TrySetResult();
            }
        });
    }

    private static void Pass(IWebSocketFrame frame, IWebSocketRoute to)
    {
        if (frame.Binary is { } bytes)
        {
            to.Send(bytes);
        }
        else
        {
            to.Send(frame.Text!);
        }
    }

    [GeneratedRegex("/_blazor")]
    private static partial Regex Hub();
}
