using System.Diagnostics;
using System.Text;

/// <summary>
/// Loaded by the runtime into the program under test (<c>DOTNET_STARTUP_HOOKS</c>): writes every activity, of whichever source, with all
/// it carries into the file named by <c>ASSISTANT_TEST_TRACES</c>.
/// </summary>
internal static class StartupHook
{
    private static readonly Lock Gate = new();

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable("ASSISTANT_TEST_TRACES") is not { Length: > 0 } path)
        {
            return;
        }

        ActivitySource.AddActivityListener(new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (Gate)
                {
                    File.AppendAllText(path, Describe(activity));
                }
            },
        });
    }

    private static string Describe(Activity activity)
    {
        var text = new StringBuilder($"{activity.Source.Name} {activity.DisplayName} {activity.StatusDescription}\n");
        foreach (var (name, value) in activity.TagObjects.Concat(activity.Events.SelectMany(happened => happened.Tags)))
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"  {name}={value}\n");
        }

        foreach (var (name, value) in activity.Baggage)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"  baggage {name}={value}\n");
        }

        return text.ToString();
    }
}
