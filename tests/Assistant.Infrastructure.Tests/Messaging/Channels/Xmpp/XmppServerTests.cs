using System.Globalization;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Testing.Messaging;
using Assistant.Testing.Servers;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Xmpp;

/// <summary>What only a real server shows, and a line to it that breaks.</summary>
public sealed class XmppServerTests(XmppServerFixture servers) : IClassFixture<XmppServerFixture>
{
    private const int Ann = 5001;
    private const int Many = 200;
    private const int TooLarge = 600_000;
    private const int LargerThanAny = 3_000_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_server_is_come_back_to()
    {
        await using var server = await ProsodyServer.StartAsync([.. XmppRig.AccountsOf("bot")]);
        await using var rig = await XmppRig.NewAsync(server, "bot");
        await rig.StartAsync(Cancel);
        await rig.SayAsync(Ann, "before");
        await rig.Gateway.WaitAsync(1, Cancel);

        await server.KillAsync();
        Assert.True(SpinWait.SpinUntil(() => !rig.IsUp, TimeSpan.FromSeconds(10)));
        await server.StartAgainAsync();
        await rig.ReturnAsync(Ann);
        await rig.SayAsync(Ann, "after");
        if (!SpinWait.SpinUntil(() => rig.IsUp, TimeSpan.FromSeconds(10)))
        {
            Assert.IsType<PhrasedException>(await rig.WaitForEndAsync(), exactMatch: false); // the supervisor starts it again
            await rig.StartAsync(Cancel);
        }

        Assert.Equal(["before", "after"], (await rig.Gateway.WaitAsync(2, Cancel)).Select(Text));
        await SayItAsync(rig, "back");
        Assert.Equal(["back"], rig.ShownTo(Ann));
    }

    [Fact]
    public async Task A_line_cut_among_many_messages_loses_and_doubles_none_that_come()
    {
        await using var rig = await StartAsync();
        for (var i = 0; i < Many; i++)
        {
            await rig.SayAsync(Ann, $"{i:000}");
            if (i % 60 == 30)
            {
                Assert.True(SpinWait.SpinUntil(() => rig.IsUp, TimeSpan.FromSeconds(10)));
                rig.Line.Cut();
            }
        }

        var stored = await rig.Gateway.WaitAsync(Many, Cancel);

        Assert.Equal(Enumerable.Range(0, Many).Select(i => $"{i:000}"), stored.Select(Text));
        Assert.True(rig.Host.Reports.Count(report => report.State == ConnectionState.Degraded) >= 2);
    }

    [Fact]
    public async Task A_line_cut_among_many_messages_loses_and_doubles_none_that_go()
    {
        await using var rig = await StartAsync();
        for (var i = 0; i < Many; i++)
        {
            var sending = SayItAsync(rig, $"{i:000}");
            if (i % 60 == 30)
            {
                rig.Line.Cut();
            }

            await sending;
        }

        Assert.Equal(Enumerable.Range(0, Many).Select(i => $"{i:000}"), rig.ShownTo(Ann));
    }

    [Fact]
    public async Task What_is_stored_but_not_acknowledged_when_we_die_is_one_message()
    {
        await using var rig = await StartAsync();
        rig.Host.LosesCursor = true;
        rig.Line.SwallowsRequests = true; // no acknowledgement leaves us any more, and no goodbye

        await rig.SayAsync(Ann, "precious");
        await rig.Gateway.WaitAsync(1, Cancel);
        await rig.StopAsync();
        rig.Line.SwallowsRequests = false;
        await rig.StartAsync(Cancel);
        await rig.SayAsync(Ann, "next");

        Assert.Equal(["precious", "next"], (await rig.Gateway.WaitAsync(2, Cancel)).Select(Text));
        Assert.Equal(2, rig.Gateway.Offered.Count(message => Text(message) == "precious"));
    }

