using System.Net;
using System.Net.Http.Json;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;
using Assistant.Testing.InMemory;

namespace Assistant.Web.Tests.Endpoints;

public sealed partial class RestApiTests
{
    private const string UserPassword = "correct horse battery";

    [Fact]
    public async Task A_password_is_changed_by_whoever_knows_it()
    {
        var user = await AddUserAsync();
        var path = $"/api/v1/users/{user.Id}/password";

        Assert.Equal(HttpStatusCode.Forbidden, (await PutAsync("operator", path, new { password = UserPassword, next = "a quite different one" })).StatusCode);
        var wrong = await PutAsync("admin", path, new { password = "a guess", next = "a quite different one" });
        var weak = await PutAsync("admin", path, new { password = UserPassword, next = "short" });
        Assert.Equal(
            [(HttpStatusCode.BadRequest, "password"), (HttpStatusCode.BadRequest, "next")],
            [(wrong.StatusCode, await FieldAsync(wrong)), (weak.StatusCode, await FieldAsync(weak))]);

        Assert.Equal(HttpStatusCode.OK, (await PutAsync("admin", path, new { password = UserPassword, next = "a quite different one" })).StatusCode);

        Assert.IsType<SignInOutcome.SignedIn>(await _host.Users.VerifyAsync(user.Email, "a quite different one", null, "192.0.2.1", Cancel));
    }

    [Fact]
    public async Task One_time_codes_are_offered_confirmed_and_removed()
    {
        var user = await AddUserAsync();
        var path = $"/api/v1/users/{user.Id}/totp";
        var offer = await (await PostAsync("admin", path)).JsonAsync();
        var secret = new FakeTotp(TimeProvider.System).Read(Text(offer, "secret")!)!;

        var enrolled = await (await PutAsync("admin", path, new
        {
            password = UserPassword, secret = Text(offer, "secret"), code = FakeTotp.CodeAt(secret, TimeProvider.System.GetUtcNow()),
        })).JsonAsync();
        Assert.True(enrolled.GetProperty("hasTotp").GetBoolean());
        Assert.True((await (await GetAsync("admin", $"/api/v1/users/{user.Id}")).JsonAsync()).GetProperty("hasTotp").GetBoolean());

        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("admin", $"{path}/remove", new { password = "a guess" })).StatusCode);
        Assert.False((await (await PostAsync("admin", $"{path}/remove", new { password = UserPassword })).JsonAsync()).GetProperty("hasTotp").GetBoolean());
    }

    private async Task<User> AddUserAsync() => Assert.IsType<CreateUserOutcome.Created>(await _host.Users.CreateAsync(
        new NewUser(new UserId(Guid.CreateVersion7()), TenantId.Default, "ada@example.org", Roles.Viewer, UserPassword), onlyFirst: false,
        UserDesk.LocalCaller(TenantId.Default).Audit(TimeProvider.System.GetUtcNow(), AuditActions.UserCreated, "user/ada"), Cancel)).User;

    private Task<HttpResponseMessage> PutAsync(string role, string path, object body)
        => _host.As(role).PutAsync(new Uri(path, UriKind.Relative), JsonContent.Create(body), Cancel);

    private static async Task<string> FieldAsync(HttpResponseMessage answer)
        => Assert.Single((await answer.JsonAsync()).GetProperty("errors").EnumerateObject().ToList()).Name;
}
