using System.Globalization;
using System.Text;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Keys;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure.Audit.Bodies;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;
using Assistant.Infrastructure.Tests.Persistence;
using Assistant.Testing;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace Assistant.Infrastructure.Tests.Audit;

/// <summary>Where an event came from and its details cannot be read from the database alone, nor moved within it; the chain is what it was.</summary>
public abstract class SealedAuditTests(bool onPostgres) : IAsyncLifetime
{
    private static readonly TenantId Home = TenantId.Default;
    private static readonly TenantId Office = new("office");

    private TestHouse _house = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IAuditLog Log => _house.Get<IAuditLog>();

    public async ValueTask InitializeAsync()
    {
        _house = onPostgres ? await TestHouse.OnPostgresAsync() : await TestHouse.OnSqliteAsync();
        await _house.Get<ITenantDirectory>().EnsureAsync(Home, "Home", Cancel);
        await _house.Get<ITenantDirectory>().EnsureAsync(Office, "Office", Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_house is not null)
        {
            await _house.DisposeAsync();
        }
    }

    [Fact]
    public async Task Origin_and_details_are_in_no_table_and_no_file()
    {
        var canaries = Enumerable.Range(1, 50).Select(i => string.Create(CultureInfo.InvariantCulture, $"canary-{i:000}-锅炉")).ToList();
        foreach (var canary in canaries)
        {
            await AppendAsync(Home, "user.changed", canary, ("before:name", canary), ("after:" + canary, "x"));
        }

        Assert.Equal(canaries[^1], (await EventsAsync(Home))[^1].What.Details["before:name"]);
        var stored = await ReadEverythingAsync();
        Assert.Contains(stored, text => Holds(text, "user.changed"));
        Assert.DoesNotContain(stored, text => canaries.Exists(canary => Holds(text, canary)));
        await AssertIntactAsync(Home);
    }

    [Fact]
    public async Task A_body_that_was_moved_or_altered_is_not_shown_and_whoever_verifies_is_told_where()
    {
        var ten = await AppendAsync(Home, "user.changed", "192.0.2.1", ("after:limit", "10"));
        var thousand = await AppendAsync(Home, "user.changed", "192.0.2.1", ("after:limit", "1000"));
        await ExecuteAsync("UPDATE audit_events SET body = (SELECT body FROM audit_events WHERE tenant_id = 'default' AND seq = @p1) WHERE tenant_id = 'default' AND seq = @p0", ten, thousand);

        var shown = (await EventsAsync(Home))[(int)ten - 1].What;
        Assert.Equal(("?", "does not open"), (shown.Origin, shown.Details["sealed"]));
        Assert.Equal(new AuditVerdict.Broken(ten, AuditBreak.Edited), await VerifyAsync(Home));
        Assert.Equal("1000", (await EventsAsync(Home))[(int)thousand - 1].What.Details["after:limit"]);
    }

    [Fact]
    public async Task A_body_that_was_moved_to_another_tenant_does_not_open_even_with_its_key()
    {
        await AppendAsync(Home, "user.changed", "192.0.2.1", ("after:safe", "behind the painting"));
        var last = await AppendAsync(Office, "user.changed", "192.0.2.2", ("after:safe", "none"));
        await ExecuteAsync("UPDATE audit_events SET body = (SELECT body FROM audit_events WHERE tenant_id = 'default' AND seq = @p0) WHERE tenant_id = 'office' AND seq = @p0", last);
        Assert.Equal("?", (await EventsAsync(Office))[^1].What.Origin);

        await ExecuteAsync("UPDATE audit_heads SET sealed_key = (SELECT sealed_key FROM audit_heads WHERE tenant_id = 'default') WHERE tenant_id = 'office'");
        Assert.All(await EventsAsync(Office), written => Assert.Equal("?", written.What.Origin));
        Assert.Equal(new AuditVerdict.Broken(1, AuditBreak.Edited), await VerifyAsync(Office));
    }

