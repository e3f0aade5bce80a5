using Assistant.Domain.Ai;
using Assistant.Domain.Wording;
using Assistant.Web.Localization;

namespace Assistant.Web.Verbs;

/// <summary><c>engines</c>: lists what answers and tries it.</summary>
internal sealed class EnginesVerb(EngineDesk desk) : IVerb
{
    public string Name => "engines";

    public string Usage => """
        engines list [--tenant T] [--json]
        engines test [NAME] [--tenant T] [--json]
        """;

    public async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var (caller, args) = context.TakeTenant();
        if (caller is null)
        {
            return await context.WrongUseAsync("The tenant or an option is not known.", Usage);
        }

        var rows = await desk.ListAsync(caller, cancellationToken);
        switch (args)
        {
            case ["list"] when context.Json:
                await context.WriteJsonAsync(rows.Select(r => new
                {
                    r.Engine.Name, r.Engine.Type, Default = r.Engine.IsDefault, r.Engine.Order, Provisioned = r.Engine.IsProvisioned,
                }));
                return VerbExit.Fine;
            case ["list"]:
                await context.WriteTableAsync(
                [
                    ["NAME", "TYPE", "DEFAULT", "PROVISIONED"],
                    .. rows.Select(r => new[]
                    {
                        r.Engine.Name, r.Engine.Type, r.Engine.IsDefault ? "yes" : "no", r.Engine.IsProvisioned ? "yes" : "no",
                    }),
                ]);
                return VerbExit.Fine;
            case ["test"]:
                return await TestAsync(context, caller, [.. rows.Select(r => r.Engine.Name)], cancellationToken);
            case ["test", var name] when rows.Any(r => r.Engine.Name == name):
                return await TestAsync(context, caller, [name], cancellationToken);
            case ["test", var name]:
                return await context.WrongUseAsync($"There is no engine '{name}'.", Usage);
            default:
                return await context.WrongUseAsync("Say what to do with engines.", Usage);
        }
    }

    private async Task<int> TestAsync(
        VerbContext context, Domain.Security.Caller caller, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var results = new List<(string Name, EngineTest Test)>();
        foreach (var name in names)
        {
            results.Add((name, await desk.TestAsync(caller, name, cancellationToken) switch
            {
                EngineTestOutcome.Tested tested => tested.Test,
                EngineTestOutcome.Invalid invalid => new EngineTest(null, new Phrase.Verbatim(string.Join(" ", invalid.Problems.Select(p => p.Message))), TimeSpan.Zero),
                EngineTestOutcome.NotFound => new EngineTest(null, new Phrase.Verbatim("This build has no such engine type."), TimeSpan.Zero),
                var other => throw new InvalidOperationException($"Unknown outcome {other}."),
            }));
        }

        if (context.Json)
        {
            await context.WriteJsonAsync(results.Select(r => new
            {
                r.Name, Passed = r.Test.IsPassed, r.Test.Answer, Problem = r.Test.Problem?.English(), ProblemCode = r.Test.Problem?.FirstCode,
                ElapsedMs = r.Test.Elapsed.TotalMilliseconds,
            }));
        }
        else
        {
            foreach (var (name, test) in results)
            {
                await context.Out.WriteLineAsync(test.IsPassed
                    ? $"ok    {name}: answers in {test.Elapsed.TotalMilliseconds:0} ms"
                    : $"FAIL  {name}: {test.Problem!.English()}");
            }
        }

        return results.All(r => r.Test.IsPassed) ? VerbExit.Fine : VerbExit.CheckFailed;
    }
}
