using System.Net;

namespace Assistant.Web.Tests.Endpoints;

public sealed partial class RestApiTests
{
    [Fact]
    public async Task Invitations_are_made_listed_without_their_token_and_revoked()
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync("operator", "/api/v1/invitations", new { role = "viewer" })).StatusCode);
        var tooMuch = await PostAsync("admin", "/api/v1/invitations", new { role = "owner" });
        var tooLong = await PostAsync("admin", "/api/v1/invitations", new { role = "viewer", hours = 721 });
        Assert.Equal(("role", "hours"), (await FieldAsync(tooMuch), await FieldAsync(tooLong)));

        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("admin", "/api/v1/invitations", new { role = "viewer", hours = int.MaxValue })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("admin", "/api/v1/invitations", new { role = "viewer", hours = int.MinValue })).StatusCode);
        var made = await (await PostAsync("admin", "/api/v1/invitations", new { role = "viewer", note = "for Bob" })).JsonAsync();
        var (path, id) = (Text(made, "path")!, Text(made.GetProperty("details"), "id"));
        var listed = await (await GetAsync("admin", "/api/v1/invitations")).Content.ReadAsStringAsync(Cancel);

        Assert.StartsWith("/invitation/", path, StringComparison.Ordinal);
        Assert.Contains(id!, listed, StringComparison.Ordinal);
        Assert.DoesNotContain(path["/invitation/".Length..], listed, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await DeleteAsync("auditor", $"/api/v1/invitations/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await DeleteAsync("owner@other", $"/api/v1/invitations/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync("admin", $"/api/v1/invitations/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await DeleteAsync("admin", $"/api/v1/invitations/{id}")).StatusCode);
    }
}
