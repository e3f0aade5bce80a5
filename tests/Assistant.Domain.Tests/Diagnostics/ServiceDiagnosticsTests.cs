using Assistant.Domain.Ai;
using Assistant.Domain.Audit;
using Assistant.Domain.Diagnostics;
using Assistant.Domain.Messaging;
using Assistant.Domain.Provisioning;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;
using Assistant.Testing.Contracts;
using Assistant.Testing.Fakes;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Domain.Tests.Diagnostics;

/// <summary>Bad days: some answer, some hang, some break, and each is told under its name.</summary>
public sealed class ServiceDiagnosticsTests
{
    private readonly FakeTimeProvider _clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_messenger_that_hangs_and_one_that_breaks_hide_no_other()
    {
        var connections = new FakeConnections();
        foreach (var name in new[] { "breaks", "hangs", "works" })
        {
            connections.Put(new Connection(
                new ConnectionId(name), TenantId.Default, "fake", name, AccessPolicy.Open, true, false,
                new SettingValues([KeyValuePair.Create("token", name)]), default, default));
        }

        var findings = await RunAsync(new ConnectionsDiagnostic(connections, new Moody(TryAsync), new FakeSchemaState(), _clock));

        Assert.Equal(
            [
                ("channel breaks", FindingLevel.Failed, "The cable is cut."), ("channel hangs", FindingLevel.Failed, "No result within 25 s."),
                ("channel works", FindingLevel.Fine, ""),
            ],
            findings.Select(f => (f.Area, f.Level, (f.Detail as Phrase.Verbatim)?.Text ?? "")));
    }

    [Fact]
    public async Task An_engine_that_hangs_and_one_that_breaks_hide_no_other()
    {
        var engines = new FakeEngines();
        foreach (var name in new[] { "breaks", "hangs", "works" })
        {
            var engine = new Engine(
                name, TenantId.Default, "cloud", new SettingValues([KeyValuePair.Create("apiKey", name)]), IsDefault: false, 0, IsProvisioned: false, default);
            await engines.PutAsync(engine, Callers.Admin.Audit(default, AuditActions.EngineSaved, $"engine/{name}"), Cancel);
        }

        engines.OnTest = settings => TryAsync(settings.Find("apiKey")!);

        var findings = await RunAsync(new EnginesDiagnostic(new FakeTenants(), engines, engines, new FakeSchemaState(), _clock));

        Assert.Equal(
            [("engine breaks", FindingLevel.Failed), ("engine hangs", FindingLevel.Failed), ("engine works", FindingLevel.Fine)],
            findings.Select(f => (f.Area, f.Level)).Order());
    }

    [Fact]
    public async Task Where_the_tables_are_not_there_only_what_needs_none_is_asked()
    {
        var nothing = new FakeSchemaState(isCurrent: false);
        var connections = new FakeConnections { OnListed = () => throw new IOException("no such table: connections") };
        var (tenants, engines) = (new FakeTenants { OnList = () => throw new IOException("no such table: tenants") }, new FakeEngines());

        Assert.Empty(await new ConnectionsDiagnostic(connections, new Moody(TryAsync), nothing, _clock).RunAsync(Cancel));
        Assert.Empty(await new EnginesDiagnostic(tenants, engines, engines, nothing, _clock).RunAsync(Cancel));
        var wrong = Assert.Single(await new ProvisioningDiagnostic(new WrongFile(), nothing).RunAsync(Cancel));
        Assert.Equal(("configuration", FindingLevel.Failed), (wrong.Area, wrong.Level));
        Assert.Equal("assistant.yaml:3:5: There is no key 'colour'.", Assert.IsType<Phrase.Verbatim>(wrong.Detail).Text);
    }

    [Fact]
    public async Task Who_gives_up_gets_no_findings()
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var connections = new FakeConnections();
        connections.Put(new Connection(
            new ConnectionId("hangs"), TenantId.Default, "fake", "hangs", AccessPolicy.Open, true, false,
            new SettingValues([KeyValuePair.Create("token", "hangs")]), default, default));
        var running = new ConnectionsDiagnostic(connections, new Moody(TryAsync), new FakeSchemaState(), _clock).RunAsync(giveUp.Token);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    // Nothing is given the token: what hangs need not listen.
    private static Task TryAsync(string mood)
    {
        switch (mood)
        {
            case "breaks":
                throw new IOException("The cable is cut.");
            case "hangs":
                return new TaskCompletionSource().Task;
            default:
                return Task.CompletedTask;
        }
    }

    private async Task<IReadOnlyList<Finding>> RunAsync(IDiagnostic diagnostic)
    {
        var running = diagnostic.RunAsync(Cancel);
        Assert.False(running.IsCompleted);

        _clock.Advance(TimeSpan.FromSeconds(25));

        return await running.WaitAsync(Cancel);
    }

    private sealed class Moody(Func<string, Task> tryAsync) : IChannel, IChannelCatalog
    {
        private readonly FakeChannel _channel = new();

        public ChannelManifest Manifest => _channel.Manifest;

        public IReadOnlyList<IChannel> All => [this];

        public IChannel? Find(string type) => this;

        public IChannelSession Open(Connection connection) => _channel.Open(connection);

        public async Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken)
        {
            await tryAsync(settings.Find("token")!);
            return await _channel.TestAsync(new SettingValues([KeyValuePair.Create("token", "good")]), cancellationToken);
        }
    }

    /// <summary>A file with a fault of its own, which is told as long as no database is asked.</summary>
    private sealed class WrongFile : IProvisioning
    {
        public ProvisioningStatus Status { get; } = new(
            "assistant.yaml", Exists: true, AppliedAt: null, [new("assistant.yaml", 3, 5, "There is no key 'colour'.")]);

        public Task<ProvisioningStatus> CheckAsync(bool asksDatabase, CancellationToken cancellationToken)
            => asksDatabase ? throw new IOException("no such table: tenants") : Task.FromResult(Status);
    }
}
