using System.Net;
using Assistant.Domain.Security;
using Assistant.Domain.Security.Sessions;

namespace Assistant.Web.Tests.Endpoints;

public sealed partial class RestApiTests
{
    [Fact]
    public async Task Sessions_are_listed_and_ended_by_whoever_looks_after_users()
    {
        var user = await AddUserAsync();
        var (first, second) = (await BeginAsync(user), await BeginAsync(user));
        var path = $"/api/v1/users/{user.Id}/sessions";

        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync("operator", path)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await DeleteAsync("auditor", path)).StatusCode);
        var listed = (await (await GetAsync("admin", path)).JsonAsync()).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal((2, "passkey", "Firefox", "192.0.2.7"), (listed.Count, Text(listed[0], "method"), Text(listed[0], "browser"), Text(listed[0], "address")));

        Assert.Equal(HttpStatusCode.NoContent, (await DeleteAsync("admin", $"{path}/{first}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await DeleteAsync("admin", $"{path}/{first}")).StatusCode);
        Assert.Equal((false, true), (_host.Sessions.IsOpen(first, user.Id), _host.Sessions.IsOpen(second, user.Id)));
        Assert.Equal(1, (await (await DeleteAsync("admin", path)).JsonAsync()).GetProperty("count").GetInt32());
        Assert.False(_host.Sessions.IsOpen(second, user.Id));
    }

    [Fact]
    public async Task Sessions_of_another_tenants_user_look_as_if_there_were_none()
    {
        var user = await AddUserAsync();
        var session = await BeginAsync(user);

        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("owner@other", $"/api/v1/users/{user.Id}/sessions")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await DeleteAsync("owner@other", $"/api/v1/users/{user.Id}/sessions")).StatusCode);
        Assert.True(_host.Sessions.IsOpen(session, user.Id));
    }

    private async Task<UserSessionId> BeginAsync(User user)
    {
        var now = TimeProvider.System.GetUtcNow();
        var session = new UserSession(
            UserSessionId.Of(RandomToken.Create()), user.Id, user.Tenant, now, now, SignInMethod.Passkey, new DeviceLook("Firefox", "Windows"), "192.0.2.7");
        await _host.Sessions.BeginAsync(session, Cancel);
        return session.Id;
    }
}
