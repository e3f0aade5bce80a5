using Assistant.Domain.Ai;
using Assistant.Domain.Audit;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;

namespace Assistant.Testing.Fakes;

/// <summary>Engines in memory, the embedded one standing in for none; two types: <c>embedded</c> and <c>cloud</c>.</summary>
public sealed class FakeEngines : IEngineStore, IEngineCatalog, IEngineHealth
{
    private readonly List<Engine> _rows = [];

    public List<AuditDraft> Audited { get; } = [];

    public List<SettingValues> Tested { get; } = [];

    /// <summary>What happens once the engines were read, before the reader goes on.</summary>
    public Action? OnList { get; set; }

    /// <summary>What a test waits for.</summary>
    public Func<SettingValues, Task>? OnTest { get; set; }

    public IReadOnlyList<EngineManifest> All { get; } =
    [
        new("embedded", "Embedded", new("Needs nothing.", "无需配置。"), null, []),
        new("cloud", "Cloud", new("Somewhere else.", "云端。"), null,
        [
            new("apiKey", new("Key", "密钥"), new("From the provider.", "来自服务商。"), SettingKind.Secret, IsRequired: true),
            new("baseUrl", new("Address", "地址"), new("Of the server.", "服务器地址。"), SettingKind.Url, Default: "https://cloud.test/v1"),
        ]),
    ];

    public EngineManifest? Find(string type) => All.FirstOrDefault(m => m.Type == type);

    EngineHealth? IEngineHealth.Find(TenantId tenant, string engine) => null;

    public Task<IReadOnlyList<Engine>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        IReadOnlyList<Engine> found = _rows.Exists(e => e.Tenant == tenant)
            ? [.. _rows.Where(e => e.Tenant == tenant).OrderByDescending(e => e.IsDefault).ThenBy(e => e.Order)]
            : [new("embedded", tenant, "embedded", SettingValues.Empty, IsDefault: true, 0, IsProvisioned: false, DateTimeOffset.UnixEpoch)];
        OnList?.Invoke();
        return Task.FromResult(found);
    }

    /// <summary>Puts an engine there without anybody having done so; a new default replaces the old one.</summary>
    public void Put(Engine engine)
    {
        for (var i = 0; i < _rows.Count && engine.IsDefault; i++)
        {
            _rows[i] = _rows[i].Tenant == engine.Tenant ? _rows[i] with { IsDefault = false } : _rows[i];
        }

        Remove(engine.Tenant, engine.Name);
        _rows.Add(engine);
    }

    /// <returns>Whether there was one.</returns>
    public bool Remove(TenantId tenant, string name) => _rows.RemoveAll(e => e.Tenant == tenant && e.Name == name) > 0;

    public Task<Engine?> SaveAsync(Engine engine, IReadOnlyList<Engine> read, AuditDraft audit, CancellationToken cancellationToken)
    {
        if (!AreStill(engine.Tenant, read))
        {
            return Task.FromResult<Engine?>(null);
        }

        var before = _rows.Find(e => e.Tenant == engine.Tenant && e.Name == engine.Name);
        var saved = engine with { UpdatedAt = Change.TimeAfter(engine.UpdatedAt, before?.UpdatedAt) };
        Put(saved);
        Audited.Add(audit);
        return Task.FromResult<Engine?>(saved);
    }

    public Task<bool> DeleteAsync(
        TenantId tenant, string name, IReadOnlyList<Engine> read, AuditDraft audit, CancellationToken cancellationToken)
    {
        if (!AreStill(tenant, read) || !Remove(tenant, name))
        {
            return Task.FromResult(false);
        }

        Audited.Add(audit);
        return Task.FromResult(true);
    }

    public async Task<EngineTest> TestAsync(string type, SettingValues settings, CancellationToken cancellationToken)
    {
        Tested.Add(settings);
        await (OnTest?.Invoke(settings) ?? Task.CompletedTask);
        return settings.Find("apiKey") == "bad"
            ? new EngineTest(null, Phrase.Of("engine.key-refused", ("status", "401")), TimeSpan.FromMilliseconds(3))
            : new EngineTest("Hello.", null, TimeSpan.FromMilliseconds(3));
    }

    private bool AreStill(TenantId tenant, IReadOnlyList<Engine> read) => EngineMark.AreSame(read, _rows.Where(e => e.Tenant == tenant).Select(EngineMark.Of));
}

/// <summary>Tenants in memory.</summary>
public sealed class FakeTenants : ITenantDirectory
{
    private readonly List<Tenant> _rows = [new(TenantId.Default, "Default", default)];

    public List<AuditDraft> Audited { get; } = [];

    /// <summary>Done once, by the next who asks which there are.</summary>
    public Action? OnList { get; set; }

    public Task<IReadOnlyList<Tenant>> ListAsync(CancellationToken cancellationToken)
    {
        var act = OnList;
        OnList = null;
        act?.Invoke();
        return Task.FromResult<IReadOnlyList<Tenant>>([.. _rows]);
    }

    public Task<bool> EnsureAsync(TenantId id, string displayName, AuditDraft audit, CancellationToken cancellationToken)
    {
        if (_rows.Any(t => t.Id == id))
        {
            return Task.FromResult(false);
        }

        _rows.Add(new(id, displayName, default));
        Audited.Add(audit);
        return Task.FromResult(true);
    }

    public Task<bool> RenameAsync(TenantId id, string displayName, AuditDraft audit, CancellationToken cancellationToken)
    {
        var at = _rows.FindIndex(t => t.Id == id && t.DisplayName != displayName);
        if (at < 0)
        {
            return Task.FromResult(false);
        }

        _rows[at] = _rows[at] with { DisplayName = displayName };
        Audited.Add(audit);
        return Task.FromResult(true);
    }
}
