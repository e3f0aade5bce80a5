// Three people say two hundred things that occur nowhere else: in chat, as names of files, in what they ask to be remembered; colleagues
// write notes about them. Each is forgotten by a verb that is killed on its way. The server then brings the rest to its end, and every
// table, file, output and export is searched for each of the two hundred. A fourth person stays, and shows that the search finds.
using System.Data.Common;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Assistant.EndToEnd.Tests.Harness;
using Assistant.Testing.Telegram;
using Microsoft.Data.Sqlite;
using Npgsql;
using Xunit;

namespace Assistant.EndToEnd.Tests;

/// <summary>What was forgotten is nowhere, however often forgetting it was cut off.</summary>
public sealed class ForgettingTests
{
    private const int CanariesEach = 67;
    private const long Stays = 5000;

    // Per database, a person each. More of them find rarer moments: ASSISTANT_ERASURE_KILLS.
    private static readonly int Kills = int.Parse(
        Environment.GetEnvironmentVariable("ASSISTANT_ERASURE_KILLS") ?? "3", CultureInfo.InvariantCulture);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task Two_hundred_canaries_of_forgotten_people_are_nowhere_though_every_erasure_was_killed(Database database)
    {
        await using var telegram = await TelegramEmulator.StartAsync();
        await using var house = await TestInstallation.CreateAsync(database, Config.Telegram(telegram));
        house.Set("Logging__LogLevel__Default", "Debug");
        await house.StartAsync();
        using var api = await house.CreateApiAsync("owner");
        var lives = await Task.WhenAll(Enumerable.Range(0, Kills + 1).Select(person => LiveAsync(api, telegram, Stays + person, person == 0 ? 9 : CanariesEach)));
        var (control, canaries) = (lives[0], lives.Skip(1).SelectMany(words => words).ToList());
        var people = (await api.GetAsync("people"))["items"]!.AsArray().Where(person => !((string)person!["displayName"]!).Contains(control[0], StringComparison.Ordinal))
            .Select(person => (string)person!["id"]!).ToList();
        Assert.Equal(Kills, people.Count);
        await SettleAsync(api, people);
        // All of it is there, and sealed: only the names lie plain, by which the search shows that it finds what is there.
        var exports = new StringBuilder();
        foreach (var person in people)
        {
            exports.Append(await ExportAsync(house, person));
        }

        Assert.All(canaries, canary => Assert.Contains(canary, exports.ToString(), StringComparison.Ordinal));
        var contents = canaries.ConvertAll(canary => Convert.ToBase64String(ContentOf(canary))).FindAll(content => exports.ToString().Contains(content, StringComparison.Ordinal));
        Assert.Equal(Kills * (CanariesEach / 4), contents.Count);
        var plain = ReadTables(house);
        Assert.Equal(Kills, canaries.Count(canary => plain.Contains(canary, StringComparison.Ordinal)));
        var previews = new Dictionary<string, JsonNode>();
        foreach (var person in people)
        {
            previews[person] = await api.GetAsync($"people/{person}/forgetting");
        }

        await house.KillAsync(); // or its worker would finish what the killed verb began
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var (begun, interrupted) = (0, 0);
        foreach (var person in people)
        {
            begun++;
            await using var verb = house.Start("people", "forget", "--id", person, "--digest", (string)previews[person]["digest"]!);
            await Eventually.FindAsync("the erasure to begin", () => Task.FromResult(States(house).Count == begun ? verb : null));
            await Task.Delay(random.Next(25), Cancel);
            await verb.KillAsync();
            interrupted += States(house)[^1] != "Certified" ? 1 : 0;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {interrupted} of {Kills} kills left an erasure unfinished");
        Assert.NotEqual(0, interrupted);
        await house.StartAsync();
        await Eventually.FindAsync("every certificate", () => Task.FromResult(States(house).All(state => state == "Certified") ? house : null));

        var erasures = (await api.GetAsync("erasures"))["items"]!.AsArray();
        Assert.Equal(Kills, erasures.Count);
        foreach (var erasure in erasures)
        {
            await AssertCertifiedAsync(api, erasure!, previews);
        }

        telegram.Say(Stays + 1, "hello, it is me");
        await Eventually.FindAsync("a stranger beside the one who stayed", async () => (await api.GetAsync("people"))["items"]!.AsArray().Count == 2 ? house : null);
        await AssertNowhereAsync(house, api, [.. canaries, .. contents], control);
        Assert.Contains("\"intact\":true", await RunAsync(house, "audit", "verify", "--json"), StringComparison.Ordinal);
    }

    /// <summary>Lets somebody say what nobody else says, by every way there is; returns the words.</summary>
    private static async Task<List<string>> LiveAsync(ApiClient api, TelegramEmulator telegram, long person, int count)
    {
        var words = Enumerable.Range(0, count).Select(i => $"kanarie{person}x{i:D3}{Guid.CreateVersion7():N}"[..28]).ToList();
        var name = words[0];
        void Named(JsonObject message) => message["from"]!["first_name"] = name;
        var spoken = words.Skip(1).Take(count / 2).ToList();
        foreach (var (word, at) in spoken.Select((word, at) => (word, at)))
        {
            telegram.Say(person, at % 4 == 0 ? $"Remember that the bird is called {word}." : $"Is {word} singing today?", Named);
        }

        var files = words.Skip(1 + spoken.Count).Take(count / 4).ToList();
        foreach (var word in files)
        {
            telegram.AddFile("f" + word, ContentOf(word));
            telegram.Say(person, "", message =>
            {
                Named(message);
                message.Remove("text");
                message["document"] = new JsonObject { ["file_id"] = "f" + word, ["file_unique_id"] = "u" + word, ["file_name"] = word + ".pdf", ["mime_type"] = "application/pdf", ["file_size"] = 10 };
            });
        }

        await telegram.WaitAsync(t => t.SaidBy(person).Count >= spoken.Count, Cancel, TimeSpan.FromSeconds(60));
        var conversation = (string)(await api.FindAsync($"conversations?text={name}", "the conversation", _ => true))["id"]!;
        foreach (var word in words.Skip(1 + spoken.Count + files.Count))
        {
            var (status, answer) = await api.PostAsync($"conversations/{conversation}/notes", new { markdown = $"keeps {word}" });
            Assert.True((int)status == 201, answer?.ToString());
        }

        return words;
    }

    /// <summary>What lies in the file that goes by the word's name.</summary>
    private static byte[] ContentOf(string word) => Encoding.ASCII.GetBytes($"%PDF-1.7 holds {word}");

    /// <summary>Waits until nothing more comes in and the search index has followed.</summary>
    private static async Task SettleAsync(ApiClient api, List<string> people)
    {
        var last = "";
        await Eventually.FindAsync("everything to be stored and entered", async () =>
        {
            var now = string.Join('\n', await Task.WhenAll(people.Select(async id => (await api.SendAsync(HttpMethod.Get, $"people/{id}/forgetting")).Text)));
            var isQuiet = now == last;
            last = now;
            await Task.Delay(TimeSpan.FromSeconds(1.5), Cancel);
            return isQuiet ? now : null;
        });
    }

    private static async Task AssertCertifiedAsync(ApiClient api, JsonNode erasure, Dictionary<string, JsonNode> previews)
    {
        var person = ((string)erasure["subject"]!)["person/".Length..];
        var (_, certificate) = await api.SendAsync(HttpMethod.Get, $"erasures/{erasure["id"]}/certificate");
        var certified = certificate.Split('\n').Where(line => line.StartsWith("count ", StringComparison.Ordinal)).Select(line => line.Split(' '))
            .ToDictionary(parts => parts[1], parts => long.Parse(parts[2], CultureInfo.InvariantCulture));
        // Requests for proof and kept answers follow by themselves; the verb asks for none.
        var counted = previews[person]["counts"]!.AsObject().Where(count => count.Key != "keptAnswers").ToDictionary(count => count.Key, count => (long)count.Value!);
        certified.Remove("keptAnswers");
        Assert.Equal(counted.OrderBy(c => c.Key, StringComparer.Ordinal), certified.OrderBy(c => c.Key, StringComparer.Ordinal));
        Assert.True(certified["messages"] + certified["notes"] >= CanariesEach, certificate);
    }

    private static async Task AssertNowhereAsync(TestInstallation house, ApiClient api, List<string> canaries, List<string> control)
    {
        var places = new List<(string Name, string Text)> { ("tables", ReadTables(house)) };
        Assert.Contains(control[0], places[0].Text, StringComparison.Ordinal);
        foreach (var path in new[] { "conversations", "people", "people/pairing", "deadletters", "erasures", "audit?limit=200" })
        {
            places.Add((path, (await api.SendAsync(HttpMethod.Get, path)).Text));
        }

        places.Add(("audit export", await RunAsync(house, "audit", "export")));
        var stayed = (await api.GetAsync("people"))["items"]!.AsArray().Single(person => ((string)person!["displayName"]!) == control[0])!;
        places.Add(("export", await ExportAsync(house, (string)stayed["id"]!)));
        Assert.All(control, word => Assert.Contains(word, places[^1].Text, StringComparison.Ordinal));
        await house.KillAsync();
        places.Add(("output", house.App.Output + house.App.Error));
        places.AddRange(Directory.EnumerateFiles(house.DataFolder, "*", SearchOption.AllDirectories)
            .Select(file => (Path.GetFileName(file), Encoding.Latin1.GetString(File.ReadAllBytes(file)))));
        var hits = from place in places
                   from canary in canaries
                   where place.Text.Contains(canary, StringComparison.Ordinal)
                   select $"{canary} in {place.Name}";
        Assert.Empty(hits);
        TestContext.Current.TestOutputHelper?.WriteLine($"{canaries.Count} canaries, {places.Count} places, {places.Sum(p => (long)p.Text.Length)} characters, 0 hits");
    }

    private static async Task<string> ExportAsync(TestInstallation house, string person)
    {
        var export = Path.Combine(house.DataFolder, "..", $"export-{Guid.CreateVersion7():N}.json");
        await RunAsync(house, "people", "export", "--id", person, "--out", export);
        return await File.ReadAllTextAsync(export, Cancel);
    }

    private static List<string> States(TestInstallation house) => [.. Read(house, "SELECT state FROM erasures ORDER BY id", row => row.GetString(0))];

    /// <summary>Every column of every row.</summary>
    private static string ReadTables(TestInstallation house)
    {
        var tables = Read(
            house,
            house.IsOnPostgres ? "SELECT tablename FROM pg_tables WHERE schemaname = 'public'" : "SELECT name FROM sqlite_master WHERE type = 'table'",
            row => row.GetString(0));
        var text = new StringBuilder();
        foreach (var table in tables)
        {
            foreach (var line in Read(house, $"SELECT * FROM \"{table}\"", RowText))
            {
                text.Append(line).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string RowText(DbDataReader row) => string.Join('|', Enumerable.Range(0, row.FieldCount).Select(i => row.IsDBNull(i) ? "" : row.GetValue(i) switch
    {
        byte[] bytes => Encoding.Latin1.GetString(bytes),
        var value => Convert.ToString(value, CultureInfo.InvariantCulture),
    }));

    private static List<T> Read<T>(TestInstallation house, string sql, Func<DbDataReader, T> map)
    {
        using DbConnection connection = house.IsOnPostgres
            ? new NpgsqlConnection(house.ConnectionString)
            : new SqliteConnection($"Data Source={Path.Combine(house.DataFolder, "assistant.db")};Pooling=False;Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // names of tables
        command.CommandText = sql;
#pragma warning restore CA2100
        using var row = command.ExecuteReader();
        var rows = new List<T>();
        while (row.Read())
        {
            rows.Add(map(row));
        }

        return rows;
    }

    private static async Task<string> RunAsync(TestInstallation house, params string[] args)
    {
        var (code, output) = await house.RunAsync(args);
        Assert.True(code == 0, output);
        return output;
    }
}
