using Assistant.Domain.Audit;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Wording;

namespace Assistant.Domain.Security;

/// <summary>How creating an API key ended.</summary>
public abstract record CreateApiKeyOutcome
{
    private CreateApiKeyOutcome() { }

    /// <param name="Secret">Show it once; it cannot be read again.</param>
    public sealed record Created(ApiKey Key, ApiKeySecret Secret) : CreateApiKeyOutcome;

    /// <summary>Nothing was created; the key is <c>name</c> or <c>role</c>.</summary>
    public sealed record Invalid(string Key, string Message) : CreateApiKeyOutcome;
}

/// <summary>What people do with API keys, in the console, through the API and on the command line.</summary>
/// <param name="roles">The tenants' own roles; without it only built-in ones can be given.</param>
public sealed class ApiKeyDesk(IApiKeyStore store, IStepUpGuard guard, TimeProvider clock, IRoleStore? roles = null)
{
    public const int MaxNameLength = 80;

    /// <summary>The tenant's keys, newest first.</summary>
    public async Task<IReadOnlyList<ApiKey>> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ApiKeysManage);
        return await store.ListAsync(caller.Tenant, cancellationToken);
    }

    /// <summary>Makes a key. It can never do more than the caller can.</summary>
    /// <exception cref="StepUpRequiredException">It wants proof first.</exception>
    public async Task<CreateApiKeyOutcome> CreateAsync(Caller caller, string name, string role, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ApiKeysManage);
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaxNameLength)
        {
            return new CreateApiKeyOutcome.Invalid("name", $"A key needs a name of at most {MaxNameLength} characters.");
        }

        if (!Legible.Is(name.Trim()))
        {
            return new CreateApiKeyOutcome.Invalid("name", "A key's name is on one line and holds only characters that show.");
        }

        if (await caller.FindRefusalAsync(roles, role, cancellationToken) is { } refusal)
        {
            return new CreateApiKeyOutcome.Invalid("role", refusal);
        }

        var operation = new BoundOperation(
            SensitiveOperations.ApiKeyCreate, caller.Tenant, "apikey", [new("name", name.Trim()), new("role", role)]);
        await guard.DemandAsync(caller, operation, cancellationToken);
        var now = clock.GetUtcNow();
        var secret = ApiKeySecret.Create();
        var key = new ApiKey(ApiKeyId.Create(), caller.Tenant, name.Trim(), role, secret.Hint, now, null, null);
        var audit = caller.Audit(now, AuditActions.ApiKeyCreated, $"apikey/{key.Id}", ("name", key.Name), ("role", role));
        await store.AddAsync(key, secret, audit, cancellationToken);
        return new CreateApiKeyOutcome.Created(key, secret);
    }

    /// <returns><see langword="false"/> when there is no such key in force.</returns>
    public Task<bool> RevokeAsync(Caller caller, ApiKeyId id, CancellationToken cancellationToken)
    {
        caller.Demand(Permissions.ApiKeysManage);
        var audit = caller.Audit(clock.GetUtcNow(), AuditActions.ApiKeyRevoked, $"apikey/{id}");
        return store.RevokeAsync(caller.Tenant, id, audit, cancellationToken);
    }

    /// <summary>The key with this text, or <see langword="null"/> when it is no key in force.</summary>
    public async Task<ApiKey?> FindAsync(string? presented, CancellationToken cancellationToken)
        => ApiKeySecret.TryParse(presented, out var secret) ? await store.FindAsync(secret, cancellationToken) : null;
}
