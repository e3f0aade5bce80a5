using Assistant.Domain.Ai;
using Assistant.Domain.Messaging;
using Assistant.Domain.Provisioning;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;

namespace Assistant.Domain.Diagnostics;

/// <summary>Reads <c>assistant.yaml</c> without applying it.</summary>
public sealed class ProvisioningDiagnostic(IProvisioning provisioning, ISchemaState schema) : IDiagnostic
{
    public int Order => 30;

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var status = await provisioning.CheckAsync(await schema.IsCurrentAsync(cancellationToken), cancellationToken);
        return status switch
        {
            { Problems.Count: > 0 } => [.. status.Problems.Select(p => Finding.Failed("configuration", p.ToString(), $"Correct {status.Path}."))],
            { Exists: false } => [Finding.Fine("configuration", $"There is no {status.Path}: everything is set up in the console.")],
            _ => [Finding.Fine("configuration", $"{status.Path} can be applied.")],
        };
    }
}

/// <summary>Tries every enabled connection against its messenger, side by side; none where none can be read.</summary>
public sealed class ConnectionsDiagnostic(IConnectionStore store, IChannelCatalog channels, ISchemaState schema, TimeProvider clock) : IDiagnostic
{
    public int Order => 40;

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        if (!await schema.IsCurrentAsync(cancellationToken))
        {
            return [];
        }

        var tries = (await store.ListAsync(null, cancellationToken))
            .Select(connection => Patient.ExamineAsync(AreaOf(connection), token => ExamineAsync(connection, token), clock, cancellationToken));
        var findings = (await Task.WhenAll(tries)).SelectMany(found => found).ToList();
        return findings.Count > 0 ? findings : [Finding.Warning("channels", "No channel is connected: nobody can write.", "Connect one in the console or in assistant.yaml.")];
    }

    private static string AreaOf(Connection connection) => $"channel {connection.Id}";

    private async Task<IReadOnlyList<Finding>> ExamineAsync(Connection connection, CancellationToken cancellationToken)
    {
        var area = AreaOf(connection);
        if (!connection.IsEnabled)
        {
            return [Finding.Fine(area, "Switched off.")];
        }

        if (channels.Find(connection.ChannelType) is not { } channel)
        {
            return [Finding.Failed(area, $"This build has no channel '{connection.ChannelType}'.", "Remove it, or use a build that has it.")];
        }

        if (connection.Fault is { } fault)
        {
            return [new Finding(area, FindingLevel.Failed, fault, new Phrase.Verbatim("Declare it in assistant.yaml with its settings, or restore a backup."))];
        }

        var test = await channel.TestAsync(connection.Settings.WithDefaults(channel.Manifest.Settings), cancellationToken);
        return
        [
            .. test.Checks.Select(check => new Finding(
                area, check.IsPassed ? FindingLevel.Fine : FindingLevel.Failed,
                Phrase.Of("doctor.check", [("name", check.Name), ("detail", check.Detail)]),
                check.IsPassed ? null : check.Fix ?? Phrase.Of("doctor.see-readme"))),
        ];
    }
}

/// <summary>Asks every engine for a short answer, side by side; none where none can be read.</summary>
public sealed class EnginesDiagnostic(ITenantDirectory tenants, IEngineStore store, IEngineCatalog catalog, ISchemaState schema, TimeProvider clock) : IDiagnostic
{
    public int Order => 50;

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        if (!await schema.IsCurrentAsync(cancellationToken))
        {
            return [];
        }

        var tries = new List<Task<IReadOnlyList<Finding>>>();
        foreach (var tenant in await tenants.ListAsync(cancellationToken))
        {
            foreach (var engine in await store.ListAsync(tenant.Id, cancellationToken))
            {
                var area = tenant.Id == TenantId.Default ? $"engine {engine.Name}" : $"engine {tenant.Id}/{engine.Name}";
                tries.Add(Patient.ExamineAsync(area, async token => [await ExamineAsync(area, engine, token)], clock, cancellationToken));
            }
        }

        return [.. (await Task.WhenAll(tries)).SelectMany(found => found)];
    }

    private async Task<Finding> ExamineAsync(string area, Engine engine, CancellationToken cancellationToken)
    {
        if (catalog.Find(engine.Type) is not { } manifest)
        {
            return Finding.Failed(area, $"This build has no engine type '{engine.Type}'.", "Remove it, or use a build that has it.");
        }

        var test = await catalog.TestAsync(engine.Type, engine.Settings.WithDefaults(manifest.Settings), cancellationToken);
        return test.Problem is { } problem
            ? new Finding(area, FindingLevel.Failed, problem, Phrase.Of("doctor.correct-engine"))
            : Finding.Fine(area, $"Answers in {test.Elapsed.TotalMilliseconds:0} ms.");
    }
}
