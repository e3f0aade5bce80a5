using System.Data.Common;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Assistant.Domain.Provisioning;
using Assistant.Infrastructure;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;
using Assistant.Web.Verbs;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Assistant.Web.Composition;

/// <summary>What somebody at a terminal is told when the program cannot start or go on: what is wrong and what to do, without a stack trace.</summary>
internal static partial class StartFault
{
    /// <summary>What to do about an address that nobody has and that cannot be listened on all the same.</summary>
    public const string AddressAdvice = "Use one of this machine's addresses and a port above 1023.";

    private const string Kestrel = "Microsoft.AspNetCore.Server.Kestrel.Core"; // says only in words what is wrong with an address

    /// <summary>Writes one line for each thing that is wrong; the stack trace only of what nobody has foreseen.</summary>
    /// <param name="lead">What cannot be done for it.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> ReportAsync(Exception error, TextWriter to, string lead = "Cannot start")
    {
        if (Explain(error) is { } lines)
        {
            foreach (var line in lines)
            {
                await to.WriteLineAsync($"{lead}: {line}");
            }
        }
        else
        {
            await to.WriteLineAsync($"{lead}: {OneLine(error.Message)} This is a fault of the program; please report it with the following.\n{error}");
        }

        return VerbExit.CannotStart;
    }

    private static IEnumerable<string>? Explain(Exception error) => error switch
    {
        ProvisioningException wrong => wrong.Problems.Select(problem => problem.ToString()),
        OptionsValidationException wrong => wrong.Failures.Select(failure => $"{NameSetting(wrong.OptionsType, OneLine(failure))} Correct the setting."),
        AggregateException several when several.InnerExceptions.All(inner => inner is OptionsValidationException)
            => several.InnerExceptions.SelectMany(inner => Explain(inner)!).Distinct(),
        InstallationException or MasterKeyException => [OneLine(error.Message)],
        InvalidOperationException or FormatException when Within<FormatException>(error) is not null => [$"{OneLine(error.Message)} Correct the setting."],
        InvalidDataException when Within<FormatException>(error) is { } wrong
            => [$"{OneLine(error.Message)} {OneLine(wrong.GetBaseException().Message)} Correct the file."],
        InvalidOperationException when LogLevel().Match(error.Message) is { Success: true } found
            => [$"A setting under Logging:LogLevel is '{found.Groups["value"].Value}': use Trace, Debug, Information, Warning, Error, Critical or None. "
                + "Correct the setting."],
        InvalidOperationException { Source: Kestrel } when error.Message.Contains("certificate", StringComparison.OrdinalIgnoreCase)
            => ["There is no certificate for the https address in ASPNETCORE_URLS: use http:// and put a proxy in front that ends TLS."],
        InvalidOperationException { Source: Kestrel } => [$"{OneLine(error.Message)} Correct ASPNETCORE_URLS; an address is such as http://localhost:8080."],
        ArgumentOutOfRangeException { ParamName: "port" } => ["An address in ASPNETCORE_URLS has no port between 1 and 65535. Correct the setting."],
        _ when Within<DbException>(error) is { } refusal
            => [$"The database refuses: {OneLine(refusal.Message).TrimEnd('.')}. {Advice(refusal)}; doctor examines it."],
        _ when Within<UnauthorizedAccessException>(error) is { } denied
            => [$"{OneLine(denied.Message)} {Data().HowToOwn}"],
        _ when Within<AddressInUseException>(error) is not null
            => [$"{OneLine(error.Message)} Another program listens there: stop it, or set ASPNETCORE_URLS to a free address."],
        _ when Within<SocketException>(error) is { SocketErrorCode: SocketError.AccessDenied or SocketError.AddressNotAvailable } refused
            => [$"The address in ASPNETCORE_URLS cannot be listened on: {OneLine(refused.Message)}. {AddressAdvice}"],
        _ => null,
    };

    /// <summary>"DataAnnotation validation failed for 'XOptions' members: 'Y' with the error: 'Z'." in the words of who sets it: "Assistant:X:Y: Z".</summary>
    private static string NameSetting(Type options, string failure)
    {
        if (options.GetField("Section")?.GetValue(null) is not string section || Annotated().Match(failure) is not { Success: true } found)
        {
            return failure;
        }

        var (setting, why) = ($"{section}:{found.Groups["member"].Value}", found.Groups["why"].Value);
        return why.StartsWith(setting, StringComparison.Ordinal) ? why : $"{setting}: {why}"; // some begin with their name
    }

    [GeneratedRegex("members: '(?<member>[^']+)' with the error: '(?<why>.+)'\\.$")]
    private static partial Regex Annotated();

    [GeneratedRegex("^Configuration value '(?<value>.*)' is not supported\\.$", RegexOptions.Singleline)]
    private static partial Regex LogLevel();

    // The states are PostgreSQL's, see https://www.postgresql.org/docs/current/errcodes-appendix.html; SQLite names none.
    private static string Advice(DbException refusal) => refusal.SqlState switch
    {
        null when refusal.InnerException is not null => "Make sure that it runs and can be reached", // the network's fault within
        null or "53100" => "Make sure that its disk has room and that it can be written",
        "25006" => "Name a server that is no standby, and a user that may write",
        "53300" => "Raise its max_connections, or have fewer programs connected to it",
        "57P01" or "57P02" or "57P03" or "57P05" => "Wait until it runs, and start again",
        _ => "Make sure that it works",
    };

    // The folder is what is denied, nearly always: what else the program opens says so itself.
    private static DataFolder Data() => new(Path.GetFullPath(Environment.GetEnvironmentVariable("ASSISTANT_DATA") ?? "data"));

    private static T? Within<T>(Exception? error) where T : Exception => error is null ? null : error as T ?? Within<T>(error.InnerException);

    private static string OneLine(string message) => message.ReplaceLineEndings(" ");
}
