// Everything a secret could leak through is collected while the program does its work and while it fails at it, at the most talkative level of
// its log; then each place is searched for each secret. A place that nothing was found in because nothing was there is caught by the sizes.
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assistant.EndToEnd.Tests.Harness;
using Assistant.Testing.Ai;
using Assistant.Testing.Telegram;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Assistant.EndToEnd.Tests;

/// <summary>No secret is in a log, a trace, a metric, an answer, an export, a report of the doctor, a crash or, readable, in the database.</summary>
public sealed class CanaryTests(Chromium chromium)
{
    private const string Ada = "ada@example.test";
    private const string EngineKey = "sk-canary-R4nd0mEngineKey-77";
    private const string OtherEngineKey = "sk-canary-NeverStored-78";
    private const string TelegramToken = "70001234:AAcanaryTelegramTokenXyz_0123456789a";
    private const string WrongPassword = "canary wrong password 9931";
    private const long Person = 4021;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Secrets_stay_where_they_belong_whatever_happens()
    {
        var canaries = new Canaries();
        await using var telegram = await TelegramEmulator.StartAsync(TelegramToken);
        await using var engine = await EngineEmulator.StartAsync();
        engine.Fails(401, $"Incorrect API key provided: {EngineKey}.");
        await using var house = await TestInstallation.CreateAsync(config: Configuration(telegram, engine));
        var traces = Path.Combine(Path.GetDirectoryName(house.DataFolder)!, "traces.txt");
        await house.CreateUserAsync(Ada, "owner");
        var (_, made) = await house.RunAsync(["apikeys", "create", "--name", "canary", "--role", "owner", "--json"]);
        var key = (string)JsonNode.Parse(made)!["key"]!;
        house.Set("ASPNETCORE_ENVIRONMENT", "Production");
        house.Set("ASSISTANT_TEST_TRACES", traces);
        house.Set("DOTNET_STARTUP_HOOKS", typeof(CanaryTests).Assembly.Location);
        await house.StartAsync();
        var desk = new ConsolePage(await chromium.NewDeviceAsync(), house.Address);
        var (app, recovery) = await EnrolAsync(desk, canaries);
        canaries.Search("output while enrolling", house.App.Output + house.App.Error);
        await house.KillAsync();
        house.Set("Logging__LogLevel__Default", "Trace");
        house.Set("Logging__LogLevel__Microsoft", "Debug");
        house.Set("Logging__LogLevel__System.Net.Http", "Trace");
        await house.StartAsync();
        canaries.Plant("engine key", EngineKey);
        canaries.Plant("refused engine key", OtherEngineKey);
        canaries.Plant("telegram token", TelegramToken);
        canaries.Plant("API key", key);
        canaries.Plant("password", TestInstallation.Password);
        canaries.Plant("wrong password", WrongPassword);
        canaries.Plant("master key", await File.ReadAllBytesAsync(Path.Combine(house.DataFolder, "master.key"), Cancel));

        await MakeMessengerAndEngineFailAsync(telegram);
        await UseTheConsoleAsync(house, desk, app, recovery, canaries);
        using var api = new HttpClient { BaseAddress = new Uri(house.Address) };
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        await SendWhatIsWrongAsync(api, canaries);
        await ReadEverythingAsync(house, api, canaries);
        foreach (var verb in new string[][] { ["doctor", "--json"], ["audit", "export"], ["audit", "verify", "--json"], ["channels", "list"], ["engines", "list"], ["users", "list", "--json"], ["apikeys", "list"] })
        {
            canaries.Search(string.Join(' ', verb), (await house.RunAsync(verb)).Output);
        }

        await house.KillAsync();
        canaries.Search("standard output", house.App.Output);
        canaries.Search("standard error", house.App.Error);
        canaries.Search("traces", await File.ReadAllTextAsync(traces, Cancel));
        foreach (var file in Directory.EnumerateFiles(house.DataFolder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith("master.key", StringComparison.Ordinal)))
        {
            canaries.Search(Path.GetFileName(file), Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, Cancel)));
        }

        canaries.AssertUnseen();
        Assert.Contains("engine", house.App.Output, StringComparison.OrdinalIgnoreCase);
        Assert.True(house.App.Output.Length > 100_000, "The log was not talkative.");
        Assert.True(new FileInfo(traces).Length > 10_000, "No activity was heard.");
        Assert.True(canaries is { Count: >= 12, Searched.Places: >= 40 }, $"{canaries.Count} secrets, {canaries.Searched.Places} places");
        TestContext.Current.TestOutputHelper?.WriteLine($"{canaries.Count} secrets, {canaries.Searched.Places} places, {canaries.Searched.Characters} characters, 0 hits");
    }

    [Theory]
    [InlineData("unknown setting", "settings: { token: \"" + TelegramToken + "\", colour: blue }")]
    [InlineData("unclosed quote", "settings: { token: \"" + TelegramToken + " }")]
    [InlineData("wrong nesting", "settings: { token: { is: \"" + TelegramToken + "\" } }")]
    public async Task A_start_that_fails_over_the_configuration_repeats_no_secret(string how, string line)
    {
        await using var house = await TestInstallation.CreateAsync(
            config: $"tenants:\n  - name: default\nchannels:\n  - name: tg\n    type: telegram\n    tenant: default\n    {line}\n");

        await AssertSilentAsync(house, how, TelegramToken, EngineKey);
    }

    [Fact]
    public async Task A_token_that_is_none_is_not_repeated_where_it_is_complained_about()
    {
        await using var house = await TestInstallation.CreateAsync(
            config: $"tenants:\n  - name: default\nchannels:\n  - name: tg\n    type: telegram\n    tenant: default\n    settings: {{ token: \"{EngineKey}\" }}\n");
        house.Set("Logging__LogLevel__Default", "Trace");
        await house.StartAsync();
        using var api = await house.CreateApiAsync("owner");

        var channel = (await api.GetAsync("channels/tg")).ToJsonString();
        Assert.Contains("tg", channel, StringComparison.Ordinal);
        var (_, doctor) = await house.RunAsync(["doctor", "--json"]);
        Assert.All([channel, doctor, house.App.Output, house.App.Error], said => Assert.DoesNotContain(EngineKey, said, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Database=a;Username=b;Password=canary-database-77", "cannot be reached")]
    [InlineData("Host=127.0.0.1;Nonsense=1;Password=canary-database-77", "Cannot start")]
    [InlineData("Host=127.0.0.1;Password=unquoted;canary-database-77=1", "Cannot start")]
    [InlineData("Host=127.0.0.1;Port=canary-database-77", "Cannot start")]
    public async Task A_start_that_fails_over_the_database_repeats_no_password(string connection, string says)
    {
        await using var house = await TestInstallation.CreateAsync();
        house.Set("Assistant__Database__Provider", "postgres");
        house.Set("Assistant__Database__ConnectionString", connection);

        Assert.Contains(says, await AssertSilentAsync(house, connection, "canary-database-77"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_fails_over_the_master_key_does_not_show_it()
    {
        const string Key = "canary-master-key-of-a-wrong-size";
        await using var house = await TestInstallation.CreateAsync();
        var path = Path.Combine(Path.GetDirectoryName(house.DataFolder)!, "other.key");
        await File.WriteAllTextAsync(path, Key, Cancel);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        house.Set("ASSISTANT_MASTER_KEY_FILE", path);

        Assert.Contains(path, await AssertSilentAsync(house, "master key", Key), StringComparison.Ordinal);
    }

    private static async Task<string> AssertSilentAsync(TestInstallation house, string how, params string[] secrets)
    {
        house.Set("Logging__LogLevel__Default", "Trace");
        await using var run = house.Start();
        Assert.NotEqual(0, await run.RunToEndAsync().WaitAsync(TimeSpan.FromMinutes(1), Cancel));
        var doctor = await house.RunAsync(["doctor"]);
        var said = run.Output + run.Error + doctor.Output;
        Assert.All(secrets, secret => Assert.False(said.Contains(secret, StringComparison.Ordinal), $"{how}: {said}"));
        return said;
    }

    private static async Task MakeMessengerAndEngineFailAsync(TelegramEmulator telegram)
    {
        telegram.Fail("sendMessage", new TelegramFault.Error(403, $"Forbidden: /bot{TelegramToken}/sendMessage is not allowed"), new TelegramFault.Page(502));
        telegram.Say(Person, "Is anybody there?");
        telegram.Say(Person, "Hello?");
        await telegram.WaitAsync(t => t.SaidBy(Person).Count >= 1, Cancel);
    }

    private static async Task<(SecondStep App, IReadOnlyList<string> Recovery)> EnrolAsync(ConsolePage desk, Canaries canaries)
    {
        await desk.SignInAsync(Ada, TestInstallation.Password, "/account");
        var app = await SecondStep.TurnOnAsync(desk);
        canaries.Plant("seed of one-time codes", app.Seed);
        await desk.PressAsync("Make recovery codes");
        await desk.Page.Locator("#recovery-password").FillAsync(TestInstallation.Password);
        await desk.PressAsync("Make recovery codes");
        await Expect(desk.Page.Locator(".sheet.stack code")).ToHaveCountAsync(10);
        var recovery = await desk.Page.Locator(".sheet.stack code").AllTextContentsAsync();
        canaries.Plant("recovery code", recovery[0]);
        canaries.Plant("used recovery code", recovery[1]);
        return (app, recovery);
    }

    private static async Task UseTheConsoleAsync(
        TestInstallation house, ConsolePage desk, SecondStep app, IReadOnlyList<string> recovery, Canaries canaries)
    {
        using var stranger = new Visitor(house.Address);
        await stranger.SignInAsync(Ada, WrongPassword);
        await stranger.SignInAsync(TestInstallation.Password, WrongPassword); // typed into the wrong field
        await desk.OpenAsync("/connections?open=web");
        await desk.Page.Locator(".choices input[type=radio]:not(:checked)").First.CheckAsync();
        await desk.PressAsync("Save");
        var code = await app.NextCodeAsync(); // six digits are no canary: they turn up by chance
        await desk.Page.Locator("#step-up-code").FillAsync("000000");
        await desk.PressAsync("Confirm");
        await Expect(desk.Page.GetByText("That code is wrong")).ToBeVisibleAsync();
        await desk.Page.Locator("#step-up-code").FillAsync(code);
        await desk.PressAsync("Confirm");
        await Expect(desk.Page.GetByText("Confirm that it is you")).ToBeHiddenAsync();

        foreach (var cookie in await desk.Page.Context.CookiesAsync())
        {
            if (cookie.Name is "assistant" or "assistant-form")
            {
                canaries.Plant($"cookie {cookie.Name}", cookie.Value);
            }
        }

        Assert.Equal("/", await stranger.SignInAsync(Ada, TestInstallation.Password, recovery[1]));
        foreach (var path in new[] { "/engines", "/connections", "/audit", "/dead-letters", "/conversations", "/account", "/members" })
        {
            canaries.Search(path, (await stranger.OpenAsync(path)).Body);
        }
    }

    private static async Task SendWhatIsWrongAsync(HttpClient api, Canaries canaries)
    {
        foreach (var (method, path, body) in new (string, string, string)[]
        {
            ("PUT", "engines/other", $$$"""{"type":"openai","settings":{"apiKey":"{{{OtherEngineKey}}}","baseUrl":"not an address"}}"""),
            ("PUT", "engines/other", $$$"""{"type":"openai","settings":{"apiKey":["{{{OtherEngineKey}}}"]}}"""),
            ("PUT", "engines/other", $$$"""{"type":"openai","settings":{"{{{OtherEngineKey}}}":"x"}}"""),
            ("PUT", "engines/other", $$$"""{"type":"openai","settings":"{{{OtherEngineKey}}}"""),
            ("PUT", "engines/other", $$$"""{"type":"{{{OtherEngineKey}}}","settings":{}}"""),
            ("POST", "engines/scripted/test", "{}"),
            ("PUT", "channels/other", $$$"""{"type":"telegram","access":"open","settings":{"token":"{{{OtherEngineKey}}}"}}"""),
            ("PUT", "channels/other", $$$"""{"type":"telegram","access":"{{{OtherEngineKey}}}","settings":{}}"""),
            ("POST", "channels/tg/test", "{}"),
            ("POST", "users", $$$"""{"email":"bob@example.test","role":"viewer","password":"{{{WrongPassword}}}"}"""),
            ("POST", "users", $$$"""{"email":"bob@example.test","role":"nobody","password":"{{{WrongPassword}}}"}"""),
            ("POST", "users", $$$"""{"email":7,"role":"viewer","password":"{{{WrongPassword}}}"}"""),
        })
        {
            using var answer = await api.SendAsync(
                new HttpRequestMessage(new HttpMethod(method), $"/api/v1/{path}") { Content = new StringContent(body, Encoding.UTF8, "application/json") }, Cancel);
            Assert.NotEqual(HttpStatusCode.InternalServerError, answer.StatusCode);
            var text = await answer.Content.ReadAsStringAsync(Cancel);
            // A caller that names a field after a secret is told which field it was.
            canaries.Search($"{method} {path}", body.Contains($"\"{OtherEngineKey}\":", StringComparison.Ordinal) || body.Contains($"\"type\":\"{OtherEngineKey}", StringComparison.Ordinal) ? "" : text);
        }
    }

    private static async Task ReadEverythingAsync(TestInstallation house, HttpClient api, Canaries canaries)
    {
        var read = new Dictionary<string, string>();
        foreach (var path in (await Doors.ReadAsync(house)).Where(door => door.Method is "GET" or "*").Select(door => door.Path)
            .Where(path => path.StartsWith("/api/", StringComparison.Ordinal) || path is "/metrics" or "/openapi/{documentName}.json" or "/health/ready" or "/health/live")
            .OrderBy(path => path.Length))
        {
            var asked = path.Replace("{documentName}", "v1", StringComparison.Ordinal);
            if (asked.IndexOf('{', StringComparison.Ordinal) is > 0 and var start)
            {
                asked = asked[..start] + FirstOf(read.GetValueOrDefault(asked[..start].TrimEnd('/'), "")) + asked[(asked.IndexOf('}', StringComparison.Ordinal) + 1)..];
            }

            using var answer = await api.GetAsync(asked, Cancel);
            read[asked.TrimEnd('/')] = await answer.Content.ReadAsStringAsync(Cancel);
            canaries.Search($"GET {asked}", read[asked.TrimEnd('/')]);
        }

        Assert.Contains("assistant", read["/metrics"], StringComparison.OrdinalIgnoreCase);
        Assert.Contains("scripted", read["/api/v1/engines"], StringComparison.Ordinal);
        Assert.Contains("scripted", read["/api/v1/engines/scripted"], StringComparison.Ordinal);
        Assert.Contains("Is anybody there?", string.Join('\n', read.Values), StringComparison.Ordinal);
    }

    private static string FirstOf(string list)
    {
        try
        {
            var items = JsonNode.Parse(list) is JsonObject page ? page["items"]?.AsArray() : JsonNode.Parse(list)?.AsArray();
            return (string?)(items?[0]?["name"] ?? items?[0]?["id"]) ?? "none";
        }
        catch (Exception nothing) when (nothing is JsonException or ArgumentOutOfRangeException or InvalidOperationException)
        {
            return Guid.Empty.ToString();
        }
    }

    private static string Configuration(TelegramEmulator telegram, EngineEmulator engine) => $$"""
        tenants:
          - name: default
        channels:
          - name: tg
            type: telegram
            tenant: default
            access: open
            settings: { token: "{{TelegramToken}}", apiBaseUrl: "{{telegram.BaseUrl}}", mode: polling }
        engines:
          - name: scripted
            type: openai
            settings: { baseUrl: "{{engine.Address}}/v1", apiKey: "{{EngineKey}}", model: "m-1" }
            default: true

        """;
}
