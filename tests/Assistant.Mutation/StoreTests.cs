using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Assistant.Mutation;

/// <summary>A copy of the stores' built tests over the changed assembly, run in one process at a time without PostgreSQL.</summary>
/// <param name="folder">Where the copy lies.</param>
/// <param name="starter">Words in front of each command, such as <c>nice -n 15</c>; may be empty.</param>
internal sealed partial class StoreTests(string folder, string[] starter) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // Whoever else uses the machine gets a turn.
    private static readonly TimeSpan LongestTurn = TimeSpan.FromMinutes(10);

    private Process? _process;
    private long _started;

    /// <summary>The classes that can run here: fakes have no statements, and PostgreSQL's are left out.</summary>
    public async Task<List<string>> ClassesAsync()
        => [.. (await AskAsync(new TestRequest(null, []))).Output.Split('\n')
            .Where(line => line.StartsWith("Assistant.", StringComparison.Ordinal) && !Elsewhere().IsMatch(line)).Select(line => line.Trim())];

    /// <summary>Runs a request, in a process of its own when it wants to be fresh.</summary>
    public async Task<TestAnswer> AskAsync(TestRequest request)
    {
        if (request.IsFresh || (_process is not null && Stopwatch.GetElapsedTime(_started) > LongestTurn))
        {
            Dispose();
        }

        var process = _process ??= Start();
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request));
            await process.StandardInput.FlushAsync(timeout.Token);
            var line = await process.StandardOutput.ReadLineAsync(timeout.Token);
            return line is null ? new TestAnswer(-1, null, "the process died", []) : JsonSerializer.Deserialize<TestAnswer>(line)!;
        }
        catch (OperationCanceledException)
        {
            return new TestAnswer(-1, null, "the tests hang", []);
        }
        finally
        {
            if (request.IsFresh || timeout.IsCancellationRequested || process.HasExited)
            {
                Dispose();
            }
        }
    }

    public void Dispose()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }
    }

    private Process Start()
    {
        var tests = Path.Combine(folder, TestHost.Tests);
        string[] command =
        [
            .. starter, "dotnet", "exec", "--depsfile", $"{tests}.deps.json", "--runtimeconfig", $"{tests}.runtimeconfig.json",
            Path.Combine(folder, "Assistant.Mutation.dll"), "serve",
        ];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment.Remove("ASSISTANT_TEST_POSTGRES");
        _started = Stopwatch.GetTimestamp();
        return Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start.");
    }

    [GeneratedRegex(@"InMemory|Fake|Postgres|Channels\.(Telegram|Loopback)|Pipeline|WriteQueue|Race|CutOff|FailingS|Outgoing|Outbox\.|Verifier|MigrationTests|TenantFilterTests|Ai\.(Chat|Reply)|ProvisioningReader|ApplicationRole|DataFolder|Otp|KeyAgreement|VisitorTokens|MasterKeySettings|Breached|SearchKeyTests|Backoff")]
    private static partial Regex Elsewhere();
}
