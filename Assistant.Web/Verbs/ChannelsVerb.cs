using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Assistant.Web.Localization;

namespace Assistant.Web.Verbs;

/// <summary><c>channels</c>: lists connections, tries them, and shows or replaces the keys of web chats.</summary>
[ActsFor(ActsForAttribute.Machine)]
[Audits(AuditActions.ChatKeyReplaced, WantsProof = true)]
internal sealed class ChannelsVerb(ConnectionDesk desk, ChatKeyDesk keys, ITenantDirectory tenants) : IVerb
{
    public string Name => "channels";

    public string Usage => """
        channels list [--tenant T] [--json]
        channels test [NAME] [--tenant T] [--json]
        channels key NAME [--replace] [--tenant T] [--json]
        """;

    public Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken) => VerbOptions.RunAsync(this, context, () =>
        context.Args switch
        {
            ["list", ..] => ListAsync(context, cancellationToken),
            ["test", ..] => TestAsync(context, cancellationToken),
            ["key", ..] => KeyAsync(context, cancellationToken),
            _ => throw new VerbUseException("Say what to do with channels."),
        });

    private async Task<int> ListAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var caller = await VerbOptions.Parse(context.Args.Skip(1), ["--tenant"]).CallerAsync(tenants, cancellationToken);
        var rows = await desk.ListAsync(caller, cancellationToken);
        if (context.Json)
        {
            await context.WriteJsonAsync(rows.Select(r => new
            {
                Name = r.Connection.Id.Value,
                Type = r.Connection.ChannelType,
                r.Connection.DisplayName,
                r.Connection.Access,
                Enabled = r.Connection.IsEnabled,
                Provisioned = r.Connection.IsProvisioned,
            }));
            return VerbExit.Fine;
        }

        await context.WriteTableAsync(
        [
            ["NAME", "TYPE", "ACCESS", "ENABLED", "PROVISIONED"],
            .. rows.Select(r => new[]
            {
                r.Connection.Id.Value, r.Connection.ChannelType, r.Connection.Access.ToString().ToLowerInvariant(),
                r.Connection.IsEnabled ? "yes" : "no", r.Connection.IsProvisioned ? "yes" : "no",
            }),
        ]);
        return VerbExit.Fine;
    }

    private async Task<int> TestAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var options = VerbOptions.Parse(context.Args.Skip(1), ["--tenant"], takesName: true);
        var caller = await options.CallerAsync(tenants, cancellationToken);
        var rows = await desk.ListAsync(caller, cancellationToken);
        var chosen = options.Name is { } name
            ? rows.Where(r => r.Connection.Id.Value == name).ToList() is { Count: > 0 } named ? named : throw new VerbUseException($"There is no channel '{name}'.")
            : rows.Where(r => r.Connection.IsEnabled);
        return await TestAsync(context, caller, [.. chosen.Select(r => r.Connection.Id.Value)], cancellationToken);
    }

    private async Task<int> TestAsync(
        VerbContext context, Caller caller, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var results = new List<(string Name, IReadOnlyList<ConnectionCheck> Checks)>();
        foreach (var name in names)
        {
            results.Add((name, await desk.TestAsync(caller, name, cancellationToken) switch
            {
                ConnectionTestOutcome.Tested tested => tested.Test.Checks,
                ConnectionTestOutcome.Invalid invalid => [.. invalid.Problems.Select(p => new ConnectionCheck(Own(p.Key), false, Own(p.Message), Own("Correct the setting.")))],
                ConnectionTestOutcome.NotFound => [new ConnectionCheck(Own("channel"), false, Own("This build has no such channel."), Own("Use a build that has it."))],
                var other => throw new InvalidOperationException($"Unknown outcome {other}."),
            }));
        }

        var passed = results.All(r => r.Checks.All(c => c.IsPassed));
        if (context.Json)
        {
            await context.WriteJsonAsync(results.Select(r => new
            {
                r.Name,
                Passed = r.Checks.All(c => c.IsPassed),
                Checks = r.Checks.Select(c => new { Name = c.Name.English(), Passed = c.IsPassed, Code = c.Detail.FirstCode, Detail = c.Detail.English(), Fix = c.Fix?.English() }),
            }));
        }
        else
        {
            foreach (var (name, check) in results.SelectMany(r => r.Checks.Select(c => (r.Name, Check: c))))
            {
                await context.Out.WriteLineAsync($"{(check.IsPassed ? "ok  " : "FAIL")}  {name}: {check.Name.English()}: {check.Detail.English()}");
                if (!check.IsPassed && check.Fix is { } fix)
                {
                    await context.Out.WriteLineAsync($"      → {fix.English()}");
                }
            }
        }

        return passed ? VerbExit.Fine : VerbExit.CheckFailed;
    }

    private async Task<int> KeyAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var options = VerbOptions.Parse(context.Args.Skip(1), ["--tenant"], ["--replace"], takesName: true);
        var caller = await options.CallerAsync(tenants, cancellationToken);
        var name = options.Name ?? throw new VerbUseException("Say which channel.");
        var identity = options.Has("--replace")
            ? await keys.ReplaceAsync(caller, name, cancellationToken)
            : await keys.ShowAsync(caller, name, cancellationToken) switch
            {
                ChatKeyOutcome.Found found => found.Identity,
                ChatKeyOutcome.NotYet => throw new VerbUseException($"The web chat '{name}' has no key yet: it is made when the channel is switched on."),
                _ => null,
            };
        if (identity is null)
        {
            throw new VerbUseException($"There is no web chat '{name}' that encrypts.");
        }

        if (context.Json)
        {
            await context.WriteJsonAsync(new { identity.Key, identity.SafetyNumber });
        }
        else
        {
            await context.WriteTableAsync([["KEY", identity.Key], ["SAFETY NUMBER", identity.SafetyNumber]]);
        }

        return VerbExit.Fine;
    }

    private static Phrase.Verbatim Own(string words) => new(words);
}
