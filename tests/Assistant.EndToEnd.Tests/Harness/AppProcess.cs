using System.Diagnostics;
using System.Text;
using Xunit;

namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>One run of the program, as somebody at a terminal would start it. Safe for concurrent use.</summary>
internal sealed class AppProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    private AppProcess(Process process) => _process = process;

    /// <summary>What it has printed so far.</summary>
    public string Output => Read(_output);

    public string Error => Read(_error);

    public bool HasEnded => _process.HasExited;

    public static AppProcess Start(IEnumerable<string> args, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            // The pages' files are found beside the program.
            WorkingDirectory = Path.GetDirectoryName(BuiltApp.Path)!,
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.ArgumentList.Add(BuiltApp.Path);
        foreach (var arg in args)
        {
            start.ArgumentList.Add(arg);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var app = new AppProcess(new Process { StartInfo = start });
        app._process.OutputDataReceived += (_, line) => Append(app._output, line.Data);
        app._process.ErrorDataReceived += (_, line) => Append(app._error, line.Data);
        app._process.Start();
        app._process.BeginOutputReadLine();
        app._process.BeginErrorReadLine();
        return app;
    }

    /// <summary>Waits for the program to end by itself.</summary>
    /// <param name="input">For its standard input.</param>
    public async Task<int> RunToEndAsync(string? input = null)
    {
        if (input is not null)
        {
            await _process.StandardInput.WriteLineAsync(input);
        }

        _process.StandardInput.Close();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Ends it as a power cut would: nothing is told, nothing is tidied up.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private static void Append(StringBuilder builder, string? line)
    {
        lock (builder)
        {
            builder.Append(line).Append('\n');
        }
    }

    private static string Read(StringBuilder builder)
    {
        lock (builder)
        {
            return builder.ToString();
        }
    }
}
