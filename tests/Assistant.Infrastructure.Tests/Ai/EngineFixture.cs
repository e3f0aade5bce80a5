using Assistant.Domain.Ai;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Ai;
using Assistant.Testing.Ai;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Infrastructure.Tests.Ai;

/// <summary>The engines as composed for the product, over an in-memory store, with an engine type "scripted" in addition.</summary>
internal sealed class EngineFixture : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly ScriptedType _scripted = new();

    public EngineFixture(params (string Key, string Value)[] options)
    {
        var settings = options.Select(o => KeyValuePair.Create($"{EngineOptions.Section}:{o.Key}", (string?)o.Value));
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton<IEngineStore>(Store)
            .AddSingleton<IEngineType>(_scripted)
            .AddEngines()
            .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }

    public WatchedTime Time { get; } = new();

    public InMemoryEngineStore Store { get; } = new();

    public IReplyGenerator Generator => Get<IReplyGenerator>();

    /// <summary>Every client made by the type "scripted", oldest first.</summary>
    public List<ScriptedChatClient> Made => _scripted.Made;

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public ScriptedChatClient.Act[] Script { set => _scripted.Script = value; }

    public Task SaveAsync(string name, string type = "scripted", bool isDefault = true, int order = 0, TenantId? tenant = null, params (string Key, string Value)[] settings)
    {
        var owner = tenant ?? TenantId.Default;
        var engine = new Engine(name, owner, type, new(settings.Select(s => KeyValuePair.Create(s.Key, s.Value))), isDefault, order, false, Time.GetUtcNow());
        Store.Put(engine);
        return Task.CompletedTask;
    }

    public Task DeleteAsync(string name) => Task.FromResult(Store.Remove(TenantId.Default, name));

    public void Announce(TenantId? tenant = null) => Get<EngineChanges>().Changed(tenant ?? TenantId.Default);

    public async Task<List<ReplyChunk>> ReplyAsync(ReplyContextBuilder context, CancellationToken cancellationToken)
        => await Generator.GenerateAsync(context.Build(), cancellationToken).ToListAsync(cancellationToken);

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private sealed class ScriptedType : IEngineType
    {
        public ScriptedChatClient.Act[] Script { get; set; } = [ScriptedChatClient.Says("ok")];

        public List<ScriptedChatClient> Made { get; } = [];

        public EngineManifest Manifest { get; } = new("scripted", "Scripted", new("For tests", "测试用"), null, [EngineFields.InputPrice, EngineFields.OutputPrice]);

        public IChatClient Create(SettingValues settings)
        {
            var client = new ScriptedChatClient(Script);
            Made.Add(client);
            return client;
        }
    }
}
