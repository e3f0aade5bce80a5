using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Provisioning;
using Assistant.Domain.Security;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Provisioning;

/// <summary>Applies <c>assistant.yaml</c> before the workers after it start, then whenever the file changes.</summary>
/// <remarks>A file that cannot be applied stops the start; later it is reported and what was applied before stays.</remarks>
[ActsFor("whoever commands the machine: applies assistant.yaml")]
[Audits(
    AuditActions.TenantCreated, AuditActions.TenantRenamed, AuditActions.ConnectionSaved, AuditActions.ConnectionDeleted, AuditActions.EngineSaved, AuditActions.EngineDeleted,
    AuditActions.IndexingChanged)]
internal sealed partial class ProvisioningWorker(
    ProvisioningFile file,
    Provisioner provisioner,
    IServiceProvider services,
    IOptions<ProvisioningOptions> options,
    TimeProvider time,
    ILogger<ProvisioningWorker> logger) : BackgroundService, IProvisioning
{
    private readonly WakeUp _changed = new();
    private readonly HashSet<ConnectionId> _untold = [];
    private volatile ProvisioningStatus _status = new(file.FullPath, Exists: false, AppliedAt: null, []);
    private IReadOnlyList<string> _watched = [];
    private string _stamp = "";

    public ProvisioningStatus Status => _status;

    public async Task<ProvisioningStatus> CheckAsync(bool asksDatabase, CancellationToken cancellationToken)
    {
        var reading = await (asksDatabase ? file.ReadAsync(cancellationToken) : file.ReadAloneAsync(cancellationToken));
        return new(file.FullPath, reading.Exists, _status.AppliedAt, reading.Problems);
    }

    /// <exception cref="ProvisioningException">The file cannot be applied.</exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var reading = await file.ReadAsync(cancellationToken);
        if (reading.Problems.Count > 0)
        {
            throw new ProvisioningException(reading.Problems);
        }

        await ApplyAsync(reading, cancellationToken);
        _untold.Clear(); // no session runs yet
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _changed.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var watcher = Watch();
        while (await NextChangeAsync(stoppingToken))
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogFailed(logger, error, file.FullPath); // the database was busy, say: the next look tries again
                _stamp = "";
            }
        }
    }

    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        await RestAsync(cancellationToken);
        await ReadAgainAsync(cancellationToken);
    }

    // What is still written would be taken for the whole of it, and the rest removed with everybody it knows.
    private async Task RestAsync(CancellationToken cancellationToken)
    {
        for (var (before, now) = (_stamp, file.Stamp(_watched)); now != before; (before, now) = (now, file.Stamp(_watched)))
        {
            await Task.Delay(options.Value.Debounce, time, cancellationToken);
        }
    }

    /// <summary>Reads the file when it changed since the last reading, and tells the sessions.</summary>
    internal async Task ReadAgainAsync(CancellationToken cancellationToken)
    {
        if (file.Stamp(_watched) != _stamp)
        {
            await ReadAsync(cancellationToken);
        }

        await TellAsync(cancellationToken);
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var reading = await file.ReadAsync(cancellationToken);
        if (!reading.Exists && _status.Exists && reading.Problems.Count == 0)
        {
            // Editors replace a file by moving it: gone now may be back in a moment. A restart without it removes what it declared.
            Remember(reading);
            LogGone(logger, file.FullPath);
        }
        else if (reading.Plan.IsBlank && _status.Exists)
        {
            // `… > assistant.yaml` empties it before anything is written.
            Remember(reading);
            LogEmpty(logger, file.FullPath);
        }
        else if (reading.Problems.Count > 0)
        {
            Remember(reading);
            _status = _status with { Exists = reading.Exists, Problems = reading.Problems };
            foreach (var problem in reading.Problems)
            {
                LogProblem(logger, problem.ToString());
            }
        }
        else
        {
            await ApplyAsync(reading, cancellationToken);
        }
    }

    // One that cannot be told keeps no other from it, and is told at a later look.
    private async Task TellAsync(CancellationToken cancellationToken)
    {
        foreach (var connection in _untold.ToList())
        {
            try
            {
                var supervisor = (IConnectionSupervisor)services.GetService(typeof(IConnectionSupervisor))!;
                await supervisor.RefreshAsync(connection, cancellationToken);
                _untold.Remove(connection);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogNotTold(logger, error, connection);
            }
        }
    }

    private async Task ApplyAsync(ProvisioningReading reading, CancellationToken cancellationToken)
    {
        var result = await provisioner.ApplyAsync(reading.Plan, _untold, cancellationToken);
        Remember(reading);
        _status = new(file.FullPath, reading.Exists, reading.Exists ? time.GetUtcNow() : null, []);
        foreach (var conflict in result.Conflicts)
        {
            LogProblem(logger, conflict);
        }

        foreach (var section in reading.Plan.Unavailable)
        {
            LogUnavailable(logger, section);
        }

        if (reading.Exists)
        {
            LogApplied(logger, file.FullPath, result.Writes);
        }
    }

    private void Remember(ProvisioningReading reading) => (_watched, _stamp) = (reading.Plan.Files, reading.Stamp);

    private async Task<bool> NextChangeAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var poll = new CancellationTokenSource(options.Value.PollInterval, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(poll.Token, stoppingToken);
            try
            {
                await _changed.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
            {
                // Time to look by ourselves.
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private FileSystemWatcher? Watch()
    {
        try
        {
            var watcher = new FileSystemWatcher(Path.GetDirectoryName(file.FullPath)!, Path.GetFileName(file.FullPath));
            watcher.Changed += (_, _) => _changed.Wake();
            watcher.Created += (_, _) => _changed.Wake();
            watcher.Renamed += (_, _) => _changed.Wake();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception error) when (error is IOException or ArgumentException or PlatformNotSupportedException)
        {
            LogNotWatching(logger, error, file.FullPath, options.Value.PollInterval);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Applied {File}: {Count} changes")]
    private static partial void LogApplied(ILogger logger, string file, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "The section '{Section}' of assistant.yaml is not available yet and was left out")]
    private static partial void LogUnavailable(ILogger logger, string section);

    [LoggerMessage(Level = LogLevel.Error, Message = "Not applied: {Problem}")]
    private static partial void LogProblem(ILogger logger, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} is gone; what it declared stays until a restart")]
    private static partial void LogGone(ILogger logger, string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} is empty; what it declared stays until a restart")]
    private static partial void LogEmpty(ILogger logger, string file);

    [LoggerMessage(Level = LogLevel.Error, Message = "Reading {File} again failed; trying again at the next look")]
    private static partial void LogFailed(ILogger logger, Exception error, string file);

    [LoggerMessage(Level = LogLevel.Error, Message = "The session of {ConnectionId} does not follow its change yet; trying again at the next look")]
    private static partial void LogNotTold(ILogger logger, Exception error, ConnectionId connectionId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Changes of {File} are not reported here; looking every {Interval}")]
    private static partial void LogNotWatching(ILogger logger, Exception error, string file, TimeSpan interval);
}
