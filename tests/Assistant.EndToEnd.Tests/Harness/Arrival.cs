using Microsoft.Playwright;

namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>Waits for a page to be somewhere, whoever sent it there.</summary>
/// <remarks>Not for its load event: a quick page has had it before anybody asked, and then it would be waited for in vain.</remarks>
internal static class Arrival
{
    /// <param name="address">May hold <c>*</c> and <c>**</c>.</param>
    public static Task ArriveAsync(this IPage page, string address) => page.WaitForURLAsync(address, new() { WaitUntil = WaitUntilState.Commit });

    /// <inheritdoc cref="ArriveAsync(IPage, string)"/>
    public static Task ArriveAsync(this IPage page, Func<string, bool> isThere) => page.WaitForURLAsync(isThere, new() { WaitUntil = WaitUntilState.Commit });
}
