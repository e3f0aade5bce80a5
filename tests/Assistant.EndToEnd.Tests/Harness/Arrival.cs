using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;

namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>Waits for a page to be somewhere, whoever sent it there.</summary>
/// <remarks>
/// Not for an event of its loading: a quick page has had it before anybody asked, and then it would be waited for in vain. Playwright's own wait for an
/// address does that, too, when the page is there already.
/// </remarks>
internal static class Arrival
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <param name="address">May hold <c>*</c> and <c>**</c>.</param>
    public static Task ArriveAsync(this IPage page, string address)
    {
        var pattern = Regex.Escape(address).Replace(@"\*\*", ".*", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal);
        return page.ArriveAsync(url => Regex.IsMatch(url, $"^{pattern}$"));
    }

    /// <inheritdoc cref="ArriveAsync(IPage, string)"/>
    public static async Task ArriveAsync(this IPage page, Func<string, bool> isThere)
    {
        var begun = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(Interval);
        while (!isThere(page.Url))
        {
            if (TimeProvider.System.GetElapsedTime(begun) > Patience)
            {
                // What the page says instead is what explains it.
                throw new TimeoutException($"After {Patience.TotalSeconds} s it is at {page.Url} and shows:\n{await page.Locator("main").First.InnerTextAsync(new() { Timeout = 2_000 })}");
            }

            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
