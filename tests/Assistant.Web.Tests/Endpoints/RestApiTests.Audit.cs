using System.Net;
using Assistant.Domain.Audit;
using Assistant.Domain.Audit.Checkpoints;
using Assistant.Domain.Audit.Tree;
using Assistant.Testing.Fakes;

namespace Assistant.Web.Tests.Endpoints;

public sealed partial class RestApiTests
{
    [Fact]
    public async Task An_event_is_proven_once_a_checkpoint_covers_it()
    {
        for (var i = 0; i < 3; i++)
        {
            await _host.Audit.AppendAsync(Callers.Admin.Audit(DateTimeOffset.UnixEpoch, "test.done", $"thing/{i}"), Cancel);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("auditor", "/api/v1/audit/2/proof")).StatusCode);
        await GetAsync("auditor", "/api/v1/audit/export"); // is the fourth event, and signs what there is

        var proof = await (await GetAsync("auditor", "/api/v1/audit/2/proof")).JsonAsync();
        var key = await (await GetAsync("auditor", "/api/v1/audit/key")).JsonAsync();
        var page = await (await GetAsync("auditor", "/api/v1/audit/checkpoints?limit=1")).JsonAsync();

        var head = TreeHead.Parse(SignedNote.Parse(Text(proof, "checkpoint")!).Text);
        var hashes = proof.GetProperty("hashes").EnumerateArray().Select(h => h.GetBytesFromBase64()).ToList();
        var leaf = MerkleTree.LeafHash(Convert.FromHexString(Text(proof.GetProperty("event"), "hash")!));
        Assert.Equal((1L, 4L), (proof.GetProperty("index").GetInt64(), head.Size));
        Assert.True(MerkleTree.VerifyInclusion(leaf, 1, head.Size, hashes, head.Root.Span));
        Assert.Equal(Text(key, "key"), Text(proof, "key"));
        Assert.Equal(Text(proof, "checkpoint"), Text(page.GetProperty("items")[0], "note"));
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("auditor", "/api/v1/audit/99/proof")).StatusCode);
    }

    [Theory]
    [InlineData("/api/v1/audit/1/proof")]
    [InlineData("/api/v1/audit/checkpoints")]
    [InlineData("/api/v1/audit/key")]
    [InlineData("/api/v1/audit/export?format=csv")]
    public async Task Who_may_not_read_the_audit_gets_no_proof_either(string path)
        => Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync("viewer", path)).StatusCode);

    [Fact]
    public async Task The_log_is_exported_as_a_table_too()
    {
        await _host.Audit.AppendAsync(Callers.Admin.Audit(DateTimeOffset.UnixEpoch, "test.done", "=1+1"), Cancel);

        var answer = await GetAsync("auditor", "/api/v1/audit/export?format=csv");

        Assert.Equal("text/csv", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains(",test.done,'=1+1,", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync("auditor", "/api/v1/audit/export?format=xml")).StatusCode);
    }

    [Fact]
    public async Task The_last_line_of_an_export_shows_what_was_cut_off_since()
    {
        await _host.Audit.AppendAsync(Callers.Admin.Audit(DateTimeOffset.UnixEpoch, "test.done", "thing/1"), Cancel);
        var export = await (await GetAsync("auditor", "/api/v1/audit/export")).Content.ReadAsStringAsync(Cancel);
        var kept = export.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];

        var whole = await (await SendAsync("auditor", HttpMethod.Post, "/api/v1/audit/verify", kept)).JsonAsync();
        _host.Audit.Events.RemoveAt(_host.Audit.Events.Count - 1);
        var cut = await (await SendAsync("auditor", HttpMethod.Post, "/api/v1/audit/verify", kept)).JsonAsync();

        Assert.True(whole.GetProperty("intact").GetBoolean());
        Assert.Equal((2, "truncated"), (cut.GetProperty("brokenAt").GetInt64(), Text(cut, "kind")));
    }

    [Fact]
    public async Task A_caller_keeps_filters_of_their_own()
    {
        const string path = "/api/v1/audit/filters";
        Assert.Equal(HttpStatusCode.OK, (await PutAsync("auditor", $"{path}/sign-ins%20%E7%99%BB%E5%BD%95", new { action = "user.signin", from = "2026-03-24T00:00:00Z" })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync("admin", $"{path}/mine", new { actor = "Ada" })).StatusCode);

        var kept = Assert.Single((await (await GetAsync("auditor", path)).JsonAsync()).GetProperty("items").EnumerateArray());
        Assert.Equal(("sign-ins 登录", "user.signin", "2026-03-24T00:00:00+00:00"), (Text(kept, "name"), Text(kept, "action"), Text(kept, "from")));
        Assert.Equal(HttpStatusCode.BadRequest, (await PutAsync("auditor", $"{path}/everything", new { })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PutAsync("auditor", $"{path}/{new string('x', 81)}", new { text = "x" })).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await PutAsync("viewer", $"{path}/mine", new { text = "x" })).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync("viewer", path)).StatusCode);

        Assert.Equal(HttpStatusCode.NotFound, (await DeleteAsync("auditor", $"{path}/mine")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync("auditor", $"{path}/sign-ins%20%E7%99%BB%E5%BD%95")).StatusCode);
        Assert.Empty((await (await GetAsync("auditor", path)).JsonAsync()).GetProperty("items").EnumerateArray());
        Assert.Single((await (await GetAsync("admin", path)).JsonAsync()).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_filters_name_may_have_a_slash_in_it()
    {
        // The server leaves an escaped slash as it is, which the client of the test server undoes: it is escaped twice for it.
        const string path = "/api/v1/audit/filters";
        const string sent = $"{path}/in%252Fout";
        Assert.Equal(HttpStatusCode.OK, (await PutAsync("auditor", sent, new { action = "user.signin" })).StatusCode);

        Assert.Equal("in/out", Text(Assert.Single((await (await GetAsync("auditor", path)).JsonAsync()).GetProperty("items").EnumerateArray()), "name"));
        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync("auditor", sent)).StatusCode);
        Assert.Empty((await (await GetAsync("auditor", path)).JsonAsync()).GetProperty("items").EnumerateArray());
    }
}
