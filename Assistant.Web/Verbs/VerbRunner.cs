using System.Reflection;
using Assistant.Web.Composition;

namespace Assistant.Web.Verbs;

/// <summary>Standard input and output of the program, or what stands in for them.</summary>
internal sealed record VerbStreams(TextReader Input, TextWriter Out, TextWriter Error);

/// <summary>Runs one verb and ends with its exit code.</summary>
internal static class VerbRunner
{
    /// <param name="compose">Makes the application without starting its workers. Not called for help, planned and unknown verbs, and wrong ways to serve.</param>
    public static async Task<int> RunAsync(
        VerbLine line, VerbStreams streams, Func<CancellationToken, Task<IServiceProvider>> compose, CancellationToken cancellationToken)
    {
        if (line.Wrong is { } wrong)
        {
            await streams.Error.WriteLineAsync(wrong);
            VerbTable.WriteHelp(streams.Error);
            return VerbExit.WrongUse;
        }

        switch (line.Name)
        {
            case VerbLine.Help:
                VerbTable.WriteHelp(streams.Out);
                return VerbExit.Fine;
            case VerbLine.Version:
                await streams.Out.WriteLineAsync(
                    typeof(VerbRunner).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown");
                return VerbExit.Fine;
            case var planned when VerbTable.IsPlanned(planned):
                await streams.Error.WriteLineAsync($"'{planned}' is not available yet.");
                return VerbExit.WrongUse;
            case var unknown when !VerbTable.IsAvailable(unknown):
                await streams.Error.WriteLineAsync($"There is no verb '{unknown}'.");
                VerbTable.WriteHelp(streams.Error);
                return VerbExit.WrongUse;
        }

        AsyncServiceScope scope;
        IVerb verb;
        try
        {
            scope = (await compose(cancellationToken)).CreateAsyncScope();
            verb = scope.ServiceProvider.GetServices<IVerb>().First(v => v.Name == line.Name);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return await StartFault.ReportAsync(error, streams.Error);
        }

        await using var ending = scope;
        if (line.Args is ["--help"] or ["-h"])
        {
            await streams.Out.WriteLineAsync(verb.Usage);
            return VerbExit.Fine;
        }

        try
        {
            return await verb.RunAsync(
                new VerbContext(line.Args, streams.Input, streams.Out, streams.Error, scope.ServiceProvider, line.Json), cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            return await StartFault.ReportAsync(error, streams.Error, "Cannot go on");
        }
    }
}
