using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Assistant.Domain.Attachments;
using Assistant.Domain.Audit;
using Assistant.Domain.Forgetting;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.People.Links;
using Assistant.Domain.Security;
using Assistant.Testing.Fakes;
using Xunit;

namespace Assistant.Domain.Tests.Forgetting;

/// <summary>Everything about a person, for programs and for people.</summary>
public sealed class PersonExportTests
{
    private const string Hostile = "</p><script>alert(1)</script><img src=x onerror=alert(2)> 锅炉 \u202E";

    private static readonly Caller Owner = Callers.Of(Roles.Owner, "Ada");

    private readonly HouseWithPeople _house = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_data_hold_everything_in_a_shape_that_names_its_version()
    {
        var (person, conversation) = await _house.SayAsync("hello", files: new Attachment("file", "secret-reference", "plan.pdf", "application/pdf", 12));
        await _house.SayAsync("and again");
        await _house.SayAsync("not theirs", sender: "user-2", name: "Bo");

        using var json = JsonDocument.Parse(await ExportAsync(person, PersonExportFormat.Json));

        var root = json.RootElement;
        Assert.Equal(("assistant-person-export", 1, "default"), (root.GetProperty("format").GetString(), root.GetProperty("version").GetInt32(), root.GetProperty("tenant").GetString()));
        Assert.Equal((person.Value, "Li Wei", "zh-CN"), (root.GetProperty("person").GetProperty("id").GetGuid(), root.GetProperty("person").GetProperty("displayName").GetString(), root.GetProperty("person").GetProperty("locale").GetString()));
        Assert.Equal("user-1", Assert.Single(root.GetProperty("identities").EnumerateArray()).GetProperty("externalId").GetString());
        var theirs = Assert.Single(root.GetProperty("conversations").EnumerateArray());
        Assert.Equal(conversation.Value, theirs.GetProperty("id").GetGuid());
        var messages = theirs.GetProperty("messages").EnumerateArray().ToList();
        Assert.Equal(["hello", "and again"], messages.Select(m => m.GetProperty("text").GetString()!));
        var file = Assert.Single(messages[0].GetProperty("attachments").EnumerateArray());
        Assert.Equal(("plan.pdf", 12), (file.GetProperty("fileName").GetString(), file.GetProperty("sizeBytes").GetInt32()));
        Assert.Equal(2, root.GetProperty("events").GetArrayLength());
        var text = root.GetRawText();
        Assert.DoesNotContain("secret-reference", text, StringComparison.Ordinal);
        Assert.DoesNotContain("not theirs", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reactions_are_in_it_where_they_stand_and_not_what_others_wrote_there_or_reacted_with()
    {
        var group = new ExternalChat("group-1", IsGroup: true);
        await _house.SayAsync("of Ann alone", group, "ann", "Ann");
        await _house.SayAsync("of Ann again", group, "ann", "Ann");
        var (ben, _) = await _house.SayAsync("hello", sender: "ben", name: "Ben");
        await _house.ReactAsync("👍", 1, group, "ben");
        await _house.ReactAsync("🎉", 1, group, "ann");
        await _house.ReactAsync("👀", 3, new ExternalChat("chat-ben"), "ben");

        using var json = JsonDocument.Parse(await ExportAsync(ben, PersonExportFormat.Json));

        var messages = json.RootElement.GetProperty("conversations").EnumerateArray().SelectMany(c => c.GetProperty("messages").EnumerateArray())
            .ToDictionary(m => m.GetProperty("text").GetString()!, m => m.GetProperty("reactions").EnumerateArray().Select(r => r.GetString()!).ToList());
        Assert.Equal(["", "hello"], messages.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["👍"], messages[""]);
        Assert.Equal(["👀"], messages["hello"]);
        Assert.DoesNotContain("Ann", json.RootElement.GetRawText(), StringComparison.Ordinal);
        var html = await ExportAsync(ben, PersonExportFormat.Html, "en");
        Assert.Contains("Reactions: 👍<", WebUtility.HtmlDecode(html), StringComparison.Ordinal);
        Assert.DoesNotContain("of Ann", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_they_want_to_be_written_to_is_in_it()
    {
        var (person, conversation) = await _house.SayAsync("hello");
        Assert.Equal(JsonValueKind.Null, PreferredAt(await ExportAsync(person, PersonExportFormat.Json)).ValueKind);
        Assert.DoesNotContain("Wants to be written to here", await ExportAsync(person, PersonExportFormat.Html, "en"), StringComparison.Ordinal);

        await _house.House.PreferAsync(
            HouseWithPeople.Home, conversation, Owner.Audit(_house.Clock.GetUtcNow(), AuditActions.MessengerPreferred, $"conversation/{conversation}"), Cancel);

        Assert.Equal(_house.Clock.GetUtcNow(), PreferredAt(await ExportAsync(person, PersonExportFormat.Json)).GetDateTimeOffset());
        Assert.Contains("Wants to be written to here, said 2026-11-28", await ExportAsync(person, PersonExportFormat.Html, "en"), StringComparison.Ordinal);
        Assert.Contains("希望在此接收消息", await ExportAsync(person, PersonExportFormat.Html, "zh-CN"), StringComparison.Ordinal);

        static JsonElement PreferredAt(string json)
            => Assert.Single(JsonDocument.Parse(json).RootElement.GetProperty("conversations").EnumerateArray()).GetProperty("preferredAt");
    }

    [Fact]
    public async Task Who_else_they_are_and_where_they_sign_in_is_in_it()
    {
        var (person, _) = await _house.SayAsync("hello", name: "Li Wei");
        var (other, _) = await _house.SayAsync("it is me", sender: "user-2", name: "李伟");
        var (further, _) = await _house.SayAsync("and me", sender: "user-3", name: "L.");
        var now = _house.Clock.GetUtcNow();
        await LinkAsync(person, other, LinkProof.Code);
        await LinkAsync(other, further, LinkProof.Operator);
        var user = new UserId(Guid.CreateVersion7());
        Assert.Equal(LinkOutcome.Linked, await _house.House.LinkAsync(HouseWithPeople.Home, person, user, Owner.Audit(now, AuditActions.AccountLinked, $"person/{person}"), Cancel));

        using var json = JsonDocument.Parse(await ExportAsync(person, PersonExportFormat.Json));
        var html = await ExportAsync(person, PersonExportFormat.Html, "en");

        var link = Assert.Single(json.RootElement.GetProperty("links").EnumerateArray());
        Assert.Equal((other.Value, "code", now), (link.GetProperty("person").GetGuid(), link.GetProperty("proof").GetString(), link.GetProperty("linkedAt").GetDateTimeOffset()));
        Assert.Equal(now, json.RootElement.GetProperty("account").GetProperty("linkedAt").GetDateTimeOffset());
        Assert.Contains($"{other} (linked by a code", html, StringComparison.Ordinal);
        Assert.DoesNotContain(further.ToString(), html, StringComparison.Ordinal);
        Assert.Contains("<dt>Signs in as</dt>", html, StringComparison.Ordinal);
        using var others = JsonDocument.Parse(await ExportAsync(further, PersonExportFormat.Json));
        Assert.Equal(JsonValueKind.Null, others.RootElement.GetProperty("account").ValueKind);

        Task LinkAsync(PersonId one, PersonId two, LinkProof proof)
            => _house.House.LinkAsync(
                PersonLink.Between(HouseWithPeople.Home, one, two, proof, now), Owner.Audit(now, AuditActions.PersonLinked, $"person/{one}"), Cancel);
    }

    [Fact]
    public async Task The_chinese_page_has_no_english_words_of_ours()
    {
        var (person, _) = await _house.SayAsync("看", files: [new Attachment("image", "r", "照片.png"), new Attachment("voice", "r", "话.ogg"), new Attachment("hologram", "r", "像.holo")]);
        await _house.House.SetStandingAsync(
            HouseWithPeople.Home, person, new ConnectionId("line"), Standing.Approved,
            Owner.Audit(_house.Clock.GetUtcNow(), AuditActions.StandingChanged, $"person/{person}"), Cancel);

        var html = WebUtility.HtmlDecode(await ExportAsync(person, PersonExportFormat.Html, "zh-CN"));

        Assert.Contains("[图片] 照片.png", html, StringComparison.Ordinal);
        Assert.Contains("[语音消息] 话.ogg", html, StringComparison.Ordinal);
        Assert.Contains("[hologram] 像.holo", html, StringComparison.Ordinal);
        Assert.Contains("line: 已允许", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Approved", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kept_file_is_in_the_data_to_the_byte_and_named_on_the_page()
    {
        var (person, conversation) = await _house.SayAsync("look", files: [new Attachment("file", "r", "plan.pdf"), new Attachment("file", "r", "lost.pdf")]);
        var content = Enumerable.Range(0, 600_001).Select(i => (byte)(i * 7)).ToArray();
        await _house.KeepAsync(new AttachmentId(conversation, 1, 1), "application/pdf", content);

        using var json = JsonDocument.Parse(await ExportAsync(person, PersonExportFormat.Json));

        var files = json.RootElement.GetProperty("conversations")[0].GetProperty("messages")[0].GetProperty("attachments").EnumerateArray().ToList();
        Assert.Equal(content, files[0].GetProperty("content").GetBytesFromBase64());
        Assert.Equal(("kept", "application/pdf", 600_001), (files[0].GetProperty("state").GetString(), files[0].GetProperty("mediaType").GetString(), files[0].GetProperty("sizeBytes").GetInt32()));
        Assert.Equal(("waiting", false), (files[1].GetProperty("state").GetString(), files[1].TryGetProperty("content", out _)));
        var html = await ExportAsync(person, PersonExportFormat.Html, "en");
        Assert.Contains("[file] plan.pdf application/pdf 600,001 B<", html, StringComparison.Ordinal);
        Assert.Contains("[file] lost.pdf (not kept)<", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", "Everything about")]
    [InlineData("zh-CN", "关于此人的全部内容")]
    public async Task The_page_runs_nothing_and_loads_nothing_whatever_was_said(string language, string says)
    {
        var (person, _) = await _house.SayAsync(Hostile, name: "<b onmouseover=alert(3)>Li</b>", files: new Attachment("file", "r", "\"><script>alert(4)</script>.pdf"));

        var html = await ExportAsync(person, PersonExportFormat.Html, language);

        Assert.Contains(says, html, StringComparison.Ordinal);
        Assert.Contains("锅炉", html, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<b ", html, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", html.Replace("src=x onerror", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
        Assert.EndsWith("</html>\n", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_group_everyone_gets_what_is_theirs()
    {
        var (bo, _) = await _house.SayAsync("I am here too", sender: "user-2", name: "Bo");
        var group = new ExternalChat("group", IsGroup: true);
        var (ann, _) = await _house.SayAsync("Ann opens the group", group, "user-1", "Ann");
        await _house.SayAsync("Bo answers her", group, "user-2", "Bo");

        var (anns, bos) = (await ExportAsync(ann, PersonExportFormat.Json), await ExportAsync(bo, PersonExportFormat.Html));

        Assert.Contains("Ann opens the group", anns, StringComparison.Ordinal);
        Assert.DoesNotContain("Bo answers her", anns, StringComparison.Ordinal);
        Assert.Contains("I am here too", bos, StringComparison.Ordinal);
        Assert.Contains("Bo answers her", bos, StringComparison.Ordinal);
        Assert.DoesNotContain("Ann opens the group", bos, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_history_of_many_pages_comes_out_whole_and_in_order()
    {
        PersonId person = default;
        for (var i = 0; i < 450; i++)
        {
            (person, _) = await _house.SayAsync($"number {i}");
        }

        using var json = JsonDocument.Parse(await ExportAsync(person, PersonExportFormat.Json));

        Assert.Equal(
            Enumerable.Range(0, 450).Select(i => $"number {i}"),
            json.RootElement.GetProperty("conversations")[0].GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("text").GetString()!));
        Assert.Equal(450, json.RootElement.GetProperty("events").GetArrayLength());
    }

    [Fact]
    public async Task An_export_is_recorded_before_its_first_byte_and_asking_is_not()
    {
        var (person, _) = await _house.SayAsync("hello");
        var desk = _house.Exports();

        Assert.True(await desk.AskAsync(Owner, person, PersonExportFormat.Json, Cancel));
        Assert.Empty(await _house.EventsAsync(AuditActions.PersonExported));
        Assert.NotNull(await desk.AllowAsync(Owner, person, PersonExportFormat.Json, CultureInfo.InvariantCulture, Cancel));

        var recorded = Assert.Single(await _house.EventsAsync(AuditActions.PersonExported)).What;
        Assert.Equal(($"person/{person}", "JSON"), (recorded.Subject, recorded.Details["format"]));
        Assert.Null(await desk.AllowAsync(Owner, PersonId.Create(), PersonExportFormat.Json, CultureInfo.InvariantCulture, Cancel));
        Assert.Null(await desk.AllowAsync(Owner with { Tenant = new("other") }, person, PersonExportFormat.Json, CultureInfo.InvariantCulture, Cancel));
    }

    private async Task<string> ExportAsync(PersonId person, PersonExportFormat format, string language = "en")
    {
        var allowed = (await _house.Exports().AllowAsync(Owner, person, format, CultureInfo.GetCultureInfo(language), Cancel))!;
        using var stream = new MemoryStream();
        await allowed.WriteAsync(stream, Cancel);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
