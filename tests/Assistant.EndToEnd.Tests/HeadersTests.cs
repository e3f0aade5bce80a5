using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Assistant.EndToEnd.Tests.Harness;
using Xunit;

namespace Assistant.EndToEnd.Tests;

/// <summary>Every way in of the inventory, knocked at: what its answers let a browser do, and how much it reads.</summary>
public sealed partial class HeadersTests(SharedHouse shared) : IClassFixture<SharedHouse>
{
    private const string Ada = "ada@example.test";
    private const int MaxBodyBytes = 1 << 20;
    private const int MaxCallbackBytes = 4 << 20;

    // So that an answer is read even where the server does not want the body.
    private static readonly (string, string) AskFirst = ("Expect", "100-continue");

    [Fact]
    public async Task Every_page_runs_its_own_scripts_alone_is_framed_by_nobody_and_is_not_kept()
    {
        var house = await shared.OpenAsync(StartAsync);
        using var visitor = await SignInAsync(house);
        var pages = new List<string>();
        foreach (var path in (await GettableAsync(house)).Append("/no/such/page").Append("/chat/closed").Append("/hubs/chat"))
        {
            var answer = await visitor.OpenAsync(path);
            if (!answer.IsPage)
            {
                continue;
            }

            pages.Add(path);
            var policy = answer.Headers["Content-Security-Policy"];
            var scripts = Directive(policy, "script-src");
            Assert.DoesNotContain("unsafe", scripts, StringComparison.Ordinal);
            Assert.DoesNotContain("http", scripts, StringComparison.Ordinal);
            Assert.Equal(path.StartsWith("/chat/", StringComparison.Ordinal) ? "'self'" : "'none'", Directive(policy, "frame-ancestors"));
            Assert.Contains(Directive(policy, "base-uri"), new[] { "'self'", "'none'" });
            Assert.Contains(Directive(policy, "form-action"), new[] { "'self'", "'none'" });
            Assert.Contains("no-store", answer.Headers["Cache-Control"], StringComparison.Ordinal);
            Assert.All(InlineScript().Matches(answer.Body), script => AssertAllowed(script.Value, scripts, path));
            Assert.DoesNotMatch(Handler(), answer.Body);
            Assert.DoesNotContain("unsafe", Directive(policy, "style-src"), StringComparison.Ordinal);
            Assert.DoesNotMatch(PlainStyle(), answer.Body);
        }

        Assert.True(pages.Count >= 15, string.Join('\n', pages)); // fewer would mean that they are not looked at any more
    }

    [Fact]
    public async Task Every_answer_says_how_it_may_be_used_and_over_https_that_it_stays_there()
    {
        var house = await shared.OpenAsync(StartAsync);
        using var visitor = await SignInAsync(house);
        using var plain = new Visitor(house.Address);
        foreach (var path in (await GettableAsync(house)).Append("/no/such/page").Append("/api/v1/nothing"))
        {
            var answer = await visitor.OpenAsync(path);
            Assert.True(answer.Headers.TryGetValue("X-Content-Type-Options", out var sniffing) && sniffing == "nosniff", path);
            Assert.Equal("same-origin", answer.Headers["Cross-Origin-Opener-Policy"]);
            Assert.Equal(path.EndsWith("widget.js", StringComparison.Ordinal) ? "cross-origin" : "same-origin", answer.Headers["Cross-Origin-Resource-Policy"]);
            Assert.Contains(answer.Headers["Referrer-Policy"], new[] { "same-origin", "no-referrer" });
            Assert.Contains("camera=()", answer.Headers["Permissions-Policy"], StringComparison.Ordinal);
            Assert.StartsWith("max-age=63072000", answer.Headers["Strict-Transport-Security"], StringComparison.Ordinal);
            Assert.DoesNotContain("Server", answer.Headers.Keys);
            Assert.True(
                path.EndsWith("widget.js", StringComparison.Ordinal) || answer.Headers["Cache-Control"].Contains("no-store", StringComparison.Ordinal), path);
        }

        Assert.DoesNotContain("Strict-Transport-Security", (await plain.OpenAsync("/account/sign-in")).Headers.Keys);
    }

