using Assistant.Web.Verbs;

namespace Assistant.Web.Composition;

/// <summary>One run of the program that serves, from its start to its end.</summary>
/// <remarks>
/// A worker that fails stops the host. Told by nothing else, that would look like a start somebody cancelled, and later like an end
/// somebody asked for: what the worker failed of is read from the worker.
/// </remarks>
internal static class Serving
{
    /// <param name="prepare">What comes before anything runs.</param>
    /// <param name="started">Told once everything runs.</param>
    /// <param name="error">Is told in one line why it cannot start, or go on.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(Func<WebApplication> compose, Func<WebApplication, Task> prepare, Action started, TextWriter error)
    {
        WebApplication? app = null;
        try
        {
            app = compose();
            await prepare(app);
            await app.StartAsync();
        }
        catch (OperationCanceledException cancelled)
        {
            return FaultOfWorker(app) is { } fault ? await StartFault.ReportAsync(fault, error)
                : app?.Lifetime.ApplicationStopping.IsCancellationRequested == true ? VerbExit.Fine // somebody changed their mind
                : await StartFault.ReportAsync(cancelled, error);
        }
        catch (Exception fault)
        {
            return await StartFault.ReportAsync(fault, error);
        }

        started();
        await app.WaitForShutdownAsync();
        return FaultOfWorker(app) is { } late ? await StartFault.ReportAsync(late, error, "Cannot go on") : VerbExit.Fine;
    }

    private static Exception? FaultOfWorker(WebApplication? app)
        => app?.Services.GetServices<IHostedService>().OfType<BackgroundService>()
            .Select(worker => worker.ExecuteTask is { IsFaulted: true, Exception: { } failed } ? failed.GetBaseException() : null)
            .FirstOrDefault(fault => fault is not null);
}
