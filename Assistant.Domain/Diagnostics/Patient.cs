namespace Assistant.Domain.Diagnostics;

/// <summary>Examines one of several things: when it breaks or hangs it says so under its own name, and keeps nobody from the others.</summary>
internal static class Patient
{
    /// <summary>Less than the verb has for all of them side by side, who would else hear of none.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(25);

    /// <param name="area">What the thing is called in a finding.</param>
    /// <exception cref="OperationCanceledException">Whoever asks has given up.</exception>
    public static async Task<IReadOnlyList<Finding>> ExamineAsync(
        string area, Func<CancellationToken, Task<IReadOnlyList<Finding>>> examine, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<IReadOnlyList<Finding>>? running = null;
        try
        {
            // Told to stop when its time is up, and left behind: what hangs need not listen.
            running = examine(stop.Token);
            return await running.WaitAsync(Limit, clock, cancellationToken);
        }
        catch (TimeoutException) when (running is { IsCompleted: false })
        {
            await stop.CancelAsync();
            return [Finding.Failed(area, $"No result within {Limit.TotalSeconds:0} s.", "Check the network and the other findings.")];
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            return [Finding.Failed(area, error.Message, "Mend the findings above first.")];
        }
    }
}
