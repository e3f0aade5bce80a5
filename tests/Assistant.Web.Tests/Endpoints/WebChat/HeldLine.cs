using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Assistant.Web.Tests.Endpoints.WebChat;

/// <summary>
/// A page's line to the hub in the test's hand: it falls, or is slow; where the chat is in the open it loses or withholds what the test says.
/// </summary>
internal sealed class HeldLine
{
    private const char End = '\u001e'; // of a message of the hub's JSON protocol
    private TaskCompletionSource<string>? _answer;
    private string? _call;
    private string? _invocation;
    private IWebSocketRoute? _page;
    private IWebSocketRoute? _server;

    /// <summary>How many lines the page made.</summary>
    public int Lines { get; private set; }

    /// <summary>How long each frame of an encrypted chat is on its way to the page; the next one waits for it.</summary>
    public TimeSpan FrameTakes { get; set; }

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
        var answer = WithholdAsync("CatchUp");
        TellResync();
        return answer;
    }

    /// <summary>Waits for the page's next call of this name.</summary>
    /// <returns>The answer to it, which is withheld: <see cref="Tell"/> passes it on.</returns>
    public Task<string> WithholdAsync(string call)
    {
        _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _call = $"\"{call}\"";
        return _answer.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    public void TellResync() => Tell("""{"type":1,"target":"Resync","arguments":[]}""");

    /// <summary>Tells the page a message of the assistant as it comes live.</summary>
    public void TellMessage(long seq, string text) => Tell(
        $$"""
        {"type":1,"target":"Message","arguments":[{"seq":{{seq}},"author":"assistant","name":"","text":"","html":"<p>{{text}}</p>",
        "at":"2026-03-24T09:00:00Z","clientId":null,"turnId":null,"editedAt":null,"isDeleted":false,"buttons":[],"isForgotten":false}]}
        """);

    public async Task FallAsync()
    {
        await _server!.CloseAsync();
        await _page!.CloseAsync();
    }

    private void Hold(IWebSocketRoute page)
    {
        var server = page.ConnectToServer();
        var passed = Task.CompletedTask;
        (_page, _server) = (page, server);
        Lines++;
        page.OnMessage(frame =>
        {
            foreach (var message in Parts(frame))
            {
                if (_call is { } call && message.Contains(call, StringComparison.Ordinal))
                {
                    _call = null;
                    _invocation = (string?)JsonNode.Parse(message)!["invocationId"];
                }
            }

            server.Send(frame.Text!);
        });
        server.OnMessage(frame =>
        {
            foreach (var message in Parts(frame).Where(ComesThrough))
            {
                passed = PassAsync(passed, page, message);
            }
        });
    }

    private async Task PassAsync(Task before, IWebSocketRoute page, string message)
    {
        await before;
        if (FrameTakes > TimeSpan.Zero && message.Contains("\"target\":\"Frame\"", StringComparison.Ordinal))
        {
            await Task.Delay(FrameTakes, TimeProvider.System, CancellationToken.None);
        }

        page.Send(message + End);
    }

    private bool ComesThrough(string message)
    {
        var said = JsonNode.Parse(message)!;
        if (_invocation is null || (string?)said["invocationId"] != _invocation)
        {
            return !LosesMessages || (string?)said["target"] != "Message";
        }

        _invocation = null;
        _answer!.SetResult(message);
        return false;
    }

    private static string[] Parts(IWebSocketFrame frame) => frame.Text!.Split(End, StringSplitOptions.RemoveEmptyEntries);
}
