// The process that runs the tests: inside the copy, over the changed assembly, for one request after the other. A start costs more than most
// classes do. Whatever is read once and kept (a static field, the model of the rows) would be kept without its filter: such filters get a
// process of their own, and before a class runs without a filter it has run in this process with all of them.
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Assistant.Mutation;

/// <summary>What the process is asked.</summary>
/// <param name="Filter">The filter left out, or <see langword="null"/> for none.</param>
/// <param name="Classes">The test classes; none: name them all.</param>
/// <param name="IsFresh">The filter is left out from the first moment of the process.</param>
internal sealed record TestRequest(string? Filter, string[] Classes, bool IsFresh = false);

/// <summary>What it answers.</summary>
/// <param name="Code">0: all passed.</param>
/// <param name="Failed">The first test that failed, or <see langword="null"/>: with another code than 0 that is no verdict.</param>
/// <param name="Output">What the runner wrote.</param>
/// <param name="Met">The filters that were met.</param>
internal sealed record TestAnswer(int Code, string? Failed, string Output, string[] Met);

/// <summary>Answers requests, a line each.</summary>
internal static partial class TestHost
{
    public const string Tests = "Assistant.Infrastructure.Tests";

    private static readonly HashSet<string> s_warm = new(StringComparer.Ordinal);

    public static async Task<int> ServeAsync()
    {
        var answers = Console.Out;
        Console.SetOut(TextWriter.Null);
        while (await Console.In.ReadLineAsync() is { } line)
        {
            await answers.WriteLineAsync(JsonSerializer.Serialize(await AnswerAsync(JsonSerializer.Deserialize<TestRequest>(line)!)));
            await answers.FlushAsync();
        }

        return 0;
    }

    private static async Task<TestAnswer> AnswerAsync(TestRequest request)
    {
        if (request.Classes.Length == 0)
        {
            return await RunAsync(null, ["-list", "classes"]);
        }

        string[] cold = request.IsFresh || request.Filter is null ? [] : [.. request.Classes.Where(name => !s_warm.Contains(name))];
        if (cold.Length > 0 && await RunAsync(null, Arguments(cold)) is { Code: not 0 } failed)
        {
            return failed with { Code = -1, Failed = null };
        }

        s_warm.UnionWith(request.Classes);
        return await RunAsync(request.Filter, Arguments(request.Classes));
    }

    private static string[] Arguments(string[] classes) => ["-stopOnFail", .. classes.SelectMany(name => new[] { "-class", name })];

    // This program knows no test framework: the runner is the one the tests were built with.
    private static async Task<TestAnswer> RunAsync(string? filter, string[] arguments)
    {
        var runner = Type.GetType("Xunit.Runner.InProc.SystemConsole.ConsoleRunner, xunit.v3.runner.inproc.console", throwOnError: true)!;
        await using var output = new StringWriter();
        object?[] construction = [(string[])["-noLogo", "-noColor", "-noAutoReporters", .. arguments], Assembly.Load(Tests)];
        Mutants.LeaveOut(filter);
        var run = Activator.CreateInstance(runner, construction)!;
        var code = await (Task<int>)runner.GetMethod("EntryPoint")!.Invoke(run, [TextReader.Null, output])!;
        var met = Mutants.Met();
        (run as IDisposable)?.Dispose();
        var text = output.ToString();
        return new TestAnswer(code, Failure().Match(text) is { Success: true } failure ? failure.Groups[1].Value : null, text, met);
    }

    [GeneratedRegex(@"^\s+Assistant\.Infrastructure\.Tests\.([\w.+]+).* \[FAIL\]", RegexOptions.Multiline)]
    private static partial Regex Failure();
}