    [Theory]
    [InlineData("body = NULL", 3)]
    [InlineData("body = ''", 3)]
    [InlineData("body = NULL, details = 'null'", 3)]
    [InlineData("body = NULL, details = '[1]'", 3)]
    [InlineData("body = NULL, details = '{\"a\":null}'", 3)]
    [InlineData("body = NULL, details = '{\"a\":\"\\ud800\"}'", 3)]
    [InlineData("at = 9223372036854775807", 3)]
    [InlineData("at = -9223372036854775808", 3)]
    [InlineData("at = 253402300800000", 3)]
    [InlineData("actor_kind = ''", 3)]
    [InlineData("actor_id = ''", 3)]
    [InlineData("actor_name = '=1+1'", 3)]
    [InlineData("action = ''", 3)]
    [InlineData("subject = ''", 3)]
    [InlineData("hash = ''", 3)]
    [InlineData("previous_hash = ''", 3)]
    [InlineData("seq = -3", 1)]
    [InlineData("seq = 9223372036854775807", 3)]
    [InlineData("at = 'x'", 3, true)]
    [InlineData("seq = 'x'", 3, true)]
    [InlineData("body = 5", 3, true)]
    [InlineData("hash = 5", 3, true)]
    [InlineData("previous_hash = 'x'", 3, true)]
    [InlineData("subject = x'ff00'", 3, true)]
    [InlineData("actor_name = x'ff00', action = 7.5", 3, true)]
    public async Task An_event_that_was_made_unreadable_is_named_and_hides_no_other(string edit, long seq, bool looseTypesOnly = false)
    {
        await AppendSixAsync();

        if (await TakesAsync($"UPDATE audit_events SET {edit} WHERE tenant_id = 'default' AND seq = 3", looseTypesOnly))
        {
            await AssertNamedAsync(seq);
        }
    }

    [Fact]
    public async Task An_event_under_a_number_below_the_first_is_found()
    {
        await AppendSixAsync();
        await ExecuteAsync(
            "INSERT INTO audit_events (tenant_id, seq, at, actor_kind, actor_id, actor_name, action, subject, origin, details, body, previous_hash, hash) "
            + "SELECT tenant_id, -7, at, actor_kind, actor_id, actor_name, action, subject, origin, details, body, previous_hash, hash "
            + "FROM audit_events WHERE tenant_id = 'default' AND seq = 3");

        Assert.Equal(new AuditVerdict.Broken(1, AuditBreak.Inserted), await VerifyAsync(Home));
        Assert.Contains((await Log.ListAsync(Home, new AuditFilter(), null, 50, Cancel)).Items, written => written.Seq == -7);
    }

    [Theory]
    [InlineData("sealed_key = NULL", 1)]
    [InlineData("sealed_key = ''", 1)]
    [InlineData("hash = ''", 6)]
    [InlineData("seq = -1", 0)]
    [InlineData("seq = 4", 4)]
    [InlineData("seq = 9223372036854775807", 7)]
    [InlineData("sealed_key = 5", 1, true)]
    [InlineData("seq = 'x'", 0, true)]
    [InlineData("hash = 5", 6, true)]
    public async Task A_head_that_was_made_unreadable_is_noticed_and_hides_no_event(string edit, long seq, bool looseTypesOnly = false)
    {
        await AppendSixAsync();

        if (await TakesAsync($"UPDATE audit_heads SET {edit} WHERE tenant_id = 'default'", looseTypesOnly))
        {
            await AssertNamedAsync(seq);
        }
    }

    [Theory]
    [InlineData("9223372036854775807")]
    [InlineData("'x'", true)]
    public async Task Reading_ends_whatever_number_the_last_event_of_a_batch_has(string number, bool looseTypesOnly = false)
    {
        var first = await AppendAsync(Home, "user.changed", "192.0.2.1");
        await Task.WhenAll(Enumerable.Range(0, (int)(1000 - first)).Select(_ => Log.AppendAsync(Draft(Home, "user.changed", "192.0.2.1"), Cancel)));

        await TakesAsync($"UPDATE audit_events SET seq = {number} WHERE tenant_id = 'default' AND seq = 1000", looseTypesOnly);

        Assert.Equal(1000, await Log.ReadAsync(Home, 1, Cancel).Take(2000).CountAsync(Cancel));
    }

    [Fact]
    public async Task What_cannot_be_read_of_an_earlier_version_stays_for_whoever_verifies()
    {
        await AppendSixAsync();
        await LayPlainAsync(await EventsAsync(Home), 0);
        await ExecuteAsync("UPDATE audit_events SET details = '' WHERE tenant_id = 'default' AND seq = 3");

        Assert.Equal(5, await SealAsync(Home));

        await AssertNamedAsync(3);
    }

