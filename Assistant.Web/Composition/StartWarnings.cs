using Assistant.Web.Verbs;

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

        if (TimeZoneDiagnostic.Named is { } zone && TimeZoneDiagnostic.IsUnknown(zone, TimeZoneInfo.Local))
        {
            LogNoZone(logger, zone);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "There is no option {Setting}: it changes nothing. Correct its name or remove it")]
    private static partial void LogUnknown(ILogger logger, string setting);

    [LoggerMessage(Level = LogLevel.Warning, Message = "TZ is '{Zone}', which this machine does not know: times are told in UTC. Name one such as Asia/Shanghai")]
    private static partial void LogNoZone(ILogger logger, string zone);
}
