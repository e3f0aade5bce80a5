using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Assistant.Domain.Audit;
using Assistant.Domain.Security;
using Assistant.Domain.Security.StepUp;
using Assistant.Domain.Tenancy;
using Assistant.Testing.InMemory;
using Assistant.Web.Endpoints;
using Xunit;

namespace Assistant.Web.Tests.Endpoints;

/// <summary>A program's sensitive request waits for a person, and goes through once, as it was.</summary>
public sealed class StepUpApiTests : IAsyncLifetime
{
    private const string Path = "/api/v1/channels/second";

    private readonly InMemoryStepUpStore _store = new(new InMemoryAuditLog());
    private readonly SetupGate _setup = new(new InMemoryUserDirectory(new InMemoryAuditLog(), TimeProvider.System, TenantId.Default), TimeProvider.System);
    private ApiHost _host = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
        => _host = await ApiHost.StartAsync(guard: new StepUpGuard(_store, _setup, TimeProvider.System));

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _setup.Dispose();
    }

    [Fact]
    public async Task A_new_secret_is_free_a_replaced_one_waits_for_a_person()
    {
        Assert.Equal(HttpStatusCode.OK, (await PutAsync("first-secret")).StatusCode);

        using var refused = await PutAsync("second-secret");
        var text = await refused.Content.ReadAsStringAsync(Cancel);
        var wanted = JsonDocument.Parse(text).RootElement.GetProperty("stepUp");
        var id = wanted.GetProperty("id").GetGuid();

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal("connection.secret", wanted.GetProperty("operation").GetString());
        Assert.Equal("Replace \u2068token\u2069 of the connection \u2068second\u2069.", wanted.GetProperty("sentence").GetString());
        Assert.Equal($"/step-up/{id}", wanted.GetProperty("approveAt").GetString());
        Assert.DoesNotContain("secret\"", text.Replace("connection.secret\"", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("first-secret", _host.Connections["second"].Settings.Find("token"));

        Assert.Equal(HttpStatusCode.Forbidden, (await PutAsync("second-secret", id)).StatusCode); // nobody approved
        await ProveAsync(id);
        Assert.Equal(HttpStatusCode.Forbidden, (await PutAsync("third-secret", id)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await PutAsync("second-secret", id, role: "owner")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync("second-secret", id)).StatusCode);
        Assert.Equal("second-secret", _host.Connections["second"].Settings.Find("token"));
        Assert.Equal(HttpStatusCode.Forbidden, (await PutAsync("first-secret", id)).StatusCode);
    }

    [Fact]
    public async Task A_request_that_keeps_the_secret_and_the_policy_needs_no_proof()
    {
        await PutAsync("first-secret");

        using var renamed = await _host.As("admin").PutAsJsonAsync(
            Path, new { type = "fake", access = "pairing", displayName = "Another name", settings = new { } }, Cancel);
        using var opened = await _host.As("admin").PutAsJsonAsync(
            Path, new { type = "fake", access = "open", displayName = "Another name", settings = new { } }, Cancel);

        Assert.Equal(HttpStatusCode.OK, renamed.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, opened.StatusCode);
    }

    [Fact]
    public async Task An_index_is_given_up_freely_and_had_again_once_a_person_approved()
    {
        Assert.Equal(HttpStatusCode.OK, (await PutIndexAsync("nothing")).StatusCode);

        using var refused = await PutIndexAsync("everything");
        var wanted = (await refused.JsonAsync()).GetProperty("stepUp");
        var id = wanted.GetProperty("id").GetGuid();

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal("index.widen", wanted.GetProperty("operation").GetString());
        Assert.Equal(HttpStatusCode.Forbidden, (await PutIndexAsync("everything", id)).StatusCode); // nobody approved
        await ProveAsync(id);
        Assert.Equal(HttpStatusCode.OK, (await PutIndexAsync("everything", id)).StatusCode);
        await PutIndexAsync("nothing");
        Assert.Equal(HttpStatusCode.Forbidden, (await PutIndexAsync("everything", id)).StatusCode);
    }

    [Theory]
    [InlineData("user.mfa-replace")]
    [InlineData("user.mfa-reset")]
    public async Task A_second_step_is_replaced_or_taken_away_once_a_person_approved(string operation)
    {
        var (user, seed) = (await AddUserAsync("ada@example.org", Roles.Viewer), TotpSecret.Create());

        using var refused = await ChangeSecondStepAsync(operation, user, seed);
        var wanted = (await refused.JsonAsync()).GetProperty("stepUp");
        var id = wanted.GetProperty("id").GetGuid();
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(operation, wanted.GetProperty("operation").GetString());

        await ProveAsync(id);
        if (operation == "user.mfa-replace")
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await ChangeSecondStepAsync(operation, user, TotpSecret.Create(), id)).StatusCode);
        }

        Assert.True((await _host.Users.FindAsync(TenantId.Default, user.Id, Cancel))!.HasTotp);
        Assert.Equal(HttpStatusCode.OK, (await ChangeSecondStepAsync(operation, user, seed, id)).StatusCode);
        Assert.Equal(operation == "user.mfa-replace", (await _host.Users.FindAsync(TenantId.Default, user.Id, Cancel))!.HasTotp);
    }

    [Theory]
    [InlineData("user.mfa-replace")]
    [InlineData("user.mfa-reset")]
    public async Task The_second_step_of_whoever_may_do_more_is_not_even_asked_for(string operation)
    {
        var owner = await AddUserAsync("ola@example.org", Roles.Owner);

        using var refused = await ChangeSecondStepAsync(operation, owner, TotpSecret.Create());

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.False((await refused.JsonAsync()).TryGetProperty("stepUp", out _));
        Assert.True((await _host.Users.FindAsync(TenantId.Default, owner.Id, Cancel))!.HasTotp);
    }

    [Fact]
    public async Task The_same_idempotency_key_goes_through_once_it_is_proven()
    {
        await PutAsync("first-secret");
        using var refused = await PutAsync("second-secret", key: "k1");
        var id = (await refused.JsonAsync()).GetProperty("stepUp").GetProperty("id").GetGuid();
        await ProveAsync(id);

        using var done = await PutAsync("second-secret", id, key: "k1");

        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
    }

    private async Task<User> AddUserAsync(string email, string role) => Assert.IsType<CreateUserOutcome.Created>(await _host.Users.CreateAsync(
        new NewUser(new UserId(Guid.CreateVersion7()), TenantId.Default, email, role, "correct horse battery", TotpSecret.Create()), onlyFirst: false,
        UserDesk.LocalCaller(TenantId.Default).Audit(TimeProvider.System.GetUtcNow(), AuditActions.UserCreated, "user/x"), Cancel)).User;

    private async Task<HttpResponseMessage> ChangeSecondStepAsync(string operation, User user, TotpSecret seed, Guid? proof = null)
    {
        var path = $"/api/v1/users/{user.Id}/totp";
        var totp = new FakeTotp(TimeProvider.System);
        using var request = operation == "user.mfa-reset"
            ? new HttpRequestMessage(HttpMethod.Post, $"{path}/remove") { Content = JsonContent.Create(new { password = "correct horse battery" }) }
            : new HttpRequestMessage(HttpMethod.Put, path)
            {
                Content = JsonContent.Create(
                    new { password = "correct horse battery", secret = totp.ToText(seed), code = FakeTotp.CodeAt(seed, TimeProvider.System.GetUtcNow()) }),
            };
        if (proof is { } id)
        {
            request.Headers.Add(ApiCaller.ProofHeader, id.ToString());
        }

        return await _host.As("admin").SendAsync(request, Cancel);
    }

    private async Task<HttpResponseMessage> PutIndexAsync(string index, Guid? proof = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/search") { Content = JsonContent.Create(new { index }) };
        if (proof is { } id)
        {
            request.Headers.Add(ApiCaller.ProofHeader, id.ToString());
        }

        return await _host.As("admin").SendAsync(request, Cancel);
    }

    private async Task<HttpResponseMessage> PutAsync(string secret, Guid? proof = null, string role = "admin", string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, Path)
        {
            Content = JsonContent.Create(new { type = "fake", access = "pairing", settings = new { token = secret } }),
        };
        if (proof is { } id)
        {
            request.Headers.Add(ApiCaller.ProofHeader, id.ToString());
        }

        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await _host.As(role).SendAsync(request, Cancel);
    }

    private async Task ProveAsync(Guid id)
        => Assert.True(await _store.ProveAsync(
            TenantId.Default, new StepUpId(id), new UserId(Guid.CreateVersion7()),
            new AuditDraft(TenantId.Default, TimeProvider.System.GetUtcNow(), Actor.System, AuditActions.StepUpProven, "stepup", "local", AuditDraft.NoDetails), Cancel));
}