    [Fact]
    public async Task A_rotation_takes_the_key_along_and_whoever_writes_meanwhile_loses_nothing()
    {
        await AppendAsync(Home, "user.changed", "192.0.2.1", ("after:name", "before the rotation"));
        var rotation = _house.Get<IKeyRotation>();
        await rotation.BeginAsync(Home, Draft(Home, AuditActions.KeyRotationBegun, "local"), Cancel);
        await AppendAsync(Home, "user.changed", "192.0.2.1", ("after:name", "while it runs"));
        Assert.Empty((await rotation.ResealAsync(Home, Cancel)).Broken);
        Assert.True(await rotation.RetireAsync(Home, Draft(Home, AuditActions.KeyRotated, "local"), Cancel));
        await AppendAsync(Home, "user.changed", "192.0.2.1", ("after:name", "after it"));

        // A process that starts now has the new data key alone.
        await using var restarted = _house.Restart();
        var names = await EventsAsync(Home, restarted.Get<IAuditLog>());
        Assert.Equal(["before the rotation", "while it runs", "after it"], names.Select(e => e.What.Details.GetValueOrDefault("after:name")).OfType<string>());
        await AssertIntactAsync(Home);
        Assert.Equal([2], await NumbersAsync());
    }

    [Fact]
    public async Task Events_of_an_earlier_version_are_read_and_then_sealed_wherever_it_was_cut_off()
    {
        for (var i = 1; i <= 450; i++)
        {
            await AppendAsync(Home, "user.changed", "192.0.2.7", ("after:name", string.Create(CultureInfo.InvariantCulture, $"plain canary {i}")));
        }

        await AppendAsync(Office, "user.changed", "192.0.2.7", ("after:name", "plain canary of the office"));
        var before = await EventsAsync(Home);
        await LayPlainAsync(before, 0);
        await LayPlainAsync(await EventsAsync(Office), 0);
        await ExecuteAsync("UPDATE audit_heads SET sealed_key = NULL");
        await AppendAsync(Home, "user.changed", "192.0.2.8", ("after:name", "the first of this version"));
        Assert.Equal(before.Select(Told), (await EventsAsync(Home)).SkipLast(1).Select(Told));

        // A kill after some pages: they are sealed, and nothing was noted.
        Assert.Equal(before.Count, await SealAsync(Home));
        await ExecuteAsync("DELETE FROM projections WHERE name = 'sealed audit'");
        await LayPlainAsync(before, 250);

        Assert.Equal(before.Count - 250, await SealAsync(Home));
        Assert.Equal(0, await SealAsync(Home));
        Assert.Equal(before.Select(Told), (await EventsAsync(Home)).SkipLast(1).Select(Told));
        await AssertIntactAsync(Home);
        await AssertIntactAsync(Office);
        Assert.Contains(await ReadEverythingAsync(filesToo: false), text => Holds(text, "plain canary of the office"));
        Assert.DoesNotContain(await ReadEverythingAsync(filesToo: false), text => Holds(text, "plain canary 1") || Holds(text, "192.0.2.8"));
        Assert.Equal(2, await SealAsync(Office));
    }

    private async Task AppendSixAsync()
    {
        while (await AppendAsync(Home, "user.changed", "192.0.2.1", ("after:name", "x")) < 6)
        {
        }
    }

    /// <summary>Whether the database takes the edit: PostgreSQL keeps the types of columns, and what it refuses is no damage.</summary>
    private async Task<bool> TakesAsync(string edit, bool wantsLooseTypes)
    {
        try
        {
            await ExecuteAsync(edit);
            return true;
        }
        catch (PostgresException) when (onPostgres && wantsLooseTypes)
        {
            Assert.IsType<AuditVerdict.Intact>(await VerifyAsync(Home));
            return false;
        }
    }

