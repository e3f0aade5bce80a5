using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Web.Verbs;

/// <summary><c>apikeys</c>: keys of the REST API.</summary>
[ActsFor(ActsForAttribute.Machine)]
[Audits(AuditActions.ApiKeyCreated, AuditActions.ApiKeyRevoked, WantsProof = true)]
internal sealed class ApiKeysVerb(ApiKeyDesk desk, ITenantDirectory tenants) : IVerb
{
    public string Name => "apikeys";

    public string Usage => """
        apikeys create --name N --role R [--tenant T] [--json]
        apikeys list [--tenant T] [--json]
        apikeys revoke --id ID [--tenant T]
        """;

    public Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken) => VerbOptions.RunAsync(this, context, () =>
        context.Args switch
        {
            ["create", ..] => CreateAsync(context, cancellationToken),
            ["list", ..] => ListAsync(context, cancellationToken),
            ["revoke", ..] => RevokeAsync(context, cancellationToken),
            _ => throw new VerbUseException("Say what to do with API keys."),
        });

    private async Task<int> CreateAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var options = VerbOptions.Parse(context.Args.Skip(1), ["--name", "--role", "--tenant"]);
        var (name, role) = (options.Require("--name"), options.Require("--role"));
        var caller = await options.CallerAsync(tenants, cancellationToken);
        switch (await desk.CreateAsync(caller, name, role, cancellationToken))
        {
            case CreateApiKeyOutcome.Created created:
                await context.Out.WriteLineAsync(context.Json
                    ? VerbOptions.ToJson(new { Key = created.Secret.Reveal(), Id = created.Key.Id.Value, created.Key.Name, created.Key.Role })
                    : $"{created.Secret.Reveal()}\nKeep it now: it is not shown again.");
                return VerbExit.Fine;
            case CreateApiKeyOutcome.Invalid invalid:
                throw new VerbUseException(invalid.Message);
            case var other:
                throw new InvalidOperationException($"Unknown outcome {other}.");
        }
    }

    private async Task<int> ListAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var caller = await VerbOptions.Parse(context.Args.Skip(1), ["--tenant"]).CallerAsync(tenants, cancellationToken);
        var keys = await desk.ListAsync(caller, cancellationToken);
        if (context.Json)
        {
            await context.Out.WriteLineAsync(VerbOptions.ToJson(keys.Select(key => new
            {
                Id = key.Id.Value, key.Name, key.Role, key.Hint, key.CreatedAt, key.LastUsedAt, key.RevokedAt,
            })));
            return VerbExit.Fine;
        }

        foreach (var key in keys)
        {
            var state = key.RevokedAt is { } revoked ? $"revoked {revoked:u}" : key.LastUsedAt is { } used ? $"last used {used:u}" : "never used";
            await context.Out.WriteLineAsync($"{key.Id}  {ApiKeySecret.Prefix}…{key.Hint}  {key.Role}  {key.Name}  {state}");
        }

        return VerbExit.Fine;
    }

    private async Task<int> RevokeAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var options = VerbOptions.Parse(context.Args.Skip(1), ["--id", "--tenant"]);
        if (!Guid.TryParse(options.Require("--id"), out var id))
        {
            throw new VerbUseException("An id looks like 0198f0a4-0000-7000-8000-000000000001; 'apikeys list' shows them.");
        }

        var caller = await options.CallerAsync(tenants, cancellationToken);
        if (!await desk.RevokeAsync(caller, new ApiKeyId(id), cancellationToken))
        {
            await context.Error.WriteLineAsync($"Tenant {caller.Tenant} has no key {id} in force.");
            return VerbExit.CheckFailed;
        }

        await context.Out.WriteLineAsync(context.Json ? VerbOptions.ToJson(new { Id = id, Revoked = true }) : $"Revoked {id}.");
        return VerbExit.Fine;
    }
}
