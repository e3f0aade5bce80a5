using System.Net;
using Assistant.EndToEnd.Tests.Harness;
using Assistant.Testing.Line;
using Assistant.Testing.Messaging;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Assistant.EndToEnd.Tests;

/// <summary>Files to people of a messenger that takes no bytes: it fetches them from the running program, through the one door that asks nobody to sign in.</summary>
public sealed class FetchedFilesTests(Chromium chromium)
{
    private const string Email = "anna@example.test";
    private const string Person = "U00000000000000000000000000004001";

    private static readonly Uri Public = new("https://assistant.example.test/");

    private static readonly byte[] Photo = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    // Of several pieces; nothing looks further into a film than its first bytes.
    private static readonly byte[] Film = [0, 0, 0, 16, .. "ftypisom"u8, 0, 0, 0, 0, .. Enumerable.Range(0, 600_000).Select(i => (byte)(i * 31 >> 3))];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_operator_sends_a_photo_and_a_film_and_the_messenger_fetches_both_and_nobody_else_anything()
    {
        var page = await chromium.NewDeviceAsync();
        await using var line = await LineEmulator.StartAsync();
        await using var house = await StartAsync(line, Public);
        using var net = new PublicNet(Public, new Uri(house.Address));
        line.Net = net;
        using var api = await house.CreateApiAsync("operator");
        var conversation = await HearAsync(line, api);

        var desk = new ConsolePage(page, house.Address);
        await desk.SignInAsync(Email, TestInstallation.Password, $"/conversations/{conversation}");
        await desk.PressAsync("Take over to reply");
        await desk.ChooseFilesAsync(new FilePayload { Name = "家 house.png", MimeType = "image/png", Buffer = Photo });
        await page.Locator(".composer textarea").FillAsync("Here it is:");
        await desk.PressAsync("Send");
        await Eventually.FindAsync("the photo", () => Task.FromResult(line.ShownFiles.Count == 1 ? "" : null));
        await desk.PressAsync("Hand back");
        await Eventually.FindAsync("the conversation to be free", async () => (await api.PostAsync($"conversations/{conversation}/takeover")).Status == HttpStatusCode.OK ? "" : null);
        Assert.Equal(HttpStatusCode.Created, (await api.PostBytesAsync($"conversations/{conversation}/files?name=valve.mp4", Film)).Status);
        await Eventually.FindAsync("the film", () => Task.FromResult(line.ShownFiles.Count == 2 ? "" : null));

        Assert.Equal([("image", Photo.Length), ("video", Film.Length)], line.ShownFiles.Select(file => (file.Type, file.Content.Length)));
        Assert.Equal(Photo, line.ShownFiles[0].Content);
        Assert.Equal(Film, line.ShownFiles[1].Content);
        Assert.True(line.ShownFiles[1].Preview is [0x89, (byte)'P', (byte)'N', (byte)'G', ..]);
        Assert.Contains(line.Shown, shown => (string?)shown.Message["text"] == "Here it is:");

        // What the address is, and what it is not.
        var address = (string)line.Shown.Single(shown => (string?)shown.Message["type"] == "video").Message["originalContentUrl"]!;
        Assert.DoesNotContain(conversation, address, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("valve", address, StringComparison.Ordinal);
        using var anybody = new HttpClient { BaseAddress = new Uri(house.Address) };
        var path = new Uri(address).PathAndQuery;
        using var had = await anybody.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        Assert.Equal((HttpStatusCode.OK, "attachment"), (had.StatusCode, had.Content.Headers.ContentDisposition!.DispositionType));
        Assert.Equal("sandbox; default-src 'none'", string.Join(", ", had.Headers.GetValues("Content-Security-Policy")));
        const string Before = "/files/";
        using var altered = await anybody.GetAsync(new Uri($"{Before}{(path[Before.Length] == 'A' ? 'B' : 'A')}{path[(Before.Length + 1)..]}", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.NotFound, altered.StatusCode);
        Assert.DoesNotContain(path.Split('/')[2], house.App.Output + house.App.Error, StringComparison.Ordinal);

        // A person who is forgotten takes the file along, whatever the address says.
        using var admin = await house.CreateApiAsync("owner");
        var person = (string)(await admin.FindAsync("people", "the person", _ => true))["id"]!;
        var digest = (string)(await admin.GetAsync($"people/{person}/forgetting"))["digest"]!;
        var (code, said) = await house.RunAsync(["people", "forget", "--id", person, "--digest", digest]);
        Assert.True(code == 0, said);
        using var gone = await anybody.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Without_an_https_address_the_operator_is_told_at_once_what_to_set_in_their_language()
    {
        var page = await chromium.NewDeviceAsync();
        await using var line = await LineEmulator.StartAsync();
        await using var house = await StartAsync(line, new Uri("http://assistant.example.test/"));
        using var api = await house.CreateApiAsync("operator");
        var conversation = await HearAsync(line, api);

        var desk = new ConsolePage(page, house.Address);
        await desk.SignInAsync(Email, TestInstallation.Password, $"/conversations/{conversation}");
        await desk.PressAsync("Take over to reply");
        await desk.ChooseFilesAsync(new FilePayload { Name = "house.png", MimeType = "image/png", Buffer = Photo });
        await desk.PressAsync("Send");
        await Expect(page.GetByText("LINE fetches files from this installation, which needs a public https address for that. Set it (Assistant__Public__BaseUrl) and start again.")).ToBeVisibleAsync();
        await desk.PressAsync("Hand back");
        await Eventually.FindAsync("the conversation to be free", async () => (await api.PostAsync($"conversations/{conversation}/takeover")).Status == HttpStatusCode.OK ? "" : null);
        var (status, answer) = await api.PostBytesAsync($"conversations/{conversation}/files?name=house.png", Photo);

        Assert.Equal((HttpStatusCode.BadRequest, true), (status, answer!.ToJsonString().Contains("Assistant__Public__BaseUrl", StringComparison.Ordinal)));
        Assert.DoesNotContain(line.Shown, shown => (string?)shown.Message["type"] != "text");
        Assert.Empty((await api.GetAsync("deadletters"))["items"]!.AsArray());
    }

    private static async Task<TestInstallation> StartAsync(LineEmulator line, Uri publicBase)
    {
        var house = await TestInstallation.CreateAsync(config: Config.Line(line));
        house.Set("Assistant__Public__BaseUrl", publicBase.AbsoluteUri);
        await house.CreateUserAsync(Email, "operator");
        await house.StartAsync();
        line.Callback = new Uri($"{house.Address}/webhooks/line");
        return house;
    }

    private static async Task<string> HearAsync(LineEmulator line, ApiClient api)
    {
        line.Deliver(line.NewMessage(Person, "Have you got a photo of the house?"));
        return (string)(await api.FindAsync("conversations", "the conversation", _ => true))["id"]!;
    }
}
