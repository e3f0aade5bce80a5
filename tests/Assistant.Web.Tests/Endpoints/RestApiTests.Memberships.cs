using System.Net;
using System.Text.Json;
using Assistant.Domain.Security;

namespace Assistant.Web.Tests.Endpoints;

public sealed partial class RestApiTests
{
    [Fact]
    public async Task Members_are_listed_promoted_and_put_out_by_whoever_may()
    {
        var user = await AddUserAsync();
        var path = $"/api/v1/users/{user.Id}/memberships";

        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync("operator", "/api/v1/memberships")).StatusCode);
        Assert.Equal("viewer", Text(Single(await (await GetAsync("auditor", path)).JsonAsync()), "role"));
        Assert.Equal(HttpStatusCode.Forbidden, (await PutAsync("auditor", $"{path}/default", new { role = "operator" })).StatusCode);
        Assert.Equal("operator", Text(await (await PutAsync("admin", $"{path}/default", new { role = "operator" })).JsonAsync(), "role"));
        var tooMuch = await PutAsync("admin", $"{path}/default", new { role = "owner" });
        Assert.Equal((HttpStatusCode.BadRequest, "role"), (tooMuch.StatusCode, await FieldAsync(tooMuch)));

        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync("admin", $"{path}/default")).StatusCode);
        Assert.Empty((await (await GetAsync("auditor", path)).JsonAsync()).GetProperty("items").EnumerateArray());
        Assert.Equal("auditor", Text(
            await (await PostAsync("admin", "/api/v1/memberships", new { email = user.Email, role = "auditor" })).JsonAsync(), "role"));
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync("admin", "/api/v1/memberships", new { email = "eve@example.org", role = "viewer" })).StatusCode);
    }

    [Fact]
    public async Task Another_tenants_membership_looks_as_if_there_were_none()
    {
        var user = await AddUserAsync();
        var path = $"/api/v1/users/{user.Id}/memberships";

        Assert.Empty((await (await GetAsync("owner@other", path)).JsonAsync()).GetProperty("items").EnumerateArray());
        Assert.Equal(HttpStatusCode.NotFound, (await PutAsync("owner@other", $"{path}/default", new { role = "owner" })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await PutAsync("owner@other", $"{path}/other", new { role = "owner" })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await DeleteAsync("owner@other", $"{path}/default")).StatusCode);
        Assert.Equal("viewer", Text(Single(await (await GetAsync("owner", path)).JsonAsync()), "role"));
    }

    [Fact]
    public async Task The_last_owner_stays()
    {
        var user = await AddUserAsync();
        await PutAsync("owner", $"/api/v1/users/{user.Id}/memberships/default", new { role = "owner" });

        var demoted = await PutAsync("owner", $"/api/v1/users/{user.Id}/memberships/default", new { role = "admin" });

        Assert.Equal((HttpStatusCode.Conflict, "Last owner"), (demoted.StatusCode, Text(await demoted.JsonAsync(), "title")));
        Assert.Equal(HttpStatusCode.Conflict, (await DeleteAsync("owner", $"/api/v1/users/{user.Id}/memberships/default")).StatusCode);
    }

    [Fact]
    public async Task A_role_of_the_tenants_own_is_made_given_and_deleted_when_nobody_holds_it()
    {
        var user = await AddUserAsync();
        Assert.Equal(HttpStatusCode.Forbidden, (await PutAsync("auditor", "/api/v1/roles/desk", new { permissions = new[] { "people.read" } })).StatusCode);
        var unknown = await PutAsync("owner", "/api/v1/roles/desk", new { permissions = new[] { "people.fly" } });
        Assert.Equal((HttpStatusCode.BadRequest, "permissions"), (unknown.StatusCode, await FieldAsync(unknown)));
        var reserved = await PutAsync("owner", "/api/v1/roles/viewer", new { permissions = new[] { "people.read" } });
        Assert.Equal((HttpStatusCode.BadRequest, "name"), (reserved.StatusCode, await FieldAsync(reserved)));

        Assert.Equal(HttpStatusCode.OK, (await PutAsync("owner", "/api/v1/roles/desk", new { permissions = new[] { "people.read" } })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync("owner", $"/api/v1/users/{user.Id}/memberships/default", new { role = "desk" })).StatusCode);

        Assert.Equal(HttpStatusCode.Conflict, (await DeleteAsync("owner", "/api/v1/roles/desk")).StatusCode);
        Assert.Contains("desk", (await (await GetAsync("owner", "/api/v1/roles/")).JsonAsync()).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("desk", (await (await GetAsync("owner@other", "/api/v1/roles/")).JsonAsync()).ToString(), StringComparison.Ordinal);
        await PutAsync("owner", $"/api/v1/users/{user.Id}/memberships/default", new { role = "viewer" });
        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync("owner", "/api/v1/roles/desk")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await DeleteAsync("owner", "/api/v1/roles/desk")).StatusCode);
    }

    [Fact]
    public async Task Tenants_are_made_by_owners_of_the_first_one_alone()
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync("admin", "/api/v1/tenants/", new { name = "annex" })).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync("owner@other", "/api/v1/tenants/", new { name = "annex" })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("owner", "/api/v1/tenants/", new { name = "An annex" })).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await PostAsync("owner", "/api/v1/tenants/", new { name = "annex" })).StatusCode);
    }

    private static JsonElement Single(JsonElement page) => Assert.Single(page.GetProperty("items").EnumerateArray());
}