    [Fact]
    public async Task No_way_in_takes_more_than_it_needs()
    {
        await using var house = await StartAsync();
        using var visitor = await SignInAsync(house);
        var (code, made) = await house.RunAsync(["apikeys", "create", "--name", "sizes", "--role", "owner", "--json"]);
        Assert.True(code == 0, made);
        var key = System.Text.Json.JsonDocument.Parse(made).RootElement.GetProperty("key").GetString()!;
        var doors = (await Doors.ReadAsync(house)).Where(door => door.Method is "POST" or "PUT" or "PATCH").ToList();
        Assert.True(doors.Count >= 25, $"{doors.Count} doors take a body.");
        foreach (var door in doors)
        {
            using var body = new StringContent($$"""{"a":"{{new string('x', MaxBodyBytes)}}"}""", Encoding.UTF8, "application/json");
            if (await TryAsync(visitor, new HttpMethod(door.Method), Doors.Fill(door.Path), body, ("Authorization", $"Bearer {key}"), AskFirst) is not { } answer)
            {
                continue; // hung up on
            }

            // A door that never reads the body has no use for its size: it sends people away.
            Assert.True(
                answer.Status is HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.Redirect || (int)answer.Status is >= 400 and < 500
                || (answer.Status == HttpStatusCode.OK && (answer.Body == "expired" || door.Path.EndsWith("/{name}/test", StringComparison.Ordinal))),
                $"{door.Method} {door.Path}: {(int)answer.Status} {answer.Body}");
            if (door.Path.StartsWith("/api/", StringComparison.Ordinal) && !door.Path.Contains('{'))
            {
                Assert.True(answer.Status == HttpStatusCode.RequestEntityTooLarge || (int)answer.Status is 400 or 404 or 415, $"{door.Path}: {answer.Status}");
            }
        }

        Assert.Equal(HttpStatusCode.OK, await visitor.StatusOfAsync("/health/live"));
        var webhook = await TryAsync(visitor, HttpMethod.Post, "/webhooks/desk", new ByteArrayContent(new byte[MaxCallbackBytes + 1]), AskFirst);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, webhook?.Status ?? HttpStatusCode.RequestEntityTooLarge);
        var form = await TryAsync(
            visitor, HttpMethod.Post, "/account/sign-in", new ByteArrayContent(new byte[MaxBodyBytes + 1]) { Headers = { { "Content-Type", "application/x-www-form-urlencoded" } } }, AskFirst);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, form?.Status ?? HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData("https://evil.example", null)]
    [InlineData("null", null)]
    [InlineData("http://assistant.example.test.evil.example", null)]
    [InlineData("https://assistant.example.test:8443", null)]
    [InlineData(null, "cross-site")]
    [InlineData(null, "same-site")]
    public async Task Another_sites_page_reaches_nothing_that_cookies_open(string? origin, string? site)
    {
        var house = await shared.OpenAsync(StartAsync);
        using var visitor = await SignInAsync(house);
        (string, string)[] own = origin is not null ? [("Origin", origin)] : [("Sec-Fetch-Site", site!)];

        foreach (var door in (await Doors.ReadAsync(house)).Where(door => IsOpenedByCookies(door.Path) && door.Method is not ("GET" or "HEAD" or "*")))
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await visitor.SendAsync(new HttpMethod(door.Method), Doors.Fill(door.Path), null, own)).Status);
        }

        foreach (var path in new[] { "/audit/export.jsonl", $"/people/{Guid.Empty}/export/json", $"/conversations/{Guid.Empty}/messages/1/attachments/1" })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await visitor.SendAsync(HttpMethod.Get, path, null, own)).Status);
        }

        foreach (var (method, path) in new[] { (HttpMethod.Get, "/_blazor"), (HttpMethod.Post, "/_blazor/negotiate"), (HttpMethod.Post, "/_blazor/disconnect") })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await visitor.SendAsync(method, path, null, own)).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await visitor.SendAsync(HttpMethod.Get, "/account", null, own)).Status); // a link from elsewhere may lead here
        Assert.Equal(
            HttpStatusCode.OK,
            (await visitor.SendAsync(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1", null, ("Origin", "https://assistant.example.test"))).Status);
    }

    // The server may hang up on a body it does not want, before its answer is read.
    private static async Task<Answer?> TryAsync(Visitor visitor, HttpMethod method, string path, HttpContent body, params (string, string)[] own)
    {
        try
        {
            return await visitor.SendAsync(method, path, body, own);
        }
        catch (HttpRequestException hungUp) when (hungUp.InnerException is IOException)
        {
            return null;
        }
    }

    private static bool IsOpenedByCookies(string path)
        => !path.StartsWith("/api", StringComparison.Ordinal) && !path.StartsWith("/webhooks", StringComparison.Ordinal);

    private static async Task<TestInstallation> StartAsync()
    {
        var house = await TestInstallation.CreateAsync(config: Config.OpenWebChat);
        house.Set("Assistant__Proxy__Trusted", "127.0.0.1");
        await house.CreateUserAsync(Ada, "owner");
        await house.StartAsync();
        return house;
    }

    private static async Task<Visitor> SignInAsync(TestInstallation house)
    {
        var visitor = new Visitor(house.Address, ("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "assistant.example.test"));
        Assert.Equal("/", await visitor.SignInAsync(Ada, TestInstallation.Password));
        return visitor;
    }

    private static async Task<IEnumerable<string>> GettableAsync(TestInstallation house)
        => (await Doors.ReadAsync(house)).Where(door => door.Method is "GET" or "*").Select(door => Doors.Fill(door.Path)).Distinct();

    private static string Directive(string policy, string name)
        => policy.Split(';', StringSplitOptions.TrimEntries).Single(part => part.StartsWith(name + " ", StringComparison.Ordinal))[(name.Length + 1)..];

    private static void AssertAllowed(string tag, string scripts, string path)
    {
        var isData = tag.Contains("application/json", StringComparison.Ordinal);
        var nonce = Nonce().Match(tag).Groups[1].Value;
        Assert.True(isData || (nonce.Length > 0 && scripts.Contains($"'nonce-{WebUtility.HtmlDecode(nonce)}'", StringComparison.Ordinal)), $"{path}: {tag}");
    }

    [GeneratedRegex("<style(?![^>]* nonce=)", RegexOptions.IgnoreCase)]
    private static partial Regex PlainStyle();

    [GeneratedRegex("<script(?![^>]* src=)[^>]*>")]
    private static partial Regex InlineScript();

    [GeneratedRegex("nonce=\"([^\"]+)\"")]
    private static partial Regex Nonce();

    [GeneratedRegex("<[a-z][^>]*\\s(on[a-z]+\\s*=|(href|src|action|formaction)\\s*=\\s*[\"']?javascript:)", RegexOptions.IgnoreCase)]
    private static partial Regex Handler();
}