    private async Task AssertNamedAsync(long seq)
    {
        Assert.Equal(seq, Assert.IsType<AuditVerdict.Broken>(await VerifyAsync(Home)).Seq);
        Assert.NotEmpty((await Log.ListAsync(Home, new AuditFilter(), null, 50, Cancel)).Items);
        Assert.Empty((await Log.ListAsync(Home, new AuditFilter(Text: "nowhere"), null, 50, Cancel)).Items);
        var (export, table) = (new StringWriter(), new StringWriter());
        var events = await EventsAsync(Home);
        await AuditExport.WriteAsync(Home, Log.ReadAsync(Home, 1, Cancel), export, _house.Clock.GetUtcNow(), note: null, Cancel);
        await AuditCsv.WriteAsync(Log.ReadAsync(Home, 1, Cancel), table, Cancel);
        Assert.InRange(events.Count, 5, 6);
        Assert.Equal(events.Count + 1, export.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(events.Count + 1, table.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    private static string Told(AuditEvent written) => AuditExport.Format(written);

    private async Task<int> SealAsync(TenantId tenant)
    {
        using var worker = _house.PlainRows();
        return await worker.SealAsync(new PlainAuditBodies(_house.Get<AuditKeys>()), tenant, Cancel);
    }

    // As the version before this one stored them.
    private async Task LayPlainAsync(IEnumerable<AuditEvent> events, long after)
    {
        foreach (var written in events.Where(e => e.Seq > after))
        {
            await _house.Get<IWriteQueue>().ExecuteAsync(
                TenantScope.Of(written.What.Tenant),
                session => session.Execute(
                    "UPDATE audit_events SET body = NULL, origin = @p2, details = @p3 WHERE tenant_id = @p0 AND seq = @p1",
                    written.What.Tenant.Value, written.Seq, written.What.Origin, System.Text.Json.JsonSerializer.Serialize(written.What.Details)),
                Cancel);
        }
    }

    private async Task<long> AppendAsync(TenantId tenant, string action, string origin, params (string Key, string Value)[] details)
    {
        await Log.AppendAsync(Draft(tenant, action, origin, details), Cancel);
        return (await Log.ReadHeadAsync(tenant, Cancel)).Seq;
    }

    private AuditDraft Draft(TenantId tenant, string action, string origin, params (string Key, string Value)[] details)
        => new(tenant, _house.Clock.GetUtcNow(), new Actor("user", "u-1", "Anna"), action, "user/1", origin, details.ToDictionary(d => d.Key, d => d.Value));

    private Task<List<AuditEvent>> EventsAsync(TenantId tenant) => EventsAsync(tenant, Log);

    private static async Task<List<AuditEvent>> EventsAsync(TenantId tenant, IAuditLog log) => await log.ReadAsync(tenant, 1, Cancel).ToListAsync(Cancel);

    private async Task AssertIntactAsync(TenantId tenant) => Assert.IsType<AuditVerdict.Intact>(await VerifyAsync(tenant));

    private Task<AuditVerdict> VerifyAsync(TenantId tenant) => AuditVerifier.VerifyStoredAsync(Log, tenant, [], _house.Clock.GetUtcNow(), Cancel);

    private Task<int> ExecuteAsync(string sql, params SqlValue[] values)
        => _house.Get<IWriteQueue>().ExecuteAsync(TenantScope.System, session => session.Execute(sql, values), Cancel);

    private async Task<List<int>> NumbersAsync()
        => await _house.Get<IReadPool>().ReadAsync(
            TenantScope.System, session => session.Query("SELECT number FROM data_keys WHERE tenant_id = 'default'", row => row.GetInt32(0)), Cancel);

    // As text, as bytes read as Latin-1, and as the digits PostgreSQL shows bytes in.
    private static bool Holds(string stored, string canary)
    {
        var bytes = Encoding.UTF8.GetBytes(canary);
        return stored.Contains(canary, StringComparison.Ordinal) || stored.Contains(Encoding.Latin1.GetString(bytes), StringComparison.Ordinal)
            || stored.Contains(Convert.ToHexStringLower(bytes), StringComparison.OrdinalIgnoreCase);
    }

    private async Task<List<string>> ReadEverythingAsync(bool filesToo = true)
    {
        await using var context = _house.Get<IDatabase>().OpenContext(TenantScope.System);
        var found = new List<string>();
        foreach (var table in context.Model.GetEntityTypes())
        {
            var columns = table.GetProperties().Select(p => onPostgres ? $"coalesce({p.GetColumnName()}::text, '')" : $"coalesce(hex({p.GetColumnName()}), '')");
            found.AddRange(await _house.Get<IReadPool>().ReadAsync(
                TenantScope.System, session => session.Query($"SELECT {string.Join(" || '|' || ", columns)} FROM {table.GetTableName()}", r => r.GetString(0)), Cancel));
        }

        foreach (var file in _house.Folder.EnumerateFiles("*", SearchOption.AllDirectories).Where(_ => filesToo))
        {
            using var open = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[open.Length];
            await open.ReadExactlyAsync(bytes, Cancel);
            found.Add(Encoding.Latin1.GetString(bytes));
        }

        return found;
    }
}

public sealed class SqliteSealedAuditTests() : SealedAuditTests(onPostgres: false);

public sealed class PostgresSealedAuditTests() : SealedAuditTests(onPostgres: true);
