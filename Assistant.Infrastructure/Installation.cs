using Assistant.Domain.Messaging.Outbox;
using Assistant.Domain.Observability;
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
    private readonly ILogger<Installation> _logger;

    internal Installation(IDatabase database, ITenantDirectory tenants, IOutbox outbox, ILogger<Installation> logger)
        => (_database, _tenants, _outbox, _logger) = (database, tenants, outbox, logger);

    /// <summary>Brings the schema up to date and makes sure of the first tenant. Safe beside a running server.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await _database.MigrateAsync(cancellationToken);
        await _tenants.EnsureAsync(TenantId.Default, "Default", cancellationToken);
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} sends were interrupted by the last stop; they are looked into before they are sent again")]
    private static partial void LogInterrupted(ILogger logger, int count);
}
