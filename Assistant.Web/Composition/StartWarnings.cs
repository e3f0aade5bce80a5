namespace Assistant.Web.Composition;

/// <summary>What is set wrong without stopping anything: told once, at the start.</summary>
internal static partial class StartWarnings
{
    public static void Tell(ILogger logger, IConfiguration configuration)
    {
        foreach (var name in UnknownSettings.In(configuration))
        {
            LogUnknown(logger, name);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "There is no option {Setting}: it changes nothing. Correct its name or remove it")]
    private static partial void LogUnknown(ILogger logger, string setting);
}
