using System.Globalization;
using Assistant.Domain.Audit;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;

namespace Assistant.Domain.Ai;

/// <summary>A configured AI engine of a tenant.</summary>
/// <param name="Name">Unique in the tenant.</param>
/// <param name="Type">The <see cref="EngineManifest.Type"/>.</param>
/// <param name="Order">Fallback order after the default; lower first.</param>
/// <param name="IsProvisioned">Declared in <c>assistant.yaml</c>, hence read-only in the console and the API.</param>
public sealed record Engine(
    string Name, TenantId Tenant, string Type, SettingValues Settings, bool IsDefault, int Order, bool IsProvisioned, DateTimeOffset UpdatedAt)
{
    /// <summary>The embedded engine standing in while the tenant has configured none; it is not stored.</summary>
    public bool IsStandIn => UpdatedAt == DateTimeOffset.UnixEpoch;

    /// <summary>What makes it another engine than it was, for its audit event.</summary>
    /// <param name="before"><see langword="null"/> when it is new.</param>
    /// <param name="manifest">Tells its secrets; without it every setting counts as one.</param>
    public AuditChanges ChangesSince(Engine? before, EngineManifest? manifest) => new AuditChanges()
        .Add("default", before?.IsDefault, IsDefault)
        .Add("order", before?.Order.ToString(CultureInfo.InvariantCulture), Order.ToString(CultureInfo.InvariantCulture))
        .Add(manifest?.Settings ?? [], before?.Settings, Settings);
}

/// <summary>Describes an engine type to the settings form, the YAML validator and the API.</summary>
public sealed record EngineManifest(string Type, string DisplayName, LocalizedText Summary, Uri? SetupUrl, IReadOnlyList<SettingField> Settings);

/// <summary>What tells whether an engine is still the one that was read. It may lose the default without a change of its own.</summary>
public readonly record struct EngineMark(string Name, bool IsDefault, DateTimeOffset UpdatedAt)
{
    public static EngineMark Of(Engine engine) => new(engine.Name, engine.IsDefault, engine.UpdatedAt);

    /// <summary>Whether a tenant's engines are stored as they were read.</summary>
    public static bool AreSame(IEnumerable<Engine> read, IEnumerable<EngineMark> stored)
        => read.Where(engine => !engine.IsStandIn).Select(Of).ToHashSet().SetEquals(stored);
}

/// <summary>Configured engines. Secrets in <see cref="Engine.Settings"/> are sealed at rest. Safe for concurrent use.</summary>
/// <remarks>
/// Which engine is asked first is a matter of all of a tenant's engines, so a change is one of the whole list: it is stored only while all
/// are as the caller had read them.
/// </remarks>
public interface IEngineStore
{
    /// <summary>The tenant's engines: the default first, then by order. Never empty: without any, the embedded engine stands in.</summary>
    Task<IReadOnlyList<Engine>> ListAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>Creates or replaces an engine; a new default replaces the old one in the same transaction.</summary>
    /// <param name="read">What <see cref="ListAsync"/> gave.</param>
    /// <returns>
    /// What is stored now, its time later than that of what it replaced; <see langword="null"/>, and nothing is changed, when the engines are
    /// not as they were read.
    /// </returns>
    Task<Engine?> SaveAsync(Engine engine, IReadOnlyList<Engine> read, AuditDraft audit, CancellationToken cancellationToken);

    /// <param name="read">What <see cref="ListAsync"/> gave.</param>
    /// <returns><see langword="false"/> when there was none, or the engines are not as they were read.</returns>
    Task<bool> DeleteAsync(TenantId tenant, string name, IReadOnlyList<Engine> read, AuditDraft audit, CancellationToken cancellationToken);
}

/// <summary>The engine types this build knows, and a way to try one.</summary>
public interface IEngineCatalog
{
    IReadOnlyList<EngineManifest> All { get; }

    /// <summary>The manifest, or <see langword="null"/>.</summary>
    EngineManifest? Find(string type);

    /// <summary>Asks the engine for a short answer, without storing anything.</summary>
    Task<EngineTest> TestAsync(string type, SettingValues settings, CancellationToken cancellationToken);
}

/// <summary>Result of trying an engine for real.</summary>
/// <param name="Answer">What it said; <see langword="null"/> when it failed.</param>
/// <param name="Problem">Why it failed and what to do; <see langword="null"/> when it did not.</param>
public sealed record EngineTest(string? Answer, Phrase? Problem, TimeSpan Elapsed)
{
    public bool IsPassed => Problem is null;
}

/// <summary>State of an engine as the last calls of this process showed it.</summary>
/// <param name="IsOpen">The circuit breaker keeps calls away until <paramref name="RetryAt"/>.</param>
public sealed record EngineHealth(string Name, bool IsOpen, DateTimeOffset? RetryAt, Phrase? LastError, DateTimeOffset? LastSuccessAt);

/// <summary>Health of the engines used by this process.</summary>
public interface IEngineHealth
{
    /// <summary>The health, or <see langword="null"/> before the first call.</summary>
    EngineHealth? Find(TenantId tenant, string engine);
}
