using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Assistant.EndToEnd.Tests.Harness;
using Assistant.Testing.Telegram;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Assistant.EndToEnd.Tests;

/// <summary>Files that somebody sends in a messenger are kept, shown to who may see them, and cannot do anything there.</summary>
public sealed class FilesTests(Chromium chromium)
{
    private const long Person = 4001;
    private const string Email = "anna@example.test";
    private const string Secret = "48.8584N 2.2945E";

    // A picture of one pixel, with a comment put in before its data.
    private static readonly byte[] Photo = WithComment(Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_sent_is_kept_shown_and_downloaded_and_what_lies_about_itself_is_not()
    {
        var page = await chromium.NewDeviceAsync();
        await using var telegram = await TelegramEmulator.StartAsync();
        await using var house = await TestInstallation.CreateAsync(config: Config.Telegram(telegram));
        await house.CreateUserAsync(Email, "operator");
        await house.StartAsync();
        using var api = await house.CreateApiAsync("operator");
        Send(telegram, "photo", "家 photo.png", Photo);
        Send(telegram, "lie", "invoice.pdf", "<script>alert(1)</script>"u8.ToArray());
        Send(telegram, "page", "page.html", "<script>alert(2)</script>"u8.ToArray());

        var conversation = (string)(await api.FindAsync("conversations", "the conversation", _ => true))["id"]!;
        var files = await Eventually.FindAsync("every file to come to its end", async () => await FilesAsync(api, conversation) is { Count: 3 } all && all.All(file => (string?)file["state"] != "waiting") ? all : null);
        Assert.Equal(["kept", "refused", "kept"], files.Select(file => (string?)file["state"]));
        Assert.Equal("attachment.not-what-it-says", (string?)files[1]["reason"]);
        Assert.Equal(("image/png", "text/plain"), ((string?)files[0]["mediaType"], (string?)files[2]["mediaType"]));

        var photo = await DownloadAsync(api, house, (string)files[0]["path"]!);
        Assert.Equal("attachment; filename=\"_ photo.png\"; filename*=UTF-8''%E5%AE%B6%20photo.png", photo.Disposition);
        Assert.Equal(("nosniff", "sandbox; default-src 'none'", "no-store", "image/png"), (photo.Sniff, photo.Policy, photo.Cache, photo.Type));
        Assert.DoesNotContain(Secret, Encoding.Latin1.GetString(photo.Content), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await api.StatusOfAsync((string)files[1]["path"]!));
        Assert.Equal("text/plain", (await DownloadAsync(api, house, (string)files[2]["path"]!)).Type);

        var desk = new ConsolePage(page, house.Address);
        await desk.SignInAsync(Email, TestInstallation.Password, $"/conversations/{conversation}");
        var thread = page.Locator("section.thread");
        await Expect(thread.GetByText("refused: Its content is not what its name says.")).ToBeVisibleAsync();
        await desk.PressAsync("Show");
        await Expect(thread.Locator("img.picture")).ToBeVisibleAsync();
        Assert.StartsWith("blob:", await thread.Locator("img.picture").GetAttributeAsync("src"), StringComparison.Ordinal);
        var download = await page.RunAndWaitForDownloadAsync(() => thread.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Download page.html" }).ClickAsync());
        Assert.Equal("page.html", download.SuggestedFilename);
        Assert.Equal("<script>alert(2)</script>", await File.ReadAllTextAsync(await download.PathAsync(), Cancel));

        // By the API twice, the picture shown, the page downloaded.
        using var auditor = await house.CreateApiAsync("auditor");
        var events = (await auditor.GetAsync("audit?limit=200"))["items"]!.AsArray().Count(written => (string?)written!["action"] == "attachment.downloaded");
        Assert.Equal(4, events);
    }

    [Fact]
    public async Task Killed_while_a_file_is_coming_in_the_next_start_fetches_it_once_more_and_keeps_it_whole_and_sealed()
    {
        const string Canary = "canary-4b1f0c";
        var content = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Canary + " all work and no play\n", 20_000))); // three pieces
        await using var telegram = await TelegramEmulator.StartAsync();
        await using var house = await TestInstallation.CreateAsync(config: Config.Telegram(telegram));
        await house.StartAsync();
        telegram.SendsHalves = true;
        Send(telegram, "long", "long.txt", content);
        await telegram.WaitAsync(t => t.Fetches == 1, Cancel);

