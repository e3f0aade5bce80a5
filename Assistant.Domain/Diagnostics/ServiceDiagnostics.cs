using Assistant.Domain.Ai;
using Assistant.Domain.Messaging;
using Assistant.Domain.Provisioning;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;

namespace Assistant.Domain.Diagnostics;

/// <summary>Reads <c>assistant.yaml</c> without applying it.</summary>
public sealed class ProvisioningDiagnostic(IProvisioning provisioning) : IDiagnostic
{
    public int Order => 30;

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var status = await provisioning.CheckAsync(cancellationToken);
        return status switch
        {
            { Problems.Count: > 0 } => [.. status.Problems.Select(p => Finding.Failed("configuration", p.ToString(), $"Correct {status.Path}."))],
            { Exists: false } => [Finding.Fine("configuration", $"There is no {status.Path}: everything is set up in the console.")],
            _ => [Finding.Fine("configuration", $"{status.Path} can be applied.")],
        };
    }
}

/// <summary>Tries every enabled connection against its messenger.</summary>
public sealed class ConnectionsDiagnostic(IConnectionStore store, IChannelCatalog channels) : IDiagnostic
{
    public int Order => 40;

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        foreach (var connection in await store.ListAsync(null, cancellationToken))
        {
            var area = $"channel {connection.Id}";
            if (!connection.IsEnabled)
            {
                findings.Add(Finding.Fine(area, "Switched off."));
            }
            else if (channels.Find(connection.ChannelType) is not { } channel)
            {
                findings.Add(Finding.Failed(area, $"This build has no channel '{connection.ChannelType}'.", "Remove it, or use a build that has it."));
            }
            else if (connection.Fault is { } fault)
            {
                findings.Add(new Finding(area, FindingLevel.Failed, fault, new Phrase.Verbatim("Declare it in assistant.yaml with its settings, or restore a backup.")));
            }
            else
            {
                var test = await channel.TestAsync(connection.Settings.WithDefaults(channel.Manifest.Settings), cancellationToken);
                findings.AddRange(test.Checks.Select(check => new Finding(
                    area, check.IsPassed ? FindingLevel.Fine : FindingLevel.Failed,
                    Phrase.Of("doctor.check", [("name", check.Name), ("detail", check.Detail)]),
                    check.IsPassed ? null : check.Fix ?? Phrase.Of("doctor.see-readme"))));
            }
        }

        return findings.Count > 0 ? findings : [Finding.Warning("channels", "No channel is connected: nobody can write.", "Connect one in the console or in assistant.yaml.")];
    }
}

/// <summary>Asks every engine for a short answer.</summary>
public sealed class EnginesDiagnostic(ITenantDirectory tenants, IEngineStore store, IEngineCatalog catalog) : IDiagnostic
{
    public int Order => 50;

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        foreach (var tenant in await tenants.ListAsync(cancellationToken))
        {
            foreach (var engine in await store.ListAsync(tenant.Id, cancellationToken))
            {
                var area = tenant.Id == TenantId.Default ? $"engine {engine.Name}" : $"engine {tenant.Id}/{engine.Name}";
                if (catalog.Find(engine.Type) is not { } manifest)
                {
                    findings.Add(Finding.Failed(area, $"This build has no engine type '{engine.Type}'.", "Remove it, or use a build that has it."));
                    continue;
                }

                var test = await catalog.TestAsync(engine.Type, engine.Settings.WithDefaults(manifest.Settings), cancellationToken);
                findings.Add(test.Problem is { } problem
                    ? new Finding(area, FindingLevel.Failed, problem, Phrase.Of("doctor.correct-engine"))
                    : Finding.Fine(area, $"Answers in {test.Elapsed.TotalMilliseconds:0} ms."));
            }
        }

        return findings;
    }
}
