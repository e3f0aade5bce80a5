using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Testing.Teams;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Teams;

public sealed class TeamsOfferTests
{
    private int _opened;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_is_put_into_place_when_it_is_taken_and_not_before()
    {
        await using var rig = await StartAsync();
        var offered = await OfferAsync(rig);
        Assert.Empty(rig.Teams.FilesShown);

        Assert.Equal(200, await DecideAsync(rig, rig.Teams.NewDecision(offered, "accept")));

        Assert.Equal("the plan"u8.ToArray(), Assert.Single(rig.Teams.FilesShown).Content);
        var link = rig.Teams.Shown[^1].Activity["attachments"]![0]!;
        Assert.Equal(("application/vnd.microsoft.teams.card.file.info", "plan.txt", "txt"), ((string)link["contentType"]!, (string)link["name"]!, (string)link["content"]!["fileType"]!));
        Assert.StartsWith("https://contoso.sharepoint.test/", (string)link["contentUrl"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_taken_twice_is_one_file()
    {
        await using var rig = await StartAsync();
        var offered = await OfferAsync(rig);

        Assert.Equal(200, await DecideAsync(rig, rig.Teams.NewDecision(offered, "accept")));
        Assert.Equal(404, await DecideAsync(rig, rig.Teams.NewDecision(offered, "accept")));
        Assert.Single(rig.Teams.FilesShown);
    }

    [Fact]
    public async Task A_file_that_is_declined_goes_nowhere()
    {
        await using var rig = await StartAsync();
        var offered = await OfferAsync(rig);

        Assert.Equal(200, await DecideAsync(rig, rig.Teams.NewDecision(offered, "decline")));
        Assert.Equal(404, await DecideAsync(rig, rig.Teams.NewDecision(offered, "accept")));
        Assert.Empty(rig.Teams.FilesShown);
    }

    [Fact]
    public async Task Nobody_takes_what_was_offered_to_somebody_else()
    {
        await using var rig = await StartAsync();
        var offered = await OfferAsync(rig);

        Assert.Equal(404, await DecideAsync(rig, rig.Teams.NewDecision(offered with { Conversation = "a:5002" }, "accept")));
        Assert.Empty(rig.Teams.FilesShown);
        Assert.Equal(200, await DecideAsync(rig, rig.Teams.NewDecision(offered, "accept")));
    }

    [Theory]
    [InlineData("https://169.254.169.254/upload")]
    [InlineData("http://contoso.sharepoint.test/upload")]
    [InlineData("file:///etc/passwd")]
    [InlineData(null)]
    public async Task A_place_that_is_none_gets_nothing_and_the_offer_stays(string? place)
    {
        await using var rig = await StartAsync();
        var offered = await OfferAsync(rig);
        var decision = rig.Teams.NewDecision(offered, "accept");
        decision["value"]!["uploadInfo"]!["uploadUrl"] = place;

        Assert.Equal(502, await DecideAsync(rig, decision));
        Assert.Equal(200, await DecideAsync(rig, rig.Teams.NewDecision(offered, "accept")));
    }

    [Fact]
    public async Task A_file_that_is_gone_meanwhile_is_said_to_be()
    {
        await using var rig = await StartAsync();
        rig.Teams.TakesFiles = false;
        var file = new OutboundFile("file", "plan.txt", "text/plain", 8, _ => _opened++ == 0 ? Task.FromResult<Stream>(new MemoryStream()) : throw new IOException("It was forgotten."));
        Assert.IsType<SendOutcome.Delivered>(await ((IFileSender)rig.Session).SendFileAsync(Message(rig, new ExternalChat("a:5001")), file, Cancel));

        Assert.Equal(404, await DecideAsync(rig, rig.Teams.NewDecision(rig.Teams.Shown[^1], "accept")));
        Assert.Empty(rig.Teams.FilesShown);
    }

    [Fact]
    public async Task A_file_is_handed_over_although_teams_gave_up_waiting()
    {
        await using var rig = await StartAsync();
        var offered = await OfferAsync(rig);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        rig.Teams.HoldNextFile(TimeSpan.FromMilliseconds(500));

        var deciding = DecideAsync(rig, rig.Teams.NewDecision(offered, "accept"), patience.Token);
        await rig.Teams.FileBegunAsync(Cancel);
        await patience.CancelAsync();

        Assert.Equal(200, await deciding);
        Assert.Single(rig.Teams.FilesShown);
        Assert.Equal("plan.txt", (string?)rig.Teams.Shown[^1].Activity["attachments"]![0]!["name"]);
        Assert.Equal(404, await DecideAsync(rig, rig.Teams.NewDecision(offered, "accept")));
    }

    [Fact]
    public async Task A_file_that_could_not_be_put_into_place_in_time_is_still_offered()
    {
        await using var rig = await StartAsync(new CallOptions { CallTimeout = TimeSpan.FromSeconds(5), FileTimeout = TimeSpan.FromSeconds(2) });
        var offered = await OfferAsync(rig);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        rig.Teams.HoldNextFile(TimeSpan.FromMinutes(1));

        var deciding = DecideAsync(rig, rig.Teams.NewDecision(offered, "accept"), patience.Token);
        await rig.Teams.FileBegunAsync(Cancel);
        await patience.CancelAsync();

        Assert.Equal(502, await deciding);
        Assert.Equal(200, await DecideAsync(rig, rig.Teams.NewDecision(offered, "accept")));
        Assert.Single(rig.Teams.FilesShown);
    }

    [Fact]
    public async Task A_file_has_the_time_of_a_file()
    {
        await using var rig = await StartAsync(new CallOptions { CallTimeout = TimeSpan.FromSeconds(2), FileTimeout = TimeSpan.FromSeconds(20) });
        var offered = await OfferAsync(rig);
        rig.Teams.HoldNextFile(TimeSpan.FromSeconds(3));

        Assert.Equal(200, await DecideAsync(rig, rig.Teams.NewDecision(offered, "accept")));
        Assert.Single(rig.Teams.FilesShown);
    }

    [Fact]
    public async Task In_a_group_there_are_no_files()
    {
        await using var rig = await StartAsync();

        var outcome = await ((IFileSender)rig.Session).SendFileAsync(Message(rig, new ExternalChat("19:c1@thread.tacv2", "1", IsGroup: true)), Plan, Cancel);

        Assert.Equal("teams.files-personal", Assert.IsType<SendOutcome.Rejected>(outcome).Reason.FirstCode);
        Assert.Empty(rig.Teams.Shown);
    }

    private static OutboundFile Plan => new("file", "plan.txt", "text/plain", 8, _ => Task.FromResult<Stream>(new MemoryStream("the plan"u8.ToArray(), writable: false)));

    private static async Task<TeamsShown> OfferAsync(TeamsRig rig)
    {
        rig.Teams.TakesFiles = false;
        Assert.IsType<SendOutcome.Delivered>(await ((IFileSender)rig.Session).SendFileAsync(Message(rig, new ExternalChat("a:5001")), Plan, Cancel));
        return rig.Teams.Shown[^1];
    }

    private static async Task<int> DecideAsync(TeamsRig rig, JsonObject decision, CancellationToken? patience = null)
        => (await ((IWebhookReceiver)rig.Session).ReceiveAsync(TeamsRig.RequestOf(decision, rig.Teams.Authorize()), rig.Gateway, patience ?? Cancel)).Status;

    private static OutboundMessage Message(TeamsRig rig, ExternalChat chat) => new(Guid.CreateVersion7(), rig.Connection.Id, chat, new MessageBody(""), null, 1, false);

    private static async Task<TeamsRig> StartAsync(CallOptions? calls = null)
    {
        var rig = await TeamsRig.NewAsync(calls: calls);
        await rig.StartAsync(Cancel);
        return rig;
    }
}
