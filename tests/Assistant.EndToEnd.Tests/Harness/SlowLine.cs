using System.Globalization;
using Microsoft.Playwright;

namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>A line on which the server's words arrive late, in order: a person types faster than the page is answered.</summary>
internal static class SlowLine
{
    private const string Delaying = """
        const inTime = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'onmessage').set;
        Object.defineProperty(WebSocket.prototype, 'onmessage', {
          set(hear) { inTime.call(this, frame => setTimeout(() => hear.call(this, frame), DELAY)); },
        });
        """;

    /// <summary>From the next page on, what the server sends over web sockets is held for a while.</summary>
    public static Task DelayAnswersAsync(this IPage page, TimeSpan delay) =>
        page.AddInitScriptAsync(Delaying.Replace("DELAY", delay.TotalMilliseconds.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
}
