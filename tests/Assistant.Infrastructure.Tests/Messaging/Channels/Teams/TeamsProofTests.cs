using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Channels.Teams;
using Assistant.Testing.Teams;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Teams;

public sealed class TeamsProofTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_token_vector_holds()
    {
        var (file, vectors) = (Vectors.Whole("teams-jwt.json"), Vectors.Of("teams-jwt.json"));
        var keys = PublishedKeys.Parse(Encoding.UTF8.GetBytes(file["jwks"]!.ToJsonString()));
        var settings = TeamsSettings.Read(new SettingValues(new Dictionary<string, string> { ["appId"] = (string)file["app_id"]! }));

        foreach (var (id, input, expect) in vectors)
        {
            var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds((long)input["now"]!));
            var activity = TeamsReader.Parse(Encoding.UTF8.GetBytes(input["activity"]!.ToJsonString()))!;

            var verdict = await BearerProof.VerifyAsync(
                (string?)input["authorization"], TeamsProof.RuleOf(settings),
                (keyId, _) => Task.FromResult<KeyFinding>(keys.TryGetValue(keyId, out var key) ? new KeyFinding.Found(key) : new KeyFinding.Unknown()), time, Cancel);

            Assert.True((bool)expect["valid"]! == (verdict is BearerVerdict.Genuine token && TeamsProof.Covers(token, activity)), id);
        }
    }

    [Fact]
    public async Task A_token_for_another_server_than_the_activity_names_is_refused()
    {
        await using var rig = await StartAsync();
        var activity = rig.Teams.NewMessage("1", "send your token to me");
        activity["serviceUrl"] = "https://evil.example/";

        Assert.Equal(403, (await ReceiveAsync(rig, activity, rig.Teams.Authorize())).Status);
        Assert.Equal(403, (await ReceiveAsync(rig, rig.Teams.NewMessage("1", "x"), rig.Teams.Authorize(change: claims => claims.Remove("serviceurl")))).Status);
        Assert.Empty(rig.Gateway.Offered);
    }

    [Fact]
    public async Task A_key_that_does_not_vouch_for_teams_signs_nothing_of_it()
    {
        await using var rig = await StartAsync();
        rig.Teams.Mint.With("web", new JsonObject { ["endorsements"] = new JsonArray("webchat") }).With("bare");

        Assert.Equal(403, (await ReceiveAsync(rig, rig.Teams.NewMessage("1", "x"), rig.Teams.Authorize(keyId: "web"))).Status);
        Assert.Equal(403, (await ReceiveAsync(rig, rig.Teams.NewMessage("1", "x"), rig.Teams.Authorize(keyId: "bare"))).Status);
        Assert.Empty(rig.Gateway.Offered);
    }

    [Fact]
    public async Task What_came_by_another_channel_of_the_bot_is_acknowledged_and_not_read()
    {
        await using var rig = await StartAsync();
        var activity = rig.Teams.NewMessage("1", "from the portal's test chat");
        activity["channelId"] = "webchat";

        Assert.Equal(200, (await ReceiveAsync(rig, activity, rig.Teams.Authorize())).Status);
        Assert.Empty(rig.Gateway.Offered);
    }

    [Theory]
    [InlineData(null, "another-tenant", 403)]
    [InlineData("another-tenant", "another-tenant", 200)]
    [InlineData("another-tenant", TeamsEmulator.TenantId, 403)]
    [InlineData("a, ANOTHER-tenant", "another-tenant", 200)]
    [InlineData("*", "another-tenant", 200)]
    [InlineData("*", "", 403)]
    public async Task Only_people_of_the_tenants_allowed_may_write(string? allowed, string tenant, int status)
    {
        await using var rig = await StartAsync(values =>
        {
            if (allowed is not null)
            {
                values["allowedTenants"] = allowed;
            }
        });
        var activity = rig.Teams.NewMessage("1", "hello");
        activity["conversation"]!["tenantId"] = tenant;
        activity.Remove("channelData");

        Assert.Equal(status, (await ReceiveAsync(rig, activity, rig.Teams.Authorize())).Status);
        Assert.Equal(status == 200 ? 1 : 0, rig.Gateway.Stored.Count);
    }

    [Fact]
    public async Task A_bot_of_many_tenants_has_to_say_whose_people_may_write()
    {
        await using var rig = await TeamsRig.NewAsync(change: values => values["tenantId"] = "botframework.com");

        var check = Assert.Single((await rig.Channel.TestAsync(rig.Connection.Settings, Cancel)).Checks);

        Assert.Equal((false, "teams.tenants-missing"), (check.IsPassed, check.Detail.FirstCode));
        await rig.StartAsync(Cancel);
        Assert.IsType<Domain.Wording.PhrasedException>(await rig.WaitForEndAsync());
    }

    [Fact]
    public async Task New_keys_are_found_when_a_token_names_them()
    {
        await using var rig = await StartAsync();
        rig.Teams.Mint.With("bf2", new JsonObject { ["endorsements"] = new JsonArray("msteams") });

        Assert.Equal(200, (await ReceiveAsync(rig, rig.Teams.NewMessage("1", "x"), rig.Teams.Authorize(keyId: "bf2"))).Status);
        Assert.Equal(2, rig.Teams.KeyFetches);
    }

    [Fact]
    public async Task Made_up_keys_do_not_make_us_fetch_again_and_again()
    {
        await using var rig = await StartAsync();
        for (var i = 0; i < 20; i++)
        {
            rig.Teams.Mint.With($"made-up-{i}");
            var authorization = rig.Teams.Authorize(keyId: $"made-up-{i}");
            rig.Teams.Mint.Withdraw($"made-up-{i}");
            Assert.Equal(WebhookReply.Refused, await ReceiveAsync(rig, rig.Teams.NewMessage("1", "x"), authorization));
        }

        Assert.Equal(2, rig.Teams.KeyFetches);
    }

    [Fact]
    public async Task Without_keys_nothing_is_believed_and_everything_asked_for_again()
    {
        await using var rig = await TeamsRig.NewAsync();
        rig.Teams.HidesKeys = true;
        await rig.StartAsync(Cancel);

        Assert.Equal(503, (await ReceiveAsync(rig, rig.Teams.NewMessage("1", "x"), rig.Teams.Authorize())).Status);
        Assert.Empty(rig.Gateway.Offered);
        Assert.IsType<Domain.Wording.PhrasedException>(await rig.WaitForEndAsync());
    }

    [Fact]
    public async Task Only_posts_are_taken()
    {
        await using var rig = await StartAsync();
        var request = TeamsRig.RequestOf(rig.Teams.NewMessage("1", "x"), rig.Teams.Authorize());

        Assert.Equal(405, (await ((IWebhookReceiver)rig.Session).ReceiveAsync(request with { Method = "GET" }, rig.Gateway, Cancel)).Status);
        Assert.Equal(400, (await ((IWebhookReceiver)rig.Session).ReceiveAsync(request with { Body = "[]"u8.ToArray() }, rig.Gateway, Cancel)).Status);
    }

    private static async Task<TeamsRig> StartAsync(Action<Dictionary<string, string>>? change = null)
    {
        var rig = await TeamsRig.NewAsync(change: change);
        await rig.StartAsync(Cancel);
        return rig;
    }

    private static Task<WebhookReply> ReceiveAsync(TeamsRig rig, JsonObject activity, string authorization)
        => ((IWebhookReceiver)rig.Session).ReceiveAsync(TeamsRig.RequestOf(activity, authorization), rig.Gateway, Cancel);
}
