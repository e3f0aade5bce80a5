using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Assistant.EndToEnd.Tests.Harness;
using Assistant.Testing.Telegram;
using Xunit;

namespace Assistant.EndToEnd.Tests;

/// <summary>
/// The owner of one tenant asks for everything the program has, with the other tenant's ids: through each page and each request of the API
/// that the program's own inventory names. Not a byte of the other tenant's comes back, and nothing happens there.
/// </summary>
public sealed partial class TwoTenantsTests
{
    // In every kind of thing the other tenant has, so that one leak anywhere is seen.
    private const string Canary = "kanarienvogel";
    private const long Li = 4001;
    private const long Stranger = 4002;

    [Theory]
    [InlineData(Database.Sqlite)]
    [InlineData(Database.Postgres)]
    public async Task The_owner_of_one_tenant_gets_nothing_of_the_others_and_changes_nothing_there(Database database)
    {
        await using var telegram = await TelegramEmulator.StartAsync();
        await using var house = await TestInstallation.CreateAsync(database);
        await house.CreateUserAsync($"{Canary}@example.com", "owner");
        await RunAsync(house, "tenants", "create", "--name", "annex");
        await house.CreateUserAsync("bo@example.com", "owner", "annex");
        await RunAsync(house, "roles", "save", "--name", $"{Canary}-role", "--permissions", "people.read");
        await house.StartAsync();
        using var own = await house.CreateApiAsync("owner", name: $"{Canary} key");
        using var foreign = await house.CreateApiAsync("owner", "annex");
        var secrets = await FillAsync(own, telegram);
        var before = await StateAsync(own);

        var leaks = new List<string>();
        var asked = 0;
        // Before anything is written: what the owner names alike would be their own afterwards.
        using var bo = new Visitor(house.Address);
        Assert.Equal("/", await bo.SignInAsync("bo@example.com", TestInstallation.Password));
        foreach (var address in (await PagesAsync(house)).SelectMany(page => Fill(page, secrets)).Concat(Panels))
        {
            asked++;
            Note(leaks, $"page {address}", await bo.ReadAsync(address), address, secrets);
        }

        foreach (var (method, path) in await EndpointsAsync(house))
        {
            foreach (var address in Fill(path, secrets))
            {
                asked++;
                var body = method == HttpMethod.Get || method == HttpMethod.Delete ? null : BodyFor(path);
                var (status, text) = await foreign.SendAsync(method, address, body);
                Note(leaks, $"{method} {address} {status}", text, address, secrets);
            }
        }

        Assert.True(leaks.Count == 0, string.Join('\n', leaks));
        Assert.Equal(before, await StateAsync(own));
        Assert.True(asked > 150, $"Only {asked} requests were made.");
        // The same eyes see the canaries where they belong.
        Assert.Contains(Canary, (await own.SendAsync(HttpMethod.Get, "people")).Text, StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper?.WriteLine($"{asked} requests, {secrets.Count} secrets, 0 leaks");
    }

    private static IEnumerable<string> Panels =>
        [$"/connections?open={Canary}-tg", $"/engines?open={Canary}-engine", $"/people?find={Canary[..6]}", $"/audit?text={Canary[..6]}", $"/conversations?find={Canary[..6]}"];

    /// <summary>Fills the tenant with everything there is; returns what must not be seen elsewhere: the word and every id.</summary>
    private static async Task<List<string>> FillAsync(ApiClient own, TelegramEmulator telegram)
    {
        var settings = new { token = telegram.Token, apiBaseUrl = telegram.BaseUrl, mode = "polling" };
        await own.PutAsync($"channels/{Canary}-tg", new { type = "telegram", displayName = $"{Canary} bot", access = "open", settings });
        await own.PutAsync($"engines/{Canary}-engine", new { type = "embedded", settings = new { } });
        telegram.AddFile("sheet", Encoding.UTF8.GetBytes($"The song of the {Canary}."));
        telegram.Say(Li, "", update =>
        {
            update["from"]!["first_name"] = $"{Canary} Li";
            update.Remove("text");
            update["caption"] = $"Remember that the {Canary} sings at seven";
            update["document"] = new JsonObject { ["file_id"] = "sheet", ["file_unique_id"] = "usheet", ["file_name"] = $"{Canary}.txt" };
        });
        var conversation = (string)(await own.FindAsync("conversations", "the conversation", _ => true))["id"]!;
        await telegram.WaitAsync(t => t.SaidBy(Li).Count > 0, TestContext.Current.CancellationToken);
        await DoAsync(own, $"conversations/{conversation}/takeover");
        await DoAsync(own, $"conversations/{conversation}/notes", new { markdown = $"A note on the {Canary}." });
        telegram.Block(Li);
        await DoAsync(own, $"conversations/{conversation}/reply", new { markdown = $"The {Canary} is fed." });
        await own.FindAsync("deadletters", "the send that failed", _ => true);
        await own.PutAsync($"channels/{Canary}-tg", new { type = "telegram", displayName = $"{Canary} bot", access = "pairing", settings = new { apiBaseUrl = telegram.BaseUrl, mode = "polling" } });
        telegram.Say(Stranger, $"Let the {Canary} in", update => update["from"]!["first_name"] = $"{Canary} stranger");
        await own.FindAsync("people/pairing", "the stranger's request", _ => true);
        await telegram.WaitAsync(t => t.SaidBy(Stranger).Count > 0, TestContext.Current.CancellationToken);
        await SettleAsync(own);

        var ids = new HashSet<string>();
        foreach (var list in new[] { "conversations", $"conversations/{conversation}/messages", "people", "people/pairing", "deadletters", "memberships", "apikeys" })
        {
            ids.UnionWith(Ids().Matches((await own.SendAsync(HttpMethod.Get, list)).Text).Select(id => id.Value));
        }

        Assert.True(ids.Count >= 8, $"Only {ids.Count} ids were found.");
        return [Canary, .. ids];
    }

    /// <summary>Waits until nothing happens in the tenant any more: sends are written down after they were made.</summary>
    private static Task<string> SettleAsync(ApiClient own) => Eventually.FindAsync("the tenant to be quiet", async () =>
    {
        var state = await StateAsync(own);
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        return await StateAsync(own) == state ? state : null;
    });

    /// <summary>Everything the tenant has, and its audit log's head: an effect of any kind writes an event there.</summary>
    private static async Task<string> StateAsync(ApiClient own)
    {
        var state = new List<string>();
        foreach (var list in new[] { "conversations", "people", "people/pairing", "deadletters", "channels", "memberships", "roles", "users" })
        {
            state.Add((await own.SendAsync(HttpMethod.Get, list)).Text);
        }

        using var head = JsonDocument.Parse((await own.SendAsync(HttpMethod.Get, "audit/checkpoint")).Text);
        return string.Join('\n', [.. state.Select(text => Moving().Replace(text, "")), $"{head.RootElement.GetProperty("seq")} {head.RootElement.GetProperty("hash")}"]);
    }

    private static async Task<List<(HttpMethod Method, string Path)>> EndpointsAsync(TestInstallation house)
    {
        var endpoints = (await DoorsAsync(house, "endpoint"))
            .Select(name => name.Split(' ', 2)).Where(parts => parts[1].StartsWith("/api/v1/", StringComparison.Ordinal))
            .Select(parts => (new HttpMethod(parts[0]), parts[1]["/api/v1/".Length..])).ToList();
        Assert.True(endpoints.Count >= 60, $"Only {endpoints.Count} endpoints were found.");
        // Reads first, and what removes things last.
        return [.. endpoints.OrderBy(endpoint => endpoint.Item1 == HttpMethod.Get ? 0 : endpoint.Item1 == HttpMethod.Delete ? 2 : 1)];
    }

    private static async Task<List<string>> PagesAsync(TestInstallation house)
    {
        var pages = await DoorsAsync(house, "page");
        Assert.True(pages.Count >= 20, $"Only {pages.Count} pages were found.");
        return pages;
    }

    private static async Task<List<string>> DoorsAsync(TestInstallation house, string kind)
    {
        var (code, output) = await house.RunAsync(["permissions", "--json"]);
        Assert.True(code == 0, output);
        using var doors = JsonDocument.Parse(output);
        return [.. doors.RootElement.EnumerateArray().Where(door => door.GetProperty("kind").GetString() == kind).Select(door => door.GetProperty("name").GetString()!)];
    }

    /// <summary>The path with the other tenant's ids and names in its gaps, once for each id where it wants one.</summary>
    private static IEnumerable<string> Fill(string path, List<string> secrets)
    {
        var named = path.Replace("{tenant}", "default", StringComparison.Ordinal).Replace("{channel}", $"{Canary}-tg", StringComparison.Ordinal)
            .Replace("{name}", path.StartsWith("engines", StringComparison.Ordinal) ? $"{Canary}-engine" : path.StartsWith("roles", StringComparison.Ordinal) ? $"{Canary}-role" : $"{Canary}-tg", StringComparison.Ordinal)
            .Replace("{Kind}", path.Contains("{Seq:long}", StringComparison.Ordinal) ? "message" : "person", StringComparison.Ordinal)
            .Replace("{Seq:long?}", "2", StringComparison.Ordinal).Replace("{seq:long}", "1", StringComparison.OrdinalIgnoreCase)
            .Replace("{number:int}", "1", StringComparison.Ordinal);
        return Gap().IsMatch(named) ? secrets.Skip(1).Select(id => Gap().Replace(named, id)) : [named];
    }

    /// <summary>A body that would be right for the request if the thing were the caller's own.</summary>
    private static object BodyFor(string path) => new
    {
        markdown = "Eve was here", decision = path.Contains("pairing", StringComparison.Ordinal) ? "approve" : "drop", seq = 1, standing = "blocked",
        role = "viewer", permissions = new[] { "people.read" }, email = "eve@example.com", password = TestInstallation.Password, next = "a quite different one",
        secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", code = "000000", name = "eve", displayName = "Eve", access = "blocked", enabled = false,
        type = path.StartsWith("engines", StringComparison.Ordinal) ? "embedded" : "webchat", settings = new { }, digest = new string('0', 64),
    };

    // What was sent may come back: it is known already.
    private static void Note(List<string> leaks, string what, string text, string address, List<string> secrets) => leaks.AddRange(secrets
        .Where(secret => !address.Contains(secret, StringComparison.Ordinal) && text.Contains(secret, StringComparison.OrdinalIgnoreCase))
        .Select(secret => $"{what} shows {secret}: {text[..Math.Min(text.Length, 300)]}"));

    private static async Task DoAsync(ApiClient api, string path, object? body = null)
    {
        var (status, answer) = await api.PostAsync(path, body);
        Assert.True(status < HttpStatusCode.BadRequest, $"{path}: {status} {answer}");
    }

    private static async Task RunAsync(TestInstallation house, params string[] args)
    {
        var (code, output) = await house.RunAsync(args);
        Assert.True(code == 0, output);
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Ids();

    [GeneratedRegex("\\{\\w+:guid\\??\\}")]
    private static partial Regex Gap();

    // Health is looked at again and again.
    [GeneratedRegex("\"health\":\\{[^}]*\\}")]
    private static partial Regex Moving();
}
