using Xunit;

namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>Waits for what another process brings about.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Looks again and again until there is something.</summary>
    /// <param name="what">Said when it never comes.</param>
    public static async Task<T> FindAsync<T>(string what, Func<Task<T?>> look)
        where T : class
    {
        var begun = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(Interval);
        while (true)
        {
            if (await look() is { } found)
            {
                return found;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(begun) < Patience, $"Waited {Patience.TotalSeconds} s for {what}.");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
