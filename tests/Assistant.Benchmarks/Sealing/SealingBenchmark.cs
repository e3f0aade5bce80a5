using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Assistant.Domain.People;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Keys;
using Assistant.Domain.Tenancy;
using Assistant.Infrastructure;
using Assistant.Infrastructure.Conversations;
using Assistant.Infrastructure.Messaging;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security;
using Assistant.Infrastructure.Security.Sealing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Benchmarks.Sealing;

// The floor is AES-256-GCM of the same bytes with a key that is already scheduled. What sealing takes beyond it: a header, the binding to
// a place, a cipher made for each value, and for a person's value the read and opening of their key.

/// <summary>Sealing and opening beside AES-256-GCM; prints values per second.</summary>
internal static class SealingBenchmark
{
    private const int Rounds = 3;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const string Place = "turns/0198c0de-0000-7000-8000-000000000001/text";

    /// <summary>Arguments: <c>[--values 100000] [--bytes 400]</c>.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var values = int.Parse(Argument(args, "--values") ?? "100000", CultureInfo.InvariantCulture);
        var plaintext = RandomNumberGenerator.GetBytes(int.Parse(Argument(args, "--bytes") ?? "400", CultureInfo.InvariantCulture));
        var folder = Directory.CreateTempSubdirectory("assistant-bench-");
        try
        {
            await using var services = Compose(folder.FullName);
            await services.GetRequiredService<Installation>().PrepareAsync(CancellationToken.None);
            var (sealer, people) = (services.GetRequiredService<ISecretSealer>(), services.GetRequiredService<IPersonSealer>());
            var (tenant, person) = (TenantId.Default, PersonId.Create());
            var bySecret = await sealer.SealAsync(tenant, Place, plaintext, CancellationToken.None);
            var byPerson = await people.SealAsync(tenant, person, Place, plaintext, CancellationToken.None);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{values} values of {plaintext.Length} bytes, best of {Rounds} rounds\n"));

            using var floor = new Floor(plaintext);
            var closing = await BestAsync(values, () => Done(floor.Close));
            var opening = await BestAsync(values, () => Done(floor.Open));
            Print("floor: AES-256-GCM encrypt", closing, closing);
            Print("ISecretSealer.SealAsync", await BestAsync(values, () => sealer.SealAsync(tenant, Place, plaintext, CancellationToken.None)), closing);
            Print("IPersonSealer.SealAsync", await BestAsync(values, () => people.SealAsync(tenant, person, Place, plaintext, CancellationToken.None)), closing);
            var (bodies, database) = (services.GetRequiredService<BodySealer>(), services.GetRequiredService<IDatabase>());
            using var session = new SqlSession(database, database.Open(forWriting: false));
            using var keys = bodies.In(session, tenant);
            var key = keys.Find(person)!;
            Print("PersonKey.Seal, key at hand", await BestAsync(values, () => Done(() => key.Seal(Place, plaintext))), closing);
            Print("floor: AES-256-GCM decrypt", opening, opening);
            Print("ISecretSealer.OpenAsync", await BestAsync(values, () => sealer.OpenAsync(tenant, Place, bySecret, CancellationToken.None)), opening);
            Print("IPersonSealer.OpenAsync", await BestAsync(values, () => people.OpenAsync(tenant, person, Place, byPerson, CancellationToken.None)), opening);
            Print("PersonKey.Open, key at hand", await BestAsync(values, () => Done(() => key.Open(Place, byPerson))), opening);
            Print("PersonKeyRing with one key", await BestAsync(values, () => Done(() => Read(bodies, session, tenant, person))), opening);
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<double> BestAsync(int values, Func<Task> work)
    {
        var best = 0.0;
        for (var round = 0; round <= Rounds; round++)
        {
            var begun = Stopwatch.GetTimestamp();
            for (var i = 0; i < values; i++)
            {
                await work();
            }

            // The first one warms up.
            best = round == 0 ? best : Math.Max(best, values / Stopwatch.GetElapsedTime(begun).TotalSeconds);
        }

        return best;
    }

    private static void Read(BodySealer bodies, SqlSession session, TenantId tenant, PersonId person)
    {
        using var keys = bodies.In(session, tenant);
        keys.Find(person);
    }

    private static Task Done(Action work)
    {
        work();
        return Task.CompletedTask;
    }

    private static void Print(string name, double perSecond, double floor) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{name,-30} {perSecond,12:N0} values/s   {perSecond / floor,6:P0} of the floor"));

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

    private sealed class Floor : IDisposable
    {
        private readonly AesGcm _aes = new(RandomNumberGenerator.GetBytes(32), TagSize);
        private readonly byte[] _plaintext;
        private readonly byte[] _opened;
        private readonly byte[] _box;

        public Floor(byte[] plaintext)
        {
            (_plaintext, _opened, _box) = (plaintext, new byte[plaintext.Length], new byte[NonceSize + TagSize + plaintext.Length]);
            Close();
        }

        public void Close()
        {
            RandomNumberGenerator.Fill(_box.AsSpan(0, NonceSize));
            _aes.Encrypt(_box.AsSpan(0, NonceSize), _plaintext, _box.AsSpan(NonceSize + TagSize), _box.AsSpan(NonceSize, TagSize));
        }

        public void Open() => _aes.Decrypt(_box.AsSpan(0, NonceSize), _box.AsSpan(NonceSize + TagSize), _box.AsSpan(NonceSize, TagSize), _opened);

        public void Dispose() => _aes.Dispose();
    }
}
