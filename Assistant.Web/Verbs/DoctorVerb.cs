using Assistant.Domain.Audit;
using Assistant.Domain.Diagnostics;
using Assistant.Domain.Security;
using Assistant.Web.Localization;

namespace Assistant.Web.Verbs;

/// <summary><c>doctor</c>: examines everything the assistant stands on.</summary>
[ActsFor(ActsForAttribute.Machine)]
[NotAudited(NotAuditedAttribute.Reads)]
internal sealed class DoctorVerb(IEnumerable<IDiagnostic> diagnostics) : IVerb
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public string Name => "doctor";

    public string Usage => "doctor [--json]";

    public async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        if (context.Args.Count > 0)
        {
            return await context.WrongUseAsync($"'{context.Args[0]}' is not an option of doctor.", Usage);
        }

        var findings = new List<Finding>();
        foreach (var diagnostic in diagnostics.OrderBy(d => d.Order))
        {
            var found = await ExamineAsync(diagnostic, cancellationToken);
            findings.AddRange(found);
            if (!context.Json)
            {
                await WriteAsync(context, found);
            }
        }

        var failed = findings.Count(f => f.Level == FindingLevel.Failed);
        if (context.Json)
        {
            await context.WriteJsonAsync(new
            {
                Ok = failed == 0, Findings = findings.Select(f => new
                {
                    f.Area, f.Level, Code = f.Detail.FirstCode, Detail = f.Detail.English(), Fix = f.Fix?.English(),
                })
            });
        }
        else
        {
            await context.Out.WriteLineAsync(failed == 0 ? "Everything works." : $"{failed} to mend.");
        }

        return failed == 0 ? VerbExit.Fine : VerbExit.CheckFailed;
    }

    /// <summary>One part that breaks or hangs says so and the others go on: this is the verb for bad days.</summary>
    private static async Task<IReadOnlyList<Finding>> ExamineAsync(IDiagnostic diagnostic, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            return await diagnostic.RunAsync(limit.Token);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            var area = diagnostic.GetType().Name.Replace("Diagnostic", "", StringComparison.Ordinal).ToLowerInvariant();
            return [error is OperationCanceledException
                ? Finding.Failed(area, $"No result within {Patience.TotalSeconds:0} s.", "Check the network and the other findings.")
                : Finding.Failed(area, error.Message, "Mend the findings above first.")];
        }
    }

    private static async Task WriteAsync(VerbContext context, IReadOnlyList<Finding> findings)
    {
        foreach (var finding in findings)
        {
            var sign = finding.Level switch { FindingLevel.Fine => "ok  ", FindingLevel.Warning => "warn", _ => "FAIL" };
            await context.Out.WriteLineAsync($"{sign}  {finding.Area}: {finding.Detail.English()}");
            if (finding.Fix is { } fix)
            {
                await context.Out.WriteLineAsync($"      → {fix.English()}");
            }
        }
    }
}