        await house.KillAsync();
        telegram.SendsHalves = false;
        Assert.Equal((1, 0), (await CountAsync(house, "SELECT COUNT(*) FROM attachments WHERE state = 'Waiting'"), await CountAsync(house, "SELECT COUNT(*) FROM attachment_chunks")));
        await LetTheClaimRunOutAsync(house);
        await house.StartAsync();
        using var api = await house.CreateApiAsync("operator");
        var conversation = (string)(await api.FindAsync("conversations", "the conversation", _ => true))["id"]!;
        var files = await Eventually.FindAsync("the file to be kept", async () => await FilesAsync(api, conversation) is { Count: > 0 } all && all.All(file => (string?)file["state"] == "kept") ? all : null);

        Assert.Equal(content, (await DownloadAsync(api, house, (string)Assert.Single(files)["path"]!)).Content);
        Assert.Equal(2, telegram.Fetches);
        Assert.Equal((1, 3), (await CountAsync(house, "SELECT COUNT(*) FROM attachments"), await CountAsync(house, "SELECT COUNT(*) FROM attachment_chunks")));
        await house.KillAsync();
        foreach (var file in Directory.GetFiles(house.DataFolder, "assistant.db*"))
        {
            Assert.Equal(-1, (await File.ReadAllBytesAsync(file, Cancel)).AsSpan().IndexOf(Encoding.UTF8.GetBytes(Canary)));
        }
    }

    [Fact]
    public async Task An_operator_sends_files_in_the_console_and_over_the_interface_and_each_arrives_once_also_across_a_kill()
    {
        var page = await chromium.NewDeviceAsync();
        await using var telegram = await TelegramEmulator.StartAsync();
        await using var house = await TestInstallation.CreateAsync(config: Config.Telegram(telegram));
        await house.CreateUserAsync(Email, "operator");
        await house.StartAsync();
        using var api = await house.CreateApiAsync("operator");
        telegram.Say(Person, "Have you got the plan?");
        var conversation = (string)(await api.FindAsync("conversations", "the conversation", _ => true))["id"]!;
        var desk = new ConsolePage(page, house.Address);
        await desk.SignInAsync(Email, TestInstallation.Password, $"/conversations/{conversation}");
        await desk.PressAsync("Take over to reply");
        await desk.ChooseFilesAsync(
            new FilePayload { Name = "the plan 计划.txt", MimeType = "text/plain", Buffer = "first the roof"u8.ToArray() },
            new FilePayload { Name = "house.png", MimeType = "image/png", Buffer = Photo });
        await page.Locator(".composer textarea").FillAsync("Here it is:");
        await desk.PressAsync("Send");
        await telegram.WaitAsync(t => t.SaidBy(Person).Count(said => said.File is not null) == 2, Cancel);
        await Expect(page.Locator(".composer .chosen")).ToHaveCountAsync(0);
        await Expect(page.Locator("section.thread").GetByText("the plan 计划.txt")).ToBeVisibleAsync();

        // The next ones meet a messenger that asks for patience, and a kill.
        await desk.PressAsync("Hand back");
        await Eventually.FindAsync("the conversation to be free", async () => (await api.PostAsync($"conversations/{conversation}/takeover")).Status == HttpStatusCode.OK ? "" : null);
        telegram.Fail("sendDocument", TelegramFault.TooMany(seconds: 2));
        var path = $"conversations/{conversation}/files?name=";
        var (status, _) = await api.PostBytesAsync(path + "last.txt", "then the rest"u8.ToArray());
        Assert.Equal(HttpStatusCode.Created, status);
        await telegram.WaitAsync(t => t.Calls.Count(call => call.Method.Equals("sendDocument", StringComparison.OrdinalIgnoreCase)) == 2, Cancel);
        await house.KillAsync();
        await house.StartAsync();
        await telegram.WaitAsync(t => t.SaidBy(Person).Count(said => said.File is not null) == 3, Cancel);

        var (lie, answer) = await api.PostBytesAsync(path + "invoice.pdf", "<script>alert(1)</script>"u8.ToArray());
        Assert.Equal((HttpStatusCode.BadRequest, true), (lie, answer!.ToJsonString().Contains("Its content is not what its name says.", StringComparison.Ordinal)));
        var shown = telegram.SaidBy(Person).SkipWhile(said => said.Text != "Here it is:").ToList();
        Assert.Equal(["Here it is:", "the plan 计划.txt", "house.png", "last.txt"], shown.Select(said => said.File?.Name ?? said.Text));
        Assert.Equal(["first the roof", "then the rest"], shown.Where(said => said.File?.Name.EndsWith(".txt", StringComparison.Ordinal) == true).Select(said => Encoding.UTF8.GetString(said.File!.Content)));
        Assert.DoesNotContain(Secret, Encoding.Latin1.GetString(shown[2].File!.Content), StringComparison.Ordinal);
    }

    // Half a minute of waiting for the killed process's claim, at once.
    private static Task<int> LetTheClaimRunOutAsync(TestInstallation house) => RunAsync(
        house, "UPDATE attachments SET due_at = (SELECT m.at FROM messages m WHERE m.conversation_id = attachments.conversation_id AND m.seq = attachments.seq)",
        command => command.ExecuteNonQueryAsync(Cancel));

    private static async Task<int> CountAsync(TestInstallation house, string sql)
        => Convert.ToInt32(await RunAsync(house, sql, command => command.ExecuteScalarAsync(Cancel)), System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<T> RunAsync<T>(TestInstallation house, string sql, Func<SqliteCommand, Task<T>> run)
    {
        await using var database = new SqliteConnection($"Data Source={Path.Combine(house.DataFolder, "assistant.db")};Pooling=False");
        await database.OpenAsync(Cancel);
        await using var command = database.CreateCommand();
        command.CommandText = sql;
        return await run(command);
    }

    private static void Send(TelegramEmulator telegram, string id, string name, byte[] content)
    {
        telegram.AddFile(id, content);
        telegram.Say(Person, "", message =>
        {
            message.Remove("text");
            message["document"] = new JsonObject { ["file_id"] = id, ["file_unique_id"] = "u" + id, ["file_name"] = name, ["file_size"] = content.Length };
        });
    }

    /// <summary>The files of a conversation in their order, each with the path it is had at.</summary>
    private static async Task<List<JsonNode>> FilesAsync(ApiClient api, string conversation)
    {
        var files = new List<JsonNode>();
        foreach (var message in (await api.GetAsync($"conversations/{conversation}/messages"))["items"]!.AsArray())
        {
            foreach (var file in message!["attachments"]!.AsArray())
            {
                file!["path"] = $"conversations/{conversation}/messages/{message["seq"]}/attachments/{file["number"]}";
                files.Add(file);
            }
        }

        return files;
    }

    private static async Task<(byte[] Content, string Disposition, string Sniff, string Policy, string Cache, string? Type)> DownloadAsync(
        ApiClient api, TestInstallation house, string path)
    {
        using var answer = await api.OpenAsync(path);
        Assert.True(answer.IsSuccessStatusCode, $"{house.Address} {path}: {answer.StatusCode}");
        string Header(string name) => string.Join(", ", answer.Headers.TryGetValues(name, out var own) ? own : answer.Content.Headers.TryGetValues(name, out var of) ? of : []);
        return (
            await answer.Content.ReadAsByteArrayAsync(Cancel), Header("Content-Disposition"), Header("X-Content-Type-Options"), Header("Content-Security-Policy"),
            Header("Cache-Control"), answer.Content.Headers.ContentType?.MediaType);
    }

    // Chunks of the header take the first 33 bytes. Nobody checks the sum of a comment.
    private static byte[] WithComment(byte[] png)
    {
        var text = Encoding.ASCII.GetBytes("tEXtComment\0" + Secret);
        return [.. png[..33], 0, 0, 0, (byte)(text.Length - 4), .. text, 0, 0, 0, 0, .. png[33..]];
    }
}
