using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Audit.Tree;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure;
using Assistant.Infrastructure.Audit.Bodies;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Messaging;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Benchmarks.Audit;

// Two promises, two floors: hashing costs what SHA-256 of the same bytes costs, and storing costs what inserting the same rows into the
// same table costs, so many to a commit, with every commit synced. What the product takes beyond them is the price of canonical bytes,
// of a queue shared with everything else, and of answering each caller only after the commit.

/// <summary>Appending to an audit chain beside its floors; prints events per second and CPU time per event.</summary>
internal static class AuditBenchmark
{
    private const int Rounds = 3;
    private const int Batch = 512;
    private const int Checkpoints = 20;
    private const int CheckpointEvery = 1000;

    /// <summary>Arguments: <c>[--events 100000] [--writers 2000]</c>.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var events = int.Parse(Argument(args, "--events") ?? "100000", CultureInfo.InvariantCulture);
        var writers = int.Parse(Argument(args, "--writers") ?? "2000", CultureInfo.InvariantCulture);
        var folder = Directory.CreateTempSubdirectory("assistant-bench-");
        try
        {
            await using var services = Compose(folder.FullName);
            await services.GetRequiredService<Installation>().PrepareAsync(CancellationToken.None);
            var log = services.GetRequiredService<IAuditLog>();
            var drafts = Enumerable.Range(0, events).Select(Draft).ToList();
            var bytes = drafts.Select((draft, i) => AuditChain.CanonicalBytes(i + 1, draft)).ToList();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{events} events of {bytes.Average(b => b.Length):F0} canonical bytes, best of {Rounds} rounds\n"));

            var hashing = await BestAsync(events, () => Done(HashAlone(bytes)));
            Print("floor: SHA-256 of the same bytes", hashing, hashing);
            Print("AuditChainAppender", await BestAsync(events, () => Done(Append(drafts))), hashing);

            Print("AuditCipher, sealing bodies", await BestAsync(events, () => Done(Seal(drafts))), hashing);

            Print("MerkleTileAppender, leaf and nodes", await BestAsync(events, () => Done(Plant(bytes))), hashing);

            var inserting = await BestAsync(events, () => Done(InsertAlone(folder.FullName, drafts, bytes, Batch)));
            Print(string.Create(CultureInfo.InvariantCulture, $"floor: raw insert, {Batch} to a commit"), inserting, inserting);
            Print(string.Create(CultureInfo.InvariantCulture, $"IAuditLog, {writers} writers"), await BestAsync(events, () => WriteAsync(log, drafts, writers)), inserting);

            // Every round reads, verifies, plants and signs the whole log, which by now has several times as many events.
            var (tree, desk, length) = (services.GetRequiredService<AuditTree>(), services.GetRequiredService<CheckpointDesk>(), (await log.ReadHeadAsync(TenantId.Default, CancellationToken.None)).Seq);
            Print("AuditTree from the log, stored", await BestAsync((int)length, () => tree.RebuildAsync(TenantId.Default, CancellationToken.None)), hashing);
            var nowhere = new AuditFilter(Text: "in no event");
            Print("text looked for in every event", await BestAsync((int)length, () => log.ListAsync(TenantId.Default, nowhere, null, 100, CancellationToken.None)), hashing);
            Print("CheckpointDesk, 1,000 events each", await BestAsync(CheckpointEvery * Checkpoints, () => SignAsync(log, desk, drafts)), inserting);

            var few = drafts[..(events / 100)];
            var alone = await BestAsync(few.Count, () => Done(InsertAlone(folder.FullName, few, bytes, 1)));
            Print("floor: raw insert, 1 to a commit", alone, alone);
            Print("IAuditLog, 1 writer", await BestAsync(few.Count, () => WriteAsync(log, few, 1)), alone);
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static byte[] HashAlone(List<byte[]> bytes)
    {
        Span<byte> buffer = stackalloc byte[4096];
        Span<byte> head = buffer[..AuditChain.HashSize];
        foreach (var canonical in bytes)
        {
            canonical.CopyTo(buffer[AuditChain.HashSize..]);
            SHA256.HashData(buffer[..(AuditChain.HashSize + canonical.Length)], head);
        }

        return head.ToArray();
    }

    private static int Seal(List<AuditDraft> drafts)
    {
        using var cipher = new AuditCipher(TenantId.Default, new byte[32]);
        var size = 0;
        for (var i = 0; i < drafts.Count; i++)
        {
            size += cipher.Seal(i + 1, AuditBody.Of(drafts[i])).Length;
        }

        return size;
    }

    private static long Plant(List<byte[]> bytes)
    {
        var tree = new MerkleTileAppender(0, new Dictionary<TileId, ReadOnlyMemory<byte>>());
        foreach (var canonical in bytes)
        {
            tree.Append(MerkleTree.LeafHash(canonical.AsSpan(0, AuditChain.HashSize)));
        }

        return tree.Size;
    }

    /// <summary>Writing the events is part of it, beside a floor that writes too.</summary>
    private static async Task SignAsync(IAuditLog log, CheckpointDesk desk, List<AuditDraft> drafts)
    {
        for (var i = 0; i < Checkpoints; i++)
        {
            await WriteAsync(log, drafts[..CheckpointEvery], CheckpointEvery);
            if (await desk.SignAsync(TenantId.Default, CancellationToken.None) is not CheckpointOutcome.Made)
            {
                throw new InvalidOperationException("The checkpoint was not signed.");
            }
        }
    }

    private static ReadOnlyMemory<byte> Append(List<AuditDraft> drafts)
    {
        var chain = new AuditChainAppender(TenantId.Default, 0, default);
        foreach (var draft in drafts)
        {
            chain.Append(draft);
        }

        return chain.HeadHash;
    }

    /// <summary>The same rows, hashed beforehand, into the product's own table by one prepared statement.</summary>
    private static long InsertAlone(string folder, List<AuditDraft> drafts, List<byte[]> hashes, int batch)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "assistant.db")};Pooling=False");
        connection.Open();
        Run("PRAGMA synchronous=FULL; PRAGMA cache_size=-16000; PRAGMA wal_autocheckpoint=4000; PRAGMA busy_timeout=10000; "
            + "DELETE FROM audit_events WHERE tenant_id = 'floor'");
        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO audit_events (tenant_id, seq, at, actor_kind, actor_id, actor_name, action, subject, origin, details, previous_hash, hash) "
            + "VALUES ('floor', $seq, $at, $kind, $id, $name, $action, $subject, $origin, '{}', $hash, $hash)";
        foreach (var name in new[] { "$seq", "$at", "$kind", "$id", "$name", "$action", "$subject", "$origin", "$hash" })
        {
            insert.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        for (var i = 0; i < drafts.Count; i++)
        {
            if (i % batch == 0)
            {
                Run(i == 0 ? "BEGIN IMMEDIATE" : "COMMIT; BEGIN IMMEDIATE");
            }

            var draft = drafts[i];
            insert.Parameters[0].Value = i + 1;
            insert.Parameters[1].Value = draft.At.ToUnixTimeMilliseconds();
            insert.Parameters[2].Value = draft.Actor.Kind;
            insert.Parameters[3].Value = draft.Actor.Id;
            insert.Parameters[4].Value = draft.Actor.Name;
            insert.Parameters[5].Value = draft.Action;
            insert.Parameters[6].Value = draft.Subject;
            insert.Parameters[7].Value = draft.Origin;
            insert.Parameters[8].Value = hashes[i][..AuditChain.HashSize];
            insert.ExecuteNonQuery();
        }

        Run("COMMIT");
        return drafts.Count;

        void Run(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }

    private static async Task WriteAsync(IAuditLog log, List<AuditDraft> drafts, int writers)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, writers).Select(async _ =>
        {
            await Task.Yield();
            for (var i = Interlocked.Increment(ref next); i < drafts.Count; i = Interlocked.Increment(ref next))
            {
                await log.AppendAsync(drafts[i], CancellationToken.None);
            }
        }));
    }

    private static async Task<Figures> BestAsync(int events, Func<Task> work)
    {
        using var process = Process.GetCurrentProcess();
        var best = new Figures(0, double.MaxValue);
        for (var round = 0; round <= Rounds; round++)
        {
            GC.Collect();
            process.Refresh();
            var (cpu, begun) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
            await work();
            process.Refresh();
            var taken = new Figures(events / Stopwatch.GetElapsedTime(begun).TotalSeconds, (process.TotalProcessorTime - cpu).TotalMicroseconds / events);
            if (round > 0) // the first one warms up
            {
                best = new Figures(Math.Max(best.PerSecond, taken.PerSecond), Math.Min(best.CpuMicroseconds, taken.CpuMicroseconds));
            }
        }

        return best;
    }

    private static void Print(string name, Figures figures, Figures floor) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-36} {figures.PerSecond,12:N0} events/s {figures.CpuMicroseconds,8:F2} us CPU   {figures.PerSecond / floor.PerSecond,6:P0} of the floor's rate, {figures.CpuMicroseconds / floor.CpuMicroseconds:F2} x its CPU"));

    private static Task Done(object result)
    {
        GC.KeepAlive(result);
        return Task.CompletedTask;
    }

    private static AuditDraft Draft(int i) => new(
        TenantId.Default, DateTimeOffset.UnixEpoch.AddSeconds(i), Actor.System, AuditActions.MessageReceived,
        string.Create(CultureInfo.InvariantCulture, $"conversation/0198c0de-0000-7000-8000-{i:x12}/{i % 40}"), "tg", AuditDraft.NoDetails);

    private static ServiceProvider Compose(string folder)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddLogging();
        services.AddPersistence(new DataFolder(folder));
        services.AddSecurity();
        services.AddHouse();
        services.AddMessaging();
        services.AddConversations();
        return services.BuildServiceProvider();
    }

    private static string? Argument(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

    private sealed record Figures(double PerSecond, double CpuMicroseconds);
}
