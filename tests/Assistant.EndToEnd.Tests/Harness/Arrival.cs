using Microsoft.Playwright;

namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>Waits for a page to be somewhere, whoever sent it there.</summary>
/// <remarks>Not for its load event: a quick page has had it before anybody asked, and then it would be waited for in vain.</remarks>
internal static class Arrival
{
    /// <param name="address">May hold <c>*</c> and <c>**</c>.</param>
    public static Task ArriveAsync(this IPage page, string address) => SayingWhereAsync(page, page.WaitForURLAsync(address, Committed()));

    /// <inheritdoc cref="ArriveAsync(IPage, string)"/>
    public static Task ArriveAsync(this IPage page, Func<string, bool> isThere) => SayingWhereAsync(page, page.WaitForURLAsync(isThere, Committed()));

    private static PageWaitForURLOptions Committed() => new() { WaitUntil = WaitUntilState.Commit };

    // What the page says instead is what explains it.
    private static async Task SayingWhereAsync(IPage page, Task arrival)
    {
        try
        {
            await arrival;
        }
        catch (TimeoutException fault)
        {
            throw new TimeoutException($"{fault.Message}\nInstead it is at {page.Url} and shows:\n{await page.Locator("main").First.InnerTextAsync(new() { Timeout = 2_000 })}", fault);
        }
    }
}
