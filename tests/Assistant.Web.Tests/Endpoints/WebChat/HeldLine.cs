using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Assistant.Web.Tests.Endpoints.WebChat;

/// <summary>A page's line to the hub in the test's hand, for a chat in the open: it falls, loses or withholds what the test says.</summary>
internal sealed class HeldLine
{
    private const char End = '\u001e'; // of a message of the hub's JSON protocol
    private TaskCompletionSource<string>? _caughtUp;
    private string? _catchUp;
    private IWebSocketRoute? _page;
    private IWebSocketRoute? _server;

    /// <summary>Whether messages that are told live get lost.</summary>
    public bool LosesMessages { get; set; }

    /// <summary>Holds every line the page makes from now on.</summary>
    public static async Task<HeldLine> HoldAsync(IPage page)
    {
        var line = new HeldLine();
        await page.RouteWebSocketAsync(new Regex("/hubs/chat"), line.Hold);
        return line;
    }

    /// <summary>Tells the page something in the server's name.</summary>
    public void Tell(string message) => _page!.Send(message + End);

    /// <summary>Tells the page to read the store again.</summary>
    /// <returns>The answer to that, which is withheld: <see cref="Tell"/> passes it on.</returns>
    public Task<string> WithholdCatchUpAsync()
    {
        _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TellResync();
        return _caughtUp.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    public void TellResync() => Tell("""{"type":1,"target":"Resync","arguments":[]}""");

    public async Task FallAsync()
    {
        await _server!.CloseAsync();
        await _page!.CloseAsync();
    }

    private void Hold(IWebSocketRoute page)
    {
        var server = page.ConnectToServer();
        (_page, _server) = (page, server);
        page.OnMessage(frame =>
        {
            foreach (var message in Parts(frame))
            {
                if (_caughtUp is not null && _catchUp is null && message.Contains("\"CatchUp\"", StringComparison.Ordinal))
                {
                    _catchUp = (string?)JsonNode.Parse(message)!["invocationId"];
                }
            }

            server.Send(frame.Text!);
        });
        server.OnMessage(frame =>
        {
            foreach (var message in Parts(frame).Where(ComesThrough))
            {
                page.Send(message + End);
            }
        });
    }

    private bool ComesThrough(string message)
    {
        var said = JsonNode.Parse(message)!;
        if (_catchUp is null || (string?)said["invocationId"] != _catchUp)
        {
            return !LosesMessages || (string?)said["target"] != "Message";
        }

        _catchUp = null;
        _caughtUp!.SetResult(message);
        _caughtUp = null;
        return false;
    }

    private static string[] Parts(IWebSocketFrame frame) => frame.Text!.Split(End, StringSplitOptions.RemoveEmptyEntries);
}
