using Assistant.Domain.Ai;
using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Provisioning;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Provisioning;
using Assistant.Testing.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Provisioning;

public sealed class ProvisioningWorkerTests : IAsyncLifetime
{
    private const string Two = """
        channels:
          - { name: tg, type: fake, access: open, settings: { token: one } }
          - { name: second, type: fake, settings: { token: two } }
        engines:
          - { name: main, type: cloud, default: true, settings: { apiKey: k } }
        """;

    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("provisioning-").FullName, "assistant.yaml");
    private readonly FakeConnections _connections = new();
    private readonly FakeEngines _engines = new();
    private readonly FakeTenants _tenants = new();
    private readonly FakeIndexing _indexing = new();
    private readonly FakeChannel _channel = new();
    private readonly List<ProvisioningWorker> _workers = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.StopAsync(CancellationToken.None);
            worker.Dispose();
        }

        Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);
    }

    [Fact]
    public async Task What_the_file_declares_is_there_after_the_start()
    {
        await StartAsync(Two);

        Assert.True(_connections["tg"].IsProvisioned);
        Assert.Equal(AccessPolicy.Open, _connections["tg"].Access);
        Assert.Equal(["main"], (await _engines.ListAsync(TenantId.Default, Cancel)).Select(e => e.Name));
        Assert.All(_connections.Audited, a => Assert.Equal((Actor.System, "assistant.yaml"), (a.Actor, a.Origin)));
    }

    [Fact]
    public async Task A_restart_with_the_same_file_writes_nothing()
    {
        await StartAsync(Two);
        var before = (_connections.Audited.Count, _engines.Audited.Count);

        await StartAsync(Two);

        Assert.Equal(before, (_connections.Audited.Count, _engines.Audited.Count));
    }

    [Fact]
    public async Task Without_a_declared_default_the_first_engine_is_it_and_stays_it()
    {
        const string text = "engines: [ { name: a, type: cloud, settings: { apiKey: k } }, { name: b, type: embedded } ]";
        await StartAsync(text);
        var writes = _engines.Audited.Count;

        await StartAsync(text);

        Assert.Equal([("a", true), ("b", false)], (await _engines.ListAsync(TenantId.Default, Cancel)).Select(e => (e.Name, e.IsDefault)));
        Assert.Equal(writes, _engines.Audited.Count);
    }

    [Fact]
    public async Task A_change_reaches_the_store_and_only_the_sessions_it_is_about()
    {
        var worker = await StartAsync(Two);

        await ChangeAsync(worker, Two.Replace("token: two", "token: three", StringComparison.Ordinal));

        Assert.Equal("three", _connections["second"].Settings.Find("token"));
        Assert.Equal(["second"], _channel.Refreshed.Select(c => c.Value));
    }

    [Fact]
    public async Task What_is_declared_no_longer_is_removed_and_what_was_made_by_hand_stays()
    {
        var worker = await StartAsync(Two);
        _connections.Put(_connections["tg"] with { Id = new ConnectionId("mine"), IsProvisioned = false });

        await ChangeAsync(worker, "channels: [ { name: tg, type: fake, access: open, settings: { token: one } } ]");

        Assert.Equal(["mine", "tg"], (await _connections.ListAsync(null, Cancel)).Select(c => c.Id.Value));
        Assert.Equal(["second"], _channel.Refreshed.Select(c => c.Value));
        var left = Assert.Single(await _engines.ListAsync(TenantId.Default, Cancel));
        Assert.Equal(("embedded", true), (left.Name, left.IsDefault));
    }

    [Fact]
    public async Task What_the_file_changed_is_told_and_no_secret()
    {
        var worker = await StartAsync("channels: [ { name: tg, type: fake, access: open, settings: { token: one } } ]");

        await ChangeAsync(worker, "channels: [ { name: tg, type: fake, access: pairing, settings: { token: two } } ]");

        Assert.Equal(
            [new("access", "open", "pairing"), new("token", AuditChanges.Secret, AuditChanges.Secret)],
            AuditChanges.Read(_connections.Audited[^1].Details));
    }

    [Fact]
    public async Task A_broken_change_is_reported_and_the_old_state_stays()
    {
        var worker = await StartAsync(Two);

        await ChangeAsync(worker, "channels: [ { name: tg } ]");

        Assert.Equal("'type' is required.", Assert.Single(worker.Status.Problems).Message);
        Assert.Equal("one", _connections["tg"].Settings.Find("token"));

        await ChangeAsync(worker, Two.Replace("token: one", "token: mended", StringComparison.Ordinal));

        Assert.Empty(worker.Status.Problems);
        Assert.Equal("mended", _connections["tg"].Settings.Find("token"));
    }

    [Fact]
    public async Task A_broken_file_stops_the_start_with_its_problems()
    {
        var error = await Assert.ThrowsAsync<ProvisioningException>(() => StartAsync("channels: [ { name: tg } ]"));

        Assert.Equal("assistant.yaml:1:13: 'type' is required.", Assert.Single(error.Problems).ToString());
        Assert.Empty(await _connections.ListAsync(null, Cancel));
    }

    [Fact]
    public async Task A_file_that_was_named_must_exist()
        => await Assert.ThrowsAsync<ProvisioningException>(() => StartAsync(text: null, isNamed: true));

    [Fact]
    public async Task Without_a_file_nothing_is_provisioned()
    {
        var worker = await StartAsync(text: null);

        Assert.False(worker.Status.Exists);
        Assert.Empty(await _connections.ListAsync(null, Cancel));
    }

    [Fact]
    public async Task A_file_that_disappears_for_a_moment_takes_nothing_away()
    {
        var worker = await StartAsync(Two);

        File.Delete(_path);
        await worker.ReadAgainAsync(Cancel);

        Assert.Equal(2, (await _connections.ListAsync(null, Cancel)).Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n\n")]
    [InlineData("# Filled in a moment\n---\n")]
    public async Task A_file_that_is_empty_for_a_moment_takes_nothing_away(string nothing)
    {
        var worker = await StartAsync(Two);

        await ChangeAsync(worker, nothing);
        Assert.Equal(2, (await _connections.ListAsync(null, Cancel)).Count);

        await ChangeAsync(worker, "channels: []");
        Assert.Empty(await _connections.ListAsync(null, Cancel));
    }

    [Fact]
    public async Task A_file_that_is_still_written_is_read_when_it_rests()
    {
        var time = new FakeTimeProvider();
        var worker = await StartAsync(Two, time: time);
        await worker.StopAsync(Cancel); // this test looks by itself

        await File.WriteAllTextAsync(_path, "channels: []", Cancel);
        var look = worker.LookAsync(Cancel);
        await File.WriteAllTextAsync(_path, Two.Replace("token: two", "token: three", StringComparison.Ordinal), Cancel);
        for (; !look.IsCompleted; time.Advance(new ProvisioningOptions().Debounce))
        {
            await Task.Yield();
        }

        await look;

        Assert.Equal("three", _connections["second"].Settings.Find("token"));
        Assert.DoesNotContain(_connections.Audited, a => a.Action == AuditActions.ConnectionDeleted);
    }

    [Fact]
    public async Task A_channel_made_by_hand_with_another_tenant_is_left_alone()
    {
        _connections.Put(new Connection(
            new ConnectionId("tg"), new TenantId("other"), "fake", "Theirs", AccessPolicy.Open, true, false,
            SettingValues.Empty, default, default));

        await StartAsync(Two);

        Assert.Equal("Theirs", _connections["tg"].DisplayName);
        Assert.True(_connections["second"].IsProvisioned);
    }

    [Fact]
    public async Task A_declared_channel_may_move_to_another_tenant()
    {
        await StartAsync(Two);

        await StartAsync("tenants: [ { name: sales } ]\nchannels: [ { name: tg, type: fake, tenant: sales, settings: { token: one } } ]");

        Assert.Equal("sales", _connections["tg"].Tenant.Value);
        Assert.Contains(_connections.Audited, a => a.Action == AuditActions.ConnectionDeleted && a.Tenant == TenantId.Default);
    }

    [Fact]
    public async Task What_somebody_changes_while_the_file_is_applied_becomes_as_declared()
    {
        _connections.OnListed = () => _connections.Put(new Connection(
            new ConnectionId("tg"), TenantId.Default, "fake", "Mine", AccessPolicy.Blocked, true, IsProvisioned: false, SettingValues.Empty, default, default));
        _engines.OnList = () =>
        {
            _engines.OnList = null;
            _engines.Put(new Engine("main", TenantId.Default, "cloud", SettingValues.Empty, IsDefault: true, 7, IsProvisioned: false, default));
        };

        var worker = await StartAsync(Two);

        Assert.Empty(worker.Status.Problems);
        Assert.Equal((true, AccessPolicy.Open), (_connections["tg"].IsProvisioned, _connections["tg"].Access));
        var only = Assert.Single(await _engines.ListAsync(TenantId.Default, Cancel));
        Assert.Equal((true, true, 0), (only.IsProvisioned, only.IsDefault, only.Order));
    }

    [Fact]
    public async Task Each_tenant_gets_the_engines_declared_for_it()
    {
        await StartAsync(
            "tenants: [ { name: sales } ]\nengines: [ { name: main, type: cloud, default: true, settings: { apiKey: k } }, "
            + "{ name: cheap, type: cloud, tenant: sales, default: true, settings: { apiKey: k } } ]");

        Assert.Equal(["main"], (await _engines.ListAsync(TenantId.Default, Cancel)).Select(e => e.Name));
        Assert.Equal(["cheap"], (await _engines.ListAsync(new TenantId("sales"), Cancel)).Select(e => e.Name));
    }

    [Fact]
    public async Task A_secret_file_that_changes_is_a_change()
    {
        var secret = Path.Combine(Path.GetDirectoryName(_path)!, "token");
        await File.WriteAllTextAsync(secret, "old", Cancel);
        var worker = await StartAsync("channels: [ { name: tg, type: fake, settings: { token: \"${file:token}\" } } ]");

        await File.WriteAllTextAsync(secret, "newer", Cancel);
        await worker.ReadAgainAsync(Cancel);

        Assert.Equal("newer", _connections["tg"].Settings.Find("token"));
    }

    [Fact]
    public async Task A_change_made_while_the_file_is_read_is_read_next()
    {
        var worker = await StartAsync(Two);
        _tenants.OnList = () => File.WriteAllText(_path, Two.Replace("token: two", "token: four and more", StringComparison.Ordinal));

        await ChangeAsync(worker, Two.Replace("token: two", "token: three", StringComparison.Ordinal));
        Assert.Equal("three", _connections["second"].Settings.Find("token"));

        await worker.ReadAgainAsync(Cancel);
        Assert.Equal("four and more", _connections["second"].Settings.Find("token"));
    }

    [Fact]
    public async Task Where_the_system_reports_no_changes_the_file_is_looked_at()
    {
        var time = new FakeTimeProvider();
        await StartAsync(Two, time: time);
        var refreshed = new TaskCompletionSource();
        _channel.OnRefresh = () => refreshed.TrySetResult();

        await File.WriteAllTextAsync(_path, Two.Replace("token: one", "token: seen by looking", StringComparison.Ordinal), Cancel);
        while (!refreshed.Task.IsCompleted && !Cancel.IsCancellationRequested)
        {
            time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        Assert.Equal("seen by looking", _connections["tg"].Settings.Find("token"));
    }

    [Fact]
    public async Task Sessions_that_could_not_be_told_are_told_at_the_next_look()
    {
        var worker = await StartAsync(Two);
        _channel.OnRefresh = () => throw new IOException("The database is busy.");
        await ChangeAsync(worker, Two.Replace("token: ", "token: new-", StringComparison.Ordinal));
        _channel.OnRefresh = null;
        _channel.Refreshed.Clear();

        await worker.ReadAgainAsync(Cancel);
        await worker.ReadAgainAsync(Cancel);

        Assert.Equal(["second", "tg"], _channel.Refreshed.Select(c => c.Value).Order());
    }

    [Fact]
    public async Task The_sessions_of_what_was_stored_are_told_though_the_rest_was_stored_at_a_later_look()
    {
        var worker = await StartAsync(Two);
        _connections.OnStored = () => throw new IOException("The database is busy.");
        await Assert.ThrowsAsync<IOException>(() => ChangeAsync(worker, Two.Replace("token: ", "token: new-", StringComparison.Ordinal)));
        _connections.OnStored = null;

        await worker.ReadAgainAsync(Cancel);

        Assert.Equal(["second", "tg"], _channel.Refreshed.Select(c => c.Value).Order());
    }

    [Fact]
    public async Task A_tenants_name_follows_the_file_and_is_left_alone_where_it_says_nothing()
    {
        var worker = await StartAsync("tenants: [{ name: default, displayName: Home }, { name: attic }]");
        Assert.Equal([("default", "Home"), ("attic", "attic")], await NamesAsync());

        await ChangeAsync(worker, "tenants: [{ name: default }, { name: attic, displayName: The attic }]");
        Assert.Equal([("default", "Home"), ("attic", "The attic")], await NamesAsync());

        await ChangeAsync(worker, "tenants: [{ name: default, displayName: Home }, { name: attic, displayName: The attic }, { name: cellar, displayName: Cellar }]");
        Assert.Equal([("default", "Home"), ("attic", "The attic"), ("cellar", "Cellar")], await NamesAsync());

        Assert.Equal(
            [("default", "Default", "Home"), ("attic", "attic", "The attic")],
            _tenants.Audited.Where(a => a.Action == AuditActions.TenantRenamed).Select(a => (a.Tenant.Value, a.Details["before:name"], a.Details["after:name"])));
        Assert.Equal(["attic", "cellar"], _tenants.Audited.Where(a => a.Action == AuditActions.TenantCreated).Select(a => a.Tenant.Value));
        Assert.All(_tenants.Audited, a => Assert.Equal((Actor.System, "assistant.yaml"), (a.Actor, a.Origin)));
    }

    [Fact]
    public async Task A_tenants_decision_about_its_index_is_applied_and_left_alone_where_the_file_says_nothing()
    {
        var worker = await StartAsync("tenants: [{ name: attic, index: nothing }, { name: cellar }]");
        Assert.Equal([new TenantId("attic")], _indexing.Unindexed);

        await ChangeAsync(worker, "tenants: [{ name: attic }, { name: cellar }]");
        Assert.Equal([new TenantId("attic")], _indexing.Unindexed);

        await ChangeAsync(worker, "tenants: [{ name: attic, index: everything }]");
        Assert.Empty(_indexing.Unindexed);

        await ChangeAsync(worker, "tenants: [{ name: attic, index: some }]");
        Assert.Contains("everything, nothing", Assert.Single(worker.Status.Problems).Message, StringComparison.Ordinal);
    }

    private async Task<ProvisioningWorker> StartAsync(string? text, bool isNamed = false, TimeProvider? time = null)
    {
        if (text is not null)
        {
            await File.WriteAllTextAsync(_path, text, Cancel);
        }

        time ??= new FakeTimeProvider();
        var services = new ServiceCollection().AddSingleton<IConnectionSupervisor>(_channel).BuildServiceProvider();
        var worker = new ProvisioningWorker(
            new ProvisioningFile(_path, isNamed, new ProvisioningReader(_channel, _engines), _tenants),
            new Provisioner(_tenants, _connections, _engines, _indexing, _channel, _engines, time), services, Options.Create(new ProvisioningOptions()), time,
            NullLogger<ProvisioningWorker>.Instance);
        _workers.Add(worker);
        await worker.StartAsync(Cancel);
        return worker;
    }

    private async Task<IEnumerable<(string Id, string Name)>> NamesAsync() => (await _tenants.ListAsync(Cancel)).Select(t => (t.Id.Value, t.DisplayName));

    private async Task ChangeAsync(ProvisioningWorker worker, string text)
    {
        await File.WriteAllTextAsync(_path, text, Cancel);
        await worker.ReadAgainAsync(Cancel);
    }
}