    [Fact]
    public async Task The_cursor_never_passes_what_failed()
    {
        await using var rig = await StartAsync();
        rig.Gateway.FailNext();
        for (var i = 0; i < 5; i++)
        {
            await rig.SayAsync(Ann, $"{i}");
        }

        Assert.IsType<PhrasedException>(await rig.WaitForEndAsync(), exactMatch: false);
        await rig.StartAsync(Cancel);

        Assert.Equal(["0", "1", "2", "3", "4"], (await rig.Gateway.WaitAsync(5, Cancel)).Select(Text).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_beyond_the_bounds_is_passed_over_and_stops_nothing(bool isMissed)
    {
        await using var rig = await StartAsync();
        if (isMissed)
        {
            await rig.StopAsync();
        }

        await rig.Person(Ann).SayNestedAsync(rig.Bot, "deep", 70);
        await rig.SayAsync(Ann, new string('x', TooLarge));
        await rig.SayAsync(Ann, "hello");
        if (isMissed)
        {
            await rig.StartAsync(Cancel);
        }

        Assert.Equal(["deep", "hello"], (await rig.Gateway.WaitAsync(2, Cancel)).Select(Text));
        Assert.DoesNotContain(rig.Host.Reports, report => report.State == ConnectionState.Degraded);
        Assert.False(rig.HasEnded);
    }

    [Fact]
    public async Task What_an_archive_ends_with_is_passed_even_when_it_cannot_be_kept()
    {
        await using var rig = await StartAsync();
        await rig.StopAsync();
        await rig.SayAsync(Ann, "hello");
        await rig.SayAsync(Ann, new string('x', TooLarge));
        await rig.StartAsync(Cancel);
        await rig.Gateway.WaitAsync(1, Cancel);
        await rig.StopAsync();

        await rig.StartAsync(Cancel);
        await rig.SayAsync(Ann, "next");

        Assert.Equal(["hello", "next"], (await rig.Gateway.WaitAsync(2, Cancel)).Select(Text));
        Assert.Equal(2, rig.Gateway.Offered.Count);
    }

    [Fact]
    public async Task A_line_that_breaks_before_anything_is_stored_is_not_taken_up_for_ever()
    {
        await using var rig = await StartAsync();

        await rig.SayAsync(Ann, new string('x', LargerThanAny));

        Assert.IsType<PhrasedException>(await rig.WaitForEndAsync(), exactMatch: false);
        Assert.InRange(rig.Host.Reports.Count(report => report.State == ConnectionState.Degraded), 1, 3);
    }

    [Fact]
    public async Task An_archive_that_no_longer_has_the_last_id_is_read_from_its_time()
    {
        var clock = new LaterClock(TimeSpan.FromDays(2.5));
        await using var rig = await XmppRig.NewAsync(servers.Server, servers.NextBot(), time: clock);
        await rig.SayAsync(Ann, "r2");
        await rig.SayAsync(Ann, "r3");
        rig.Host.Cursor = $$"""{ "{{rig.Bot}}": { "id": "expired", "at": "{{clock.GetUtcNow().AddDays(-3):O}}" } }""";

        await rig.StartAsync(Cancel);

        Assert.Equal(["r2", "r3"], (await rig.Gateway.WaitAsync(2, Cancel)).Select(Text));
    }

    [Fact]
    public async Task A_place_without_a_time_is_read_from_a_day_before_when_the_archive_no_longer_has_it()
    {
        await using var rig = await XmppRig.NewAsync(servers.Server, servers.NextBot());
        await rig.SayAsync(Ann, "today");
        rig.Host.Cursor = $$"""{"{{rig.Bot}}":"expired"}""";

        await rig.StartAsync(Cancel);

        Assert.Equal(["today"], (await rig.Gateway.WaitAsync(1, Cancel)).Select(Text));
    }

    [Fact]
    public async Task A_room_that_refuses_stops_nothing_and_is_tried_again()
    {
        await using var rig = await XmppRig.NewAsync(servers.Server, servers.NextBot(), values => values["rooms"] += ", closed@" + ProsodyServer.Rooms);
        await rig.Person(Ann).CloseAsync("closed@" + ProsodyServer.Rooms);
        var starting = rig.StartAsync(Cancel);
        await rig.Host.WaitAsync(ConnectionState.Degraded, Cancel);

        await rig.SayAsync(Ann, "direct");
        await rig.SayInGroupAsync(Ann, "in the other room", isMention: true);

        Assert.Equal(["direct", "in the other room"], (await rig.Gateway.WaitAsync(2, Cancel)).Select(Text));
        Assert.Equal("xmpp.not-joined", rig.Host.Reports.First(report => report.State == ConnectionState.Degraded).Detail.FirstCode);
        Assert.IsType<SendOutcome.RetryAfter>(await SendAsync(rig, "waits", new ExternalChat("closed@" + ProsodyServer.Rooms, IsGroup: true)));

        await rig.Person(Ann).OpenAsync("closed@" + ProsodyServer.Rooms);
        await starting;
        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, "at last", new ExternalChat("closed@" + ProsodyServer.Rooms, IsGroup: true)));
    }

