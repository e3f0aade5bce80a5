using Assistant.Domain.Ai;
using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Ai;
using Assistant.Infrastructure.Diagnostics;
using Assistant.Infrastructure.Messaging;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Persistence.Sqlite;
using Assistant.Infrastructure.Security;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Persistence;

/// <summary>EF Core makes its model of the schema when it is first asked anything: more than half a second, at each start and each verb that needs it.</summary>
public sealed class PlainStartTests : IDisposable
{
    private static readonly CancellationToken Cancel = CancellationToken.None;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("assistant-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_a_start_reads_and_what_makes_users_and_keys_needs_no_model()
    {
        var folder = new DataFolder(_folder.FullName);
        await MigratedDatabases.CopyToAsync(folder);
        var database = new CountingDatabase(new SqliteDatabase(folder));
        await using var services = Compose(folder, database);
        T Get<T>() where T : notnull => services.GetRequiredService<T>();

        await Get<Installation>().PrepareAsync(Cancel);
        var health = await new DatabaseHealthCheck(database, Get<IReadPool>()).CheckHealthAsync(new HealthCheckContext(), Cancel);
        var hasUsers = await Get<IUserDirectory>().AnyAsync(Cancel);
        var user = new NewUser(new UserId(Guid.CreateVersion7()), TenantId.Default, "ada@example.org", Roles.Owner, "correct horse battery");
        var created = await Get<IUserDirectory>().CreateAsync(user, onlyFirst: true, Draft(AuditActions.UserCreated), Cancel);
        var key = new ApiKey(new ApiKeyId(Guid.CreateVersion7()), TenantId.Default, "test", Roles.Owner, "abcd", TimeProvider.System.GetUtcNow(), null, null);
        await Get<IApiKeyStore>().AddAsync(key, ApiKeySecret.Create(), Draft(AuditActions.ApiKeyCreated), Cancel);
        var head = await Get<IAuditLog>().ReadHeadAsync(TenantId.Default, Cancel);

        Assert.Equal(HealthStatus.Healthy, health.Status);
        Assert.False(hasUsers);
        Assert.IsType<CreateUserOutcome.Created>(created);
        Assert.Single(await Get<ITenantDirectory>().ListAsync(Cancel));
        Assert.Single(await Get<IConnectionStore>().ListAsync(null, Cancel));
        Assert.Single(await Get<IEngineStore>().ListAsync(TenantId.Default, Cancel));
        Assert.True(head.Seq >= 4, $"The chain ends at {head.Seq}.");
        Assert.Equal(0, database.Contexts);
    }

    [Fact]
    public async Task A_schema_with_a_migration_less_is_not_ready_unless_it_was_before()
    {
        var folder = new DataFolder(_folder.FullName);
        await MigratedDatabases.CopyToAsync(folder);
        var database = new CountingDatabase(new SqliteDatabase(folder));
        await using var services = Compose(folder, database);
        var before = new DatabaseHealthCheck(database, services.GetRequiredService<IReadPool>());
        Assert.Equal(HealthStatus.Healthy, (await before.CheckHealthAsync(new HealthCheckContext(), Cancel)).Status);
        await services.GetRequiredService<IWriteQueue>().ExecuteAsync(
            TenantScope.System, session => session.Execute("DELETE FROM \"__EFMigrationsHistory\" WHERE \"MigrationId\" = @p0", database.Schema.Newest), Cancel);

        var health = await new DatabaseHealthCheck(database, services.GetRequiredService<IReadPool>()).CheckHealthAsync(new HealthCheckContext(), Cancel);

        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Equal(HealthStatus.Healthy, (await before.CheckHealthAsync(new HealthCheckContext(), Cancel)).Status);
    }

    [Fact]
    public async Task The_serving_process_has_both_models_made_once_the_start_is_over()
    {
        var folder = new DataFolder(_folder.FullName);
        await MigratedDatabases.CopyToAsync(folder);
        var database = new CountingDatabase(new SqliteDatabase(folder));
        var clock = new FakeTimeProvider();
        using var worker = new ModelWarmUp(database, clock);

        await worker.StartAsync(Cancel);
        Assert.Equal(0, database.Contexts);
        while (!worker.ExecuteTask!.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1)); // it may not have begun to wait yet
            await Task.Yield();
        }

        await worker.ExecuteTask;
        Assert.Equal(2, database.Contexts); // of the tenants, and across them
    }

    private static ServiceProvider Compose(DataFolder folder, IDatabase database)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddLogging();
        services.AddPersistence(folder);
        services.AddSingleton(database);
        services.AddSecurity();
        services.AddHouse();
        services.AddMessaging();
        services.AddSingleton<EngineChanges>();
        return services.BuildServiceProvider();
    }

    private static AuditDraft Draft(string action)
        => new(TenantId.Default, TimeProvider.System.GetUtcNow(), Actor.System, action, "test", "local", AuditDraft.NoDetails);
}
