using Assistant.Domain.Audit;
using Assistant.Domain.Memory;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Web.Verbs;

/// <summary><c>tenants</c>: the departments or households of this installation.</summary>
[ActsFor(ActsForAttribute.Machine)]
[Audits(AuditActions.TenantCreated, AuditActions.MembershipGranted, AuditActions.IndexingChanged, WantsProof = true)]
internal sealed class TenantsVerb(TenantDesk desk, IndexingDesk indexing, ITenantDirectory tenants) : IVerb
{
    public string Name => "tenants";

    public string Usage => """
        tenants create --name N [--display-name TEXT] [--json]
        tenants list [--json]
        tenants index [--tenant N] [--set everything|nothing] [--json]
        """;

    public Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken) => VerbOptions.RunAsync(this, context, () =>
        context.Args switch
        {
            ["create", ..] => CreateAsync(context, cancellationToken),
            ["list", ..] => ListAsync(context, cancellationToken),
            ["index", ..] => IndexAsync(context, cancellationToken),
            _ => throw new VerbUseException("Say what to do with tenants."),
        });

    private async Task<int> CreateAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var options = VerbOptions.Parse(context.Args.Skip(1), ["--name", "--display-name"]);
        var name = options.Require("--name");
        switch (await desk.CreateAsync(UserDesk.LocalCaller(TenantId.Default), name, options.Find("--display-name") ?? name, cancellationToken))
        {
            case CreateTenantOutcome.Created created:
                await context.Out.WriteLineAsync(context.Json
                    ? VerbOptions.ToJson(new { Name = created.Tenant.Value })
                    : $"Created the tenant {created.Tenant}. It needs an owner: assistant users create --tenant {created.Tenant} --role owner …");
                return VerbExit.Fine;
            case CreateTenantOutcome.Taken:
                await context.Error.WriteLineAsync($"There is a tenant {name} already.");
                return VerbExit.CheckFailed;
            case CreateTenantOutcome.Invalid invalid:
                throw new VerbUseException(invalid.Message);
            case var other:
                throw new InvalidOperationException($"Unknown outcome {other}.");
        }
    }

    private async Task<int> ListAsync(VerbContext context, CancellationToken cancellationToken)
    {
        VerbOptions.Parse(context.Args.Skip(1), []);
        var tenants = await desk.ListAsync(UserDesk.LocalCaller(TenantId.Default), cancellationToken);
        if (context.Json)
        {
            await context.Out.WriteLineAsync(VerbOptions.ToJson(tenants.Select(tenant => new { Name = tenant.Id.Value, tenant.DisplayName, tenant.CreatedAt })));
        }
        else
        {
            await context.WriteTableAsync([.. tenants.Select(tenant => new[] { tenant.Id.Value, tenant.DisplayName })]);
        }

        return VerbExit.Fine;
    }

    private async Task<int> IndexAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var options = VerbOptions.Parse(context.Args.Skip(1), ["--tenant", "--set"]);
        var caller = await options.CallerAsync(tenants, cancellationToken);
        Indexing? asked = options.Find("--set") switch
        {
            null => null,
            "everything" => Indexing.Everything,
            "nothing" => Indexing.Nothing,
            var other => throw new VerbUseException($"'{other}' is neither everything nor nothing."),
        };
        if (asked is { } decision && await indexing.DecideAsync(caller, decision, cancellationToken) == IndexingOutcome.Provisioned)
        {
            await context.Error.WriteLineAsync($"What of the messages of {caller.Tenant} may be searched is declared in assistant.yaml and can only be changed there.");
            return VerbExit.CheckFailed;
        }

        var index = await indexing.ReadAsync(caller, cancellationToken) == Indexing.Everything ? "everything" : "nothing";
        await context.Out.WriteLineAsync(context.Json ? VerbOptions.ToJson(new { Index = index }) : $"Of the messages of {caller.Tenant}, {index} may be searched.");
        return VerbExit.Fine;
    }
}
