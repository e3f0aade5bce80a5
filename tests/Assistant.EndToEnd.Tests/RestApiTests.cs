using System.Net;
using System.Text;
using Assistant.EndToEnd.Tests.Harness;
using Assistant.Testing.Telegram;
using Xunit;

namespace Assistant.EndToEnd.Tests;

/// <summary>Another program works with conversations, with a key an administrator made on the machine.</summary>
public sealed class RestApiTests
{
    private const long Person = 4003;

    [Fact]
    public async Task A_key_may_do_what_its_role_says_and_nothing_else()
    {
        await using var telegram = await TelegramEmulator.StartAsync();
        await using var house = await TestInstallation.CreateAsync(config: Config.Telegram(telegram));
        using var desk = await house.CreateApiAsync("operator");
        using var viewer = await house.CreateApiAsync("viewer");
        using var nobody = new ApiClient(house.Address, null);
        await house.StartAsync();

        telegram.Say(Person, "Hello");
        var conversation = await desk.FindAsync("conversations", "the conversation", row => (string?)row["lastAuthor"] == "assistant");
        var path = $"conversations/{conversation["id"]}";
        Assert.Equal(HttpStatusCode.Conflict, (await desk.PostAsync($"{path}/reply", new { markdown = "Too early." })).Status);
        Assert.Equal(HttpStatusCode.OK, (await desk.PostAsync($"{path}/takeover")).Status);
        Assert.Equal(HttpStatusCode.Created, (await desk.PostAsync($"{path}/reply", new { markdown = "A person **answers**." })).Status);
        await telegram.WaitAsync(t => t.SaidBy(Person).Any(m => m.Text == "A person answers."), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, await viewer.StatusOfAsync(path));
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PostAsync($"{path}/handback")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PostAsync($"{path}/reply", new { markdown = "Not allowed." })).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, await nobody.StatusOfAsync(path));
        Assert.Equal(2, telegram.SaidBy(Person).Count);
    }

    [Fact]
    public async Task A_method_or_a_content_type_that_is_not_taken_is_told_as_that_and_not_as_a_wrong_key()
    {
        await using var house = await TestInstallation.CreateAsync();
        using var desk = await house.CreateApiAsync("operator");
        await house.StartAsync();

        using var form = await desk.AskAsync(
            HttpMethod.Post, $"conversations/{Guid.Empty}/notes", new StringContent("""{"markdown":"x"}""", Encoding.UTF8, "application/x-www-form-urlencoded"));
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "application/problem+json"), (form.StatusCode, form.Content.Headers.ContentType?.MediaType));

        using var patch = await desk.AskAsync(HttpMethod.Patch, "conversations");
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "application/problem+json"), (patch.StatusCode, patch.Content.Headers.ContentType?.MediaType));
        Assert.Equal(["GET"], patch.Content.Headers.Allow);

        using var head = await desk.AskAsync(HttpMethod.Head, "conversations");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, head.StatusCode);
        using var outside = await desk.AskAsync(HttpMethod.Head, "/chat/web");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, outside.StatusCode);
    }
}
