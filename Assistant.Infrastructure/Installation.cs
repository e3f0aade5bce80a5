using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Observability;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Persistence;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure;

/// <summary>Makes an installation ready: schema, first tenant, and what a crash left half done.</summary>
public sealed partial class Installation
{
    private readonly IDatabase _database;
    private readonly ITenantDirectory _tenants;
    private readonly IOutbox _outbox;
    private readonly IConnectionStore _connections;
    private readonly TimeProvider _clock;
    private readonly ILogger<Installation> _logger;

    internal Installation(
        IDatabase database, ITenantDirectory tenants, IConnectionStore connections, IOutbox outbox, TimeProvider clock, ILogger<Installation> logger)
        => (_database, _tenants, _connections, _outbox, _clock, _logger) = (database, tenants, connections, outbox, clock, logger);

    /// <summary>Brings the schema up to date and makes sure of the first tenant. Safe beside a running server.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await _database.MigrateAsync(cancellationToken);
        if (await _tenants.EnsureAsync(TenantId.Default, "Default", cancellationToken))
        {
            await AddWebChatAsync(cancellationToken);
        }
    }

    /// <summary>Before anything is sent: makes sends a crash interrupted due again. Only for the process that serves.</summary>
    public async Task RecoverAsync(CancellationToken cancellationToken)
    {
        var interrupted = await _outbox.RecoverInterruptedAsync(cancellationToken);
        if (interrupted > 0)
        {
            Telemetry.InterruptedSends.Add(interrupted);
            LogInterrupted(_logger, interrupted);
        }
    }

    // A new house has a door: the page anybody can open without an account elsewhere. Strangers are asked to pair.
    private Task AddWebChatAsync(CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        var web = new Connection(
            new ConnectionId("web"), TenantId.Default, "webchat", "Web chat", AccessPolicy.Pairing, true, false, SettingValues.Empty, now, now);
        return _connections.SaveAsync(
            web,
            new AuditDraft(
                TenantId.Default, now, Actor.System, AuditActions.ConnectionSaved, "connection/web", "local",
                new Dictionary<string, string> { ["channel"] = web.ChannelType, ["access"] = web.Access.ToString() }),
            cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} sends were interrupted by the last stop; they are looked into before they are sent again")]
    private static partial void LogInterrupted(ILogger logger, int count);
}
