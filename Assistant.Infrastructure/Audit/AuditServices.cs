using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Audit.Filters;
using Assistant.Domain.Audit.Tree;
using Assistant.Infrastructure.Audit.Bodies;
using Assistant.Infrastructure.Audit.Checkpoints;
using Assistant.Infrastructure.Audit.Filters;
using Assistant.Infrastructure.Audit.Tree;
using Assistant.Infrastructure.Audit.Witnesses;
using Assistant.Infrastructure.Outgoing;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Audit;

/// <summary>Registers the audit log and what proves it to outsiders.</summary>
public static class AuditServices
{
    /// <summary>Log, tree, checkpoints and witnesses; every process has them, the one that serves also has the worker.</summary>
    public static IServiceCollection AddAudit(this IServiceCollection services)
    {
        services.AddSingleton<IAuditLog, SqlAuditLog>();
        services.AddSingleton<IAuditFilterStore, SqlAuditFilterStore>();
        services.AddSingleton<AuditFilterDesk>();
        services.AddSingleton<IAuditTreeStore, SqlAuditTreeStore>();
        services.AddSingleton<AuditTree>();
        services.AddSingleton<ICheckpointStore, SqlCheckpointStore>();
        services.AddSingleton<InstallationName>();
        services.AddSingleton<ICheckpointSigner, Ed25519CheckpointSigner>();
        services.AddSingleton<AuditAlarm>();
        services.AddSingleton<CheckpointDesk>();
        services.AddSingleton<WitnessPost>();
        services.AddOutgoing();
        services.AddOptions<CheckpointOptions>().BindConfiguration(CheckpointOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<WitnessOptions>().BindConfiguration(WitnessOptions.Section).ValidateDataAnnotations()
            .Validate(IsWhole, $"{WitnessOptions.Section}: a webhook's Url is http or https; e-mail needs From and To.").ValidateOnStart();
        services.AddSingleton(provider => new FileWitness(
            provider.GetRequiredService<IOptions<WitnessOptions>>().Value.Folder is { Length: > 0 } folder
                ? folder : Path.Combine(provider.GetRequiredService<DataFolder>().Path, "audit-witness")));
        services.AddSingleton<ICheckpointMemory>(provider => provider.GetRequiredService<FileWitness>());
        services.AddSingleton<IPlainRows, PlainAuditBodies>();
        services.AddSingleton<IEnumerable<IWitness>>(provider => [.. Witnesses(provider)]);
        return services;
    }

    /// <summary>The worker that signs, and its part of <c>/health/ready</c>; only for the process that serves.</summary>
    public static IServiceCollection AddAuditWorker(this IServiceCollection services)
    {
        services.AddHostedService<CheckpointWorker>();
        services.AddHealthChecks().AddCheck<AuditHealthCheck>("audit", tags: ["ready"]);
        return services;
    }

    private static IEnumerable<IWitness> Witnesses(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<WitnessOptions>>().Value;
        yield return provider.GetRequiredService<FileWitness>();
        if (!string.IsNullOrEmpty(options.Syslog.Host))
        {
            yield return new SyslogWitness(options.Syslog);
        }

        if (options.Webhook.Url is not null)
        {
            yield return new WebhookWitness(options.Webhook, provider.GetRequiredService<OutgoingHttp>().NewHandler(AddressSource.Configured));
        }

        if (!string.IsNullOrEmpty(options.Email.Host))
        {
            yield return new EmailWitness(options.Email);
        }
    }

    private static bool IsWhole(WitnessOptions options)
        => (options.Webhook.Url is not { } url || (url.IsAbsoluteUri && url.Scheme is "http" or "https"))
            && (string.IsNullOrEmpty(options.Email.Host) || (options.Email.From.Length > 0 && options.Email.To.Length > 0));
}

/// <summary>Degraded while a log is not signed or a witness does not take checkpoints: the program serves on, but somebody should look.</summary>
internal sealed class AuditHealthCheck(AuditAlarm alarm) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var troubles = alarm.Refused.Select(t => $"The audit of '{t.Key}' is not signed: {t.Value.Why}{(t.Value.Seq > 0 ? $" at event {t.Value.Seq}" : "")}.")
            .Concat(alarm.Failing.Select(w => $"The witness '{w.Key}' does not take checkpoints: {w.Value}")).ToList();
        return Task.FromResult(troubles.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded(string.Join(' ', troubles)));
    }
}
