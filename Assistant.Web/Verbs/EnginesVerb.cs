using Assistant.Domain.Ai;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Assistant.Web.Localization;

namespace Assistant.Web.Verbs;

/// <summary><c>engines</c>: lists what answers and tries it.</summary>
[ActsFor(ActsForAttribute.Machine)]
[NotAudited(NotAuditedAttribute.Reads)]
internal sealed class EnginesVerb(EngineDesk desk, ITenantDirectory tenants) : IVerb
{
    public string Name => "engines";

    public string Usage => """
        engines list [--tenant T] [--json]
        engines test [NAME] [--tenant T] [--json]
        """;

    public Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken) => VerbOptions.RunAsync(this, context, () =>
        context.Args switch
        {
            ["list", ..] => ListAsync(context, cancellationToken),
            ["test", ..] => TestAsync(context, cancellationToken),
            _ => throw new VerbUseException("Say what to do with engines."),
        });

    private async Task<int> ListAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var caller = await VerbOptions.Parse(context.Args.Skip(1), ["--tenant"]).CallerAsync(tenants, cancellationToken);
        var rows = await desk.ListAsync(caller, cancellationToken);
        if (context.Json)
        {
            await context.WriteJsonAsync(rows.Select(r => new
            {
                r.Engine.Name, r.Engine.Type, Default = r.Engine.IsDefault, r.Engine.Order, Provisioned = r.Engine.IsProvisioned,
            }));
            return VerbExit.Fine;
        }

        await context.WriteTableAsync(
        [
            ["NAME", "TYPE", "DEFAULT", "PROVISIONED"],
            .. rows.Select(r => new[]
            {
                r.Engine.Name, r.Engine.Type, r.Engine.IsDefault ? "yes" : "no", r.Engine.IsProvisioned ? "yes" : "no",
            }),
        ]);
        return VerbExit.Fine;
    }

    private async Task<int> TestAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var options = VerbOptions.Parse(context.Args.Skip(1), ["--tenant"], takesName: true);
        var caller = await options.CallerAsync(tenants, cancellationToken);
        var names = (await desk.ListAsync(caller, cancellationToken)).Select(r => r.Engine.Name).ToList();
        return await TestAsync(context, caller, options.Name is not { } name ? names
            : names.Contains(name) ? [name]
            : throw new VerbUseException($"There is no engine '{name}'."), cancellationToken);
    }

    private async Task<int> TestAsync(
        VerbContext context, Caller caller, IReadOnlyList<string> names, CancellationToken cancellationToken)
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
