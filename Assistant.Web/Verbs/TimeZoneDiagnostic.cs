using Assistant.Domain.Diagnostics;

namespace Assistant.Web.Verbs;

/// <summary>Whether this machine knows the time zone in <c>TZ</c>: any other is taken for UTC, and nothing says so.</summary>
internal sealed class TimeZoneDiagnostic : IDiagnostic
{
    private const string Area = "time zone";

    public int Order => 37;

    public static string? Named => Environment.GetEnvironmentVariable("TZ");

    public Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken) => Task.FromResult(Examine(Named, TimeZoneInfo.Local));

    internal static IReadOnlyList<Finding> Examine(string? named, TimeZoneInfo local) => IsUnknown(named, local)
        ? [Finding.Warning(
            Area, $"TZ is '{named}', which this machine does not know: times are told in UTC.",
            "Name one such as Asia/Shanghai in TZ; if this machine has none at all, install its time zone data (tzdata).")]
        : [Finding.Fine(Area, $"Times are told in {local.Id}.")];

    /// <param name="named">A name, with a colon in front or not, or the path of a file. A rule such as <c>CST-8</c> is not read, and UTC too.</param>
    /// <param name="local">What became of it.</param>
    public static bool IsUnknown(string? named, TimeZoneInfo local)
    {
        var name = named?.StartsWith(':') == true ? named[1..] : named;
        return !string.IsNullOrEmpty(name) && local.Id == TimeZoneInfo.Utc.Id
            && !(Path.IsPathRooted(name) ? File.Exists(name) : TimeZoneInfo.TryFindSystemTimeZoneById(name, out _) || IsUtc(name));
    }

    // The rule for it, such as UTC0.
    private static bool IsUtc(string rule) => rule.TrimEnd('0').TrimEnd('+', '-') is "UTC" or "GMT";
}
