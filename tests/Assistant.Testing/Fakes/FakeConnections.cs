using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Domain.Wording;

namespace Assistant.Testing.Fakes;

/// <summary>Connections in memory, with the audit drafts that came along.</summary>
public sealed class FakeConnections : IConnectionStore
{
    private readonly Dictionary<ConnectionId, Connection> _rows = [];
    private readonly Dictionary<ConnectionId, string> _cursors = [];

    private readonly TaskCompletionSource _listing = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<AuditDraft> Audited { get; } = [];

    /// <summary>What happens once a change was stored.</summary>
    public Action? OnStored { get; set; }

    /// <summary>Done once, when all were read and before the reader goes on.</summary>
    public Action? OnListed { get; set; }

    /// <summary>What happens once one connection was read, before the reader goes on.</summary>
    public Action? OnRead { get; set; }

    /// <summary>What reading one connection ends in; <see langword="null"/> when it can be read.</summary>
    public Exception? ReadFailure { get; set; }

    /// <summary>Completes once all were read.</summary>
    public Task Listing => _listing.Task;

    /// <summary>What a read of all waits for before it tells what it found; <see langword="null"/> for nothing.</summary>
    public Task? ListLingers { get; set; }

    /// <summary>How often one connection was to be read.</summary>
    public int Reads { get; private set; }

    public Connection this[string name] => _rows[new ConnectionId(name)];

    public void Put(Connection connection) => _rows[connection.Id] = connection;

    public void Remove(string name) => _rows.Remove(new ConnectionId(name));

    public async Task<IReadOnlyList<Connection>> ListAsync(TenantId? tenant, CancellationToken cancellationToken)
    {
        IReadOnlyList<Connection> found = [.. _rows.Values.Where(c => tenant is null || c.Tenant == tenant).OrderBy(c => c.Id.Value, StringComparer.Ordinal)];
        var act = OnListed;
        OnListed = null;
        act?.Invoke();
        _listing.TrySetResult();
        await (ListLingers ?? Task.CompletedTask);
        return found;
    }

    public Task<Connection?> FindAsync(ConnectionId id, CancellationToken cancellationToken)
    {
        Reads++;
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<Connection?>(cancellationToken);
        }

        var found = _rows.GetValueOrDefault(id);
        OnRead?.Invoke();
        return ReadFailure is { } failure ? Task.FromException<Connection?>(failure) : Task.FromResult(found);
    }

    public Task<Connection?> SaveAsync(Connection connection, Connection? read, AuditDraft audit, CancellationToken cancellationToken)
    {
        if (Readings.Replace(connection, read, _rows.GetValueOrDefault(connection.Id)) is not { } saved)
        {
            return Task.FromResult<Connection?>(null);
        }

        _rows[connection.Id] = saved;
        Audited.Add(audit);
        OnStored?.Invoke();
        return Task.FromResult<Connection?>(saved);
    }

    public Task<bool> DeleteAsync(TenantId tenant, ConnectionId id, AuditDraft audit, CancellationToken cancellationToken)
    {
        if (_rows.GetValueOrDefault(id)?.Tenant != tenant)
        {
            return Task.FromResult(false);
        }

        Audited.Add(audit);
        _rows.Remove(id);
        OnStored?.Invoke();
        return Task.FromResult(true);
    }

    public Task<string?> ReadCursorAsync(ConnectionId id, CancellationToken cancellationToken) => Task.FromResult(_cursors.GetValueOrDefault(id));

    public Task SaveCursorAsync(ConnectionId id, string cursor, CancellationToken cancellationToken)
    {
        _cursors[id] = cursor;
        return Task.CompletedTask;
    }
}

/// <summary>One channel, <c>fake</c>, with a secret, an address and a choice among its settings; its sessions receive webhooks.</summary>
public sealed class FakeChannel : IChannel, IChannelCatalog, IChannelSessions, IConnectionHealth, IConnectionSupervisor
{
    public List<SettingValues> Tested { get; } = [];

    public List<ConnectionId> Prepared { get; } = [];

    public List<ConnectionId> Refreshed { get; } = [];

    public Action? OnRefresh { get; set; }

    public bool HasStarted { get; set; } = true;

    public Action? OnPrepare { get; set; }

    public Dictionary<ConnectionId, IChannelSession> Sessions { get; } = [];

    public Dictionary<ConnectionId, ConnectionHealth> Health { get; } = [];

    public ChannelManifest Manifest { get; init; } = new(
        "fake", "Fake", "M0 0h24v24H0z", null, ChannelCapabilities.Webhook | ChannelCapabilities.Typing, new TextLimit(100),
        [
            new("token", new("Token", "令牌"), new("From the messenger.", "来自平台。"), SettingKind.Secret, IsRequired: true),
            new("baseUrl", new("Address", "地址"), new("Of the server.", "服务器地址。"), SettingKind.Url, Default: "https://example.test"),
            new("mode", new("Mode", "方式"), new("How to receive.", "接收方式。"), SettingKind.Choice, Default: "polling",
                Choices: [new("polling", new("Polling", "轮询")), new("webhook", new("Webhook", "Webhook"))]),
        ]);

    /// <summary>The same, with a value of a setting that protects people.</summary>
    public FakeChannel Protecting(string setting, string value) => new()
    {
        Manifest = Manifest with { Settings = [.. Manifest.Settings.Select(field => field.Key == setting ? field with { Protection = value } : field)] },
    };

    /// <summary>The same, with something more it can do.</summary>
    public FakeChannel Able(ChannelCapabilities capability) => new() { Manifest = Manifest with { Capabilities = Manifest.Capabilities | capability } };

    public IReadOnlyList<IChannel> All => [this];

    IChannel? IChannelCatalog.Find(string type) => type == Manifest.Type ? this : null;

    IChannelSession? IChannelSessions.Find(ConnectionId id) => Sessions.GetValueOrDefault(id);

    Connection? IChannelSessions.FindConnection(ConnectionId id) => null;

    void IChannelSessions.NoteInbound(ConnectionId id) { }

    void IChannelSessions.NoteOutbound(ConnectionId id) { }

    ConnectionHealth? IConnectionHealth.Find(ConnectionId id) => Health.GetValueOrDefault(id);

    public Task RefreshAsync(ConnectionId connection, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Refreshed.Add(connection);
        OnRefresh?.Invoke();
        return Task.CompletedTask;
    }

    public Task PrepareAsync(Connection connection, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Prepared.Add(connection.Id);
        OnPrepare?.Invoke();
        return Task.CompletedTask;
    }

    public IChannelSession Open(Connection connection) => new FakeSession();

    public Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken)
    {
        Tested.Add(settings);
        return Task.FromResult(new ConnectionTest(
            [new(new Phrase.Verbatim("token"), settings.Find("token") == "good", new Phrase.Verbatim("The token was tried."), new Phrase.Verbatim("Copy it again."))], TimeSpan.FromMilliseconds(5)));
    }
}

/// <summary>A session that receives webhooks and answers with what it got.</summary>
public sealed class FakeSession : IChannelSession, IWebhookReceiver
{
    public List<WebhookRequest> Received { get; } = [];

    public Task RunAsync(IChannelHost host, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
        => Task.FromResult<SendOutcome>(new SendOutcome.Delivered(message.Id.ToString()));

    public Task<WebhookReply> ReceiveAsync(WebhookRequest request, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        Received.Add(request);
        return Task.FromResult(request.Headers.GetValueOrDefault("x-secret") == "right"
            ? new WebhookReply(200, "thanks")
            : WebhookReply.Refused);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
