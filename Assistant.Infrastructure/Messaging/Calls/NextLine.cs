using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Messaging.Calls;

/// <summary>Opens the line that follows another one before that one is let go.</summary>
internal static class NextLine
{
    /// <summary>Opens it as often as it takes while something is left to listen to: a messenger that is busy for a moment is no reason to lose that as well.</summary>
    /// <param name="isHeard">Whether anything is still listened to.</param>
    /// <param name="pause">Between two attempts.</param>
    /// <exception cref="PhrasedException">It cannot be opened, and nothing is left.</exception>
    public static async Task<T> OpenAsync<T>(
        Func<CancellationToken, Task<T>> open, Func<bool> isHeard, TimeSpan pause, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await open(cancellationToken);
            }
            catch (PhrasedException) when (isHeard())
            {
                await Task.Delay(pause, time, cancellationToken);
            }
        }
    }
}
