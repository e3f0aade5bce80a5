using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Assistant.Mutation;

/// <summary>How a run of tests ended.</summary>
/// <param name="Failed">The first test that failed, or <see langword="null"/>.</param>
/// <param name="Problem">Why it says nothing: it hung, or ended badly without a failed test.</param>
internal sealed record TestRun(string? Failed, string? Problem);

/// <summary>A copy of the stores' built tests over the changed assembly, run one process at a time without PostgreSQL.</summary>
/// <param name="folder">Where the copy lies.</param>
/// <param name="starter">Words in front of each command, such as <c>nice -n 15</c>; may be empty.</param>
internal sealed partial class StoreTests(string folder, string[] starter)
{
    private const string Tests = "Assistant.Infrastructure.Tests.dll";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <summary>The classes that can run here: fakes have no statements, and PostgreSQL's are left out.</summary>
    public async Task<List<string>> ClassesAsync()
        => [.. (await StartAsync(["-list", "classes"], [])).Output.Split('\n')
            .Where(line => line.StartsWith("Assistant.", StringComparison.Ordinal) && !Elsewhere().IsMatch(line)).Select(line => line.Trim())];

    /// <summary>The filters that a class meets.</summary>
    /// <exception cref="InvalidOperationException">The class fails with every filter in its place.</exception>
    public async Task<HashSet<string>> MetByAsync(string testClass)
    {
        var log = Path.Combine(folder, "met.log");
        File.Delete(log);
        var (code, output) = await StartAsync(["-class", testClass], [(Mutants.Log, log)]);
        if (code != 0)
        {
            throw new InvalidOperationException($"{testClass} fails with every filter in its place:\n{output}");
        }

        return File.Exists(log) ? [.. File.ReadAllLines(log)] : [];
    }

    /// <summary>Runs classes with one filter left out, up to the first failure.</summary>
    public async Task<TestRun> WithoutAsync(string filter, IEnumerable<string> classes)
    {
        var (code, output) = await StartAsync(["-stopOnFail", .. classes.SelectMany(name => new[] { "-class", name })], [(Mutants.Chosen, filter)]);
        return (code, Failure().Match(output)) switch
        {
            (_, { Success: true } failure) => new TestRun(failure.Groups[1].Value, null),
            (0, _) => new TestRun(null, null),
            (null, _) => new TestRun(null, "hung"),
            _ => new TestRun(null, $"ended with {code}:\n{output}"),
        };
    }

    private async Task<(int? Code, string Output)> StartAsync(IEnumerable<string> arguments, (string Name, string Value)[] variables)
    {
        string[] command = [.. starter, "dotnet", Path.Combine(folder, Tests), "-noLogo", "-noColor", .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true };
        start.Environment.Remove("ASSISTANT_TEST_POSTGRES");
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start.");
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(timeout.Token);
            await process.WaitForExitAsync(timeout.Token);
            return (process.ExitCode, output);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return (null, "");
        }
    }

    [GeneratedRegex(@"InMemory|Fake|Postgres|Channels\.(Telegram|Loopback)|Pipeline|WriteQueue|Race|CutOff|FailingS|Outgoing")]
    private static partial Regex Elsewhere();

    [GeneratedRegex(@"^\s+Assistant\.Infrastructure\.Tests\.([\w.+]+).* \[FAIL\]", RegexOptions.Multiline)]
    private static partial Regex Failure();
}
