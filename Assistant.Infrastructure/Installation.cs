using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Observability;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Backups;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;
using Assistant.Infrastructure.Security.Sessions;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure;

/// <summary>Makes an installation ready: schema, first tenant, and what a crash left half done.</summary>
public sealed partial class Installation
{
    private readonly IDatabase _database;
    private readonly MasterKey _masterKey;
    private readonly InstallationKey _installationKey;
    private readonly SessionKeys _sessionKeys;
    private readonly ServingLock _lock;
    private readonly ITenantDirectory _tenants;
    private readonly IOutbox _outbox;
    private readonly IConnectionStore _connections;
    private readonly TimeProvider _clock;
    private readonly RestoreCompletion _restore;
    private readonly ILogger<Installation> _logger;

    internal Installation(
        IDatabase database, MasterKey masterKey, InstallationKey installationKey, SessionKeys sessionKeys, ServingLock servingLock, ITenantDirectory tenants,
        IConnectionStore connections, IOutbox outbox, RestoreCompletion restore, TimeProvider clock, ILogger<Installation> logger)
    {
        (_database, _masterKey, _installationKey, _sessionKeys, _lock) = (database, masterKey, installationKey, sessionKeys, servingLock);
        (_tenants, _connections, _outbox, _restore, _clock, _logger) = (tenants, connections, outbox, restore, clock, logger);
    }

    /// <summary>Brings the schema up to date and makes sure of the master key and the first tenant. Safe beside a running server.</summary>
    /// <exception cref="InstallationException">The database cannot be used; the message says why and what to do.</exception>
    /// <exception cref="MasterKeyException">The master key is not this data's.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await _restore.ResumeAsync(cancellationToken); // before anything looks at what it has not put there yet
        _masterKey.Require(); // before anything is changed
        await _database.MigrateAsync(cancellationToken);
        await _installationKey.LoadAsync(cancellationToken);
        await _restore.RecordAsync(cancellationToken);
        _sessionKeys.ReleaseFromMasterKey();
        var created = new AuditDraft(
            TenantId.Default, _clock.GetUtcNow(), Actor.System, AuditActions.TenantCreated, $"tenant/{TenantId.Default}", "local", AuditDraft.NoDetails);
        if (await _tenants.EnsureAsync(TenantId.Default, "Default", created, cancellationToken))
        {
            await AddWebChatAsync(cancellationToken);
        }
    }

    /// <summary>Does what <see cref="PrepareAsync"/> does if a restore was cut off, and nothing otherwise.</summary>
    /// <inheritdoc cref="PrepareAsync" path="/exception"/>
    public Task FinishRestoreAsync(CancellationToken cancellationToken) => _restore.IsPending ? PrepareAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>
    /// Before anything is sent: makes sure that no other process serves, and makes sends a crash interrupted due again. Only for the
    /// process that serves.
    /// </summary>
    /// <exception cref="InstallationException">Another process serves.</exception>
    public async Task RecoverAsync(CancellationToken cancellationToken)
    {
        _lock.Take(); // what another process is sending right now would look interrupted
        _restore.DiscardRemains();
        _sessionKeys.SupersedeUnsealed();
        var interrupted = await _outbox.RecoverInterruptedAsync(cancellationToken);
        if (interrupted > 0)
        {
            Telemetry.InterruptedSends.Add(interrupted);
            LogInterrupted(_logger, interrupted);
        }
    }

    // A new house has a door: the page anybody can open without an account elsewhere. Strangers are asked to pair.
    private async Task AddWebChatAsync(CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        var web = new Connection(
            new ConnectionId("web"), TenantId.Default, "webchat", "Web chat", AccessPolicy.Pairing, true, false, SettingValues.Empty, now, now);
        await _connections.SaveAsync(
            web,
            read: null,
            new AuditDraft(
                TenantId.Default, now, Actor.System, AuditActions.ConnectionSaved, "connection/web", "local",
                new Dictionary<string, string> { ["channel"] = web.ChannelType, ["access"] = web.Access.ToString() }),
            cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} sends were interrupted by the last stop; they are looked into before they are sent again")]
    private static partial void LogInterrupted(ILogger logger, int count);
}

/// <summary>The installation cannot start as it is; the message says why and what to do.</summary>
public sealed class InstallationException(string message, Exception? inner = null) : InvalidOperationException(message, inner);
