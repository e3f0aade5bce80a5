using Assistant.Domain.Ai;
using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Filters;
using Assistant.Domain.Idempotency;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Ai;
using Assistant.Infrastructure.Audit.Checkpoints;
using Assistant.Infrastructure.Audit.Filters;
using Assistant.Infrastructure.Idempotency;
using Assistant.Infrastructure.Messaging;
using Assistant.Infrastructure.Messaging.Channels.WebChat;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Identity;
using Assistant.Infrastructure.Security.Memberships;
using Assistant.Infrastructure.Security.Sealing;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing.Contracts;
using Assistant.Testing.InMemory;
using Microsoft.Extensions.Options;
using Xunit;

namespace Assistant.Infrastructure.Tests.Security;

/// <summary>The stores that seal, over the keys of one process.</summary>
internal sealed class SealedHouse(Stores stores, Sealing keys, IWriteQueue? writes = null)
{
    /// <summary>Sealed values <see cref="FillAsync"/> stores: one in each registered column.</summary>
    public static int Values { get; } = SealedColumns.All.Count;

    private static readonly ConnectionId Connection = new("tg");
    private static readonly UserId User = new(Guid.Parse("0198c0de-0000-7000-8000-00000000ada0"));
    private static readonly PersonId Person = new(Guid.Parse("0198c0de-0000-7000-8000-00000000be00"));
    private static readonly DataFolder Folder = new(Directory.CreateTempSubdirectory("assistant-sealed-").FullName);
    private static readonly TotpSecret Seed = TotpSecret.Create();

    private readonly IWriteQueue _writes = writes ?? stores.Writes;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public Sealing Keys => keys;

    private SqlEngineStore Engines => new(stores.Reads, _writes, keys.Sealer, keys.Writes, new EngineChanges());

    private SqlConnectionStore Connections => new(stores.Reads, _writes, keys.Sealer, keys.Writes);

    private SqlIdempotencyStore Answers => new(_writes, keys.Sealer, keys.Writes, TimeProvider.System);

    public async Task FillAsync(TenantId tenant)
    {
        await SaveEngineAsync(tenant, "good", "an engine's key");
        await Connections.PutAsync(
            new Connection(
                Connection, tenant, "telegram", "T", AccessPolicy.Pairing, true, false, Settings("a bot's token"), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch),
            Draft(tenant), Cancel);
        await Answers.BeginAsync(Request(tenant), Cancel);
        await Answers.CompleteAsync(Request(tenant), new StoredAnswer(201, "text/plain", "a new key"u8.ToArray()), Cancel);
        using var passwords = new PasswordHashing(Options.Create(new SignInOptions { PasswordIterations = 1000 }));
        await Users(passwords).CreateAsync(new NewUser(User, tenant, "ada@example.org", Roles.Owner, "correct horse battery", Seed), true, Draft(tenant), Cancel);
        await new SqlChatIdentityStore(stores.Reads, keys.Writes, keys.Sealer, TimeProvider.System).AddAsync(
            (await Connections.FindAsync(Connection, Cancel))!, new byte[32], Cancel);
        await Signer.ReadKeyAsync(tenant, Cancel);
        await Filters.SaveAsync(tenant, User, new SavedAuditFilter("mine", new AuditFilter(Text: "a name"), DateTimeOffset.UnixEpoch), Cancel);
        await keys.People.SealAsync(tenant, Person, "turns/1/text", "a secret wish"u8.ToArray(), Cancel);
    }

    /// <summary>Everything <see cref="FillAsync"/> stored is there and opens.</summary>
    public async Task AssertOpensAsync(TenantId tenant)
    {
        Assert.Equal("an engine's key", await ReadEngineAsync(tenant, "good"));
        Assert.Equal("a bot's token", (await Connections.FindAsync(Connection, Cancel))!.Settings.All["secret"]);
        var answered = Assert.IsType<IdempotencyClaim.Answered>(await Answers.BeginAsync(Request(tenant), Cancel));
        Assert.Equal("a new key"u8.ToArray(), answered.Answer.Body.ToArray());
        await Signer.SignAsync(tenant, "a checkpoint", Cancel);
        Assert.Equal("a name", Assert.Single(await Filters.ListAsync(tenant, User, Cancel)).Filter.Text);
        foreach (var (place, bytes) in await ReadSealedAsync(tenant))
        {
            Assert.NotEmpty(await keys.Sealer.OpenAsync(tenant, place, bytes, Cancel));
        }
    }

    public async Task SaveEngineAsync(TenantId tenant, string name, string secret)
    {
        // Without their settings: those of another may not open.
        var read = await stores.Reads.ReadAsync(
            TenantScope.Of(tenant),
            session => session.Query(
                "SELECT name, is_default, updated_at FROM engines WHERE tenant_id = @p0",
                row => new Engine(row.GetString(0), tenant, "fake", SettingValues.Empty, row.GetBoolean(1), 0, false, row.Time(2)), tenant.Value),
            Cancel);
        var engine = new Engine(name, tenant, "fake", Settings(secret), false, 0, false, DateTimeOffset.UnixEpoch.AddDays(1));
        Assert.NotNull(await Engines.SaveAsync(engine, read, Draft(tenant), Cancel));
    }

    public async Task<string> ReadEngineAsync(TenantId tenant, string name)
        => (await Engines.ListAsync(tenant, Cancel)).Single(engine => engine.Name == name).Settings.All["secret"];

    public Task AlterEngineAsync(string name)
        => stores.Writes.ExecuteAsync(
            TenantScope.System,
            session =>
            {
                var bytes = session.QueryFirst("SELECT sealed_settings FROM engines WHERE name = @p0", row => row.GetBytes(0), name)!;
                bytes[^1] ^= 1;
                return session.Execute("UPDATE engines SET sealed_settings = @p1 WHERE name = @p0", name, bytes);
            },
            Cancel);

    /// <summary>Every sealed value of the tenant as it is stored, with its place.</summary>
    public async Task<List<(string Place, byte[] Bytes)>> ReadSealedAsync(TenantId tenant)
        => await stores.Reads.ReadAsync(
            TenantScope.System,
            session => SealedColumns.All
                .SelectMany(column => session.Query(
                    $"SELECT {column.Key}, {column.Column} FROM {column.Table} WHERE tenant_id = @p0 AND {column.Column} IS NOT NULL",
                    row => (column.Place(column.HasIdKey ? row.GetGuid(0).ToString() : row.GetString(0)), row.GetBytes(1)),
                    tenant.Value))
                .ToList(),
            Cancel);

    private SqlAuditFilterStore Filters => new(stores.Reads, _writes, keys.Writes, keys.Sealer);

    private Ed25519CheckpointSigner Signer => new(
        stores.Reads, keys.Writes, keys.Sealer, new InstallationName(Folder), TimeProvider.System);

    private SqlUserDirectory Users(PasswordHashing passwords)
    {
        var options = Options.Create(new SignInOptions { PasswordIterations = 1000 });
        return new(
            stores.Reads, _writes, keys.Sealer, keys.Writes, new FakeTotp(TimeProvider.System), passwords, options, new AccessRights(stores.Reads),
            TimeProvider.System);
    }

    private static SettingValues Settings(string secret) => new(new Dictionary<string, string> { ["secret"] = secret });

    private static IdempotentRequest Request(TenantId tenant) => new(tenant, "apikey/1", "POST /apikeys", "k", "f");

    private static AuditDraft Draft(TenantId tenant)
        => new(tenant, DateTimeOffset.UnixEpoch, Actor.System, AuditActions.EngineSaved, "test", "local", AuditDraft.NoDetails);
}