    [Fact]
    public async Task In_a_room_it_is_heard_corrected_after_a_restart_and_never_answers_itself()
    {
        await using var rig = await StartAsync();
        await rig.SayInGroupAsync(Ann, "frist", isMention: true);
        await rig.Gateway.WaitAsync(1, Cancel);
        var said = Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, "assistant: hello, room", new ExternalChat(rig.Room, IsGroup: true)));

        await rig.StopAsync();
        await rig.StartAsync(Cancel);
        await rig.Person(Ann).CorrectLastAsync(rig.Room, "assistant: first", isGroup: true);

        var stored = await rig.Gateway.WaitAsync(2, Cancel);
        Assert.Equal(new InboundContent.Edited("first"), stored[1].Content);
        Assert.Equal(stored[0].ExternalMessageId, stored[1].ExternalMessageId);
        Assert.Contains(rig.Person(Ann).Shown, shown => shown.Text == "assistant: hello, room");
        Assert.NotEmpty(said.ExternalId);
    }

    [Fact]
    public async Task What_is_written_to_it_through_a_room_is_a_chat_of_its_own()
    {
        await using var rig = await StartAsync();
        await rig.Person(Ann).JoinAsync(rig.Room);

        await rig.Person(Ann).SayAsync($"{rig.Room}/assistant", "between us");

        var message = Assert.Single(await rig.Gateway.WaitAsync(1, Cancel));
        Assert.False(message.Chat.IsGroup);
        Assert.StartsWith(rig.Room + "/", message.Chat.ExternalId, StringComparison.Ordinal);
        Assert.Equal("between us", Text(message));
    }

    [Fact]
    public async Task A_certificate_nobody_vouches_for_is_not_taken()
    {
        await using var rig = await XmppRig.NewAsync(servers.Server, servers.NextBot(), values => values.Remove("authority"));

        var check = Assert.Single((await rig.Channel.TestAsync(rig.Connection.Settings, Cancel)).Checks);

        Assert.Equal((false, "channel.insecure"), (check.IsPassed, check.Detail.FirstCode));
    }

    [Fact]
    public async Task Without_encryption_it_goes_no_further_than_this_machine()
    {
        await using var rig = await XmppRig.NewAsync(servers.Server, servers.NextBot(), values => (values["security"], values["host"]) = ("none", "xmpp.example.test"));

        var check = Assert.Single((await rig.Channel.TestAsync(rig.Connection.Settings, Cancel)).Checks);

        Assert.Equal((false, "xmpp.plain-elsewhere"), (check.IsPassed, check.Detail.FirstCode));
    }

    [Fact]
    public async Task A_file_has_the_time_its_size_takes()
    {
        await using var rig = await XmppRig.NewAsync(servers.Server, servers.NextBot(), calls: new CallOptions { CallTimeout = TimeSpan.FromMilliseconds(200) });
        await rig.StartAsync(Cancel);
        var content = "the plan"u8.ToArray();
        var file = new OutboundFile("file", "plan.pdf", "application/pdf", content.Length, _ => Task.FromResult<Stream>(new SlowFile(content, TimeSpan.FromSeconds(1))));

        var outcome = await ((IFileSender)rig.Session).SendFileAsync(
            new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(Ann), new MessageBody(""), null, 1, false), file, Cancel);

        Assert.IsType<SendOutcome.Delivered>(outcome);
        Assert.Equal(content, Assert.Single(rig.FilesShownTo(Ann)).Content);
    }

    [Fact]
    public async Task A_file_goes_to_no_private_network_unless_the_operator_named_it()
    {
        await using var server = await ProsodyServer.StartAsync("https", [.. XmppRig.AccountsOf("bot")]);
        await using var rig = await XmppRig.NewAsync(server, "bot", values => values.Remove("files"));
        await rig.StartAsync(Cancel);
        var file = new OutboundFile("file", "plan.pdf", "application/pdf", 3, _ => Task.FromResult<Stream>(new MemoryStream([1, 2, 3])));

        var outcome = await ((IFileSender)rig.Session).SendFileAsync(
            new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(Ann), new MessageBody(""), null, 1, false), file, Cancel);

        Assert.Equal("channel.forbidden-address", Assert.IsType<SendOutcome.RetryAfter>(outcome).Reason.FirstCode);
        Assert.Empty(rig.FilesShownTo(Ann));
    }

    private async Task<XmppRig> StartAsync()
    {
        var rig = await XmppRig.NewAsync(servers.Server, servers.NextBot());
        await rig.StartAsync(Cancel);
        return rig;
    }

    /// <summary>Sends as the outbox does: again when it certainly did not go, after asking when that is not known.</summary>
    private static async Task SayItAsync(XmppRig rig, string text)
    {
        var message = new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(Ann), new MessageBody(text), null, 1, false);
        while (true)
        {
            switch (await rig.Session.SendAsync(message, Cancel))
            {
                case SendOutcome.Delivered:
                case SendOutcome.Uncertain when await ((IDeliveryProbe)rig.Session).FindAsync(message, new HashSet<string>(), Cancel) is { ExternalId: not null }:
                    return;
                case SendOutcome.Rejected refusal:
                    Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"{refusal}"));
                    break;
                default:
                    await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
                    break;
            }
        }
    }

    private static Task<SendOutcome> SendAsync(XmppRig rig, string text, ExternalChat chat)
        => rig.Session.SendAsync(new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, chat, new MessageBody(text), null, 1, false), Cancel);

    private static string Text(InboundMessage message) => ((InboundContent.Said)message.Content).Text;

    /// <summary>A clock that is ahead: what was said now was said long ago.</summary>
    private sealed class LaterClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
