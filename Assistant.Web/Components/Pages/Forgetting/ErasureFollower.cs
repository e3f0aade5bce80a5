namespace Assistant.Web.Components.Pages.Forgetting;

/// <summary>Deleting is a worker's: a page looks how far it has come until the certificate is there or the page is left.</summary>
/// <param name="log">Told when looking begins to fail.</param>
internal sealed partial class ErasureFollower(TimeProvider time, ILogger<ErasureFollower> log)
{
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <param name="lookAsync">Looks, draws, and says whether the certificate is there. When it fails, it is tried again after the pause.</param>
    /// <param name="left">Cancelled when the page is left; that is no fault.</param>
    public async Task FollowAsync(Func<Task<bool>> lookAsync, CancellationToken left)
    {
        var (isDone, isFailing) = (false, false);
        try
        {
            while (!isDone)
            {
                await Task.Delay(Pause, time, left);
                try
                {
                    isDone = await lookAsync();
                    isFailing = false;
                }
                catch (Exception exception) when (!left.IsCancellationRequested)
                {
                    if (!isFailing)
                    {
                        LookFailed(log, exception, Pause.TotalSeconds);
                        isFailing = true; // once, however long it lasts
                    }
                }
            }
        }
        catch (Exception) when (left.IsCancellationRequested)
        {
            // The page is left.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A page could not look how far a forgetting has come; it is tried again every {PauseSeconds} s.")]
    private static partial void LookFailed(ILogger logger, Exception exception, double pauseSeconds);
}
