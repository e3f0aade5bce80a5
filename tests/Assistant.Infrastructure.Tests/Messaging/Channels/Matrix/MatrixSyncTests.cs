using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Testing.Matrix;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Matrix;

public sealed class MatrixSyncTests
{
    private const int Ann = 5001;
    private const string DeadRoom = "!dead:x.test";
    private static readonly string AnnsRoom = MatrixEmulator.ChatOf(Ann);
    private static readonly string AnnsUser = MatrixEmulator.UserOf(Ann);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(3, false)]
    [InlineData(3, true)]
    [InlineData(400, false)]
    public async Task What_a_sync_leaves_out_is_read_in_pages_and_in_order(int limit, bool isFlooded)
    {
        await using var rig = await MatrixRig.NewAsync(configure: options => options.TimelineLimit = limit);
        await rig.StartAsync(Cancel);
        rig.Emulator.Say(AnnsRoom, AnnsUser, "said 000");
        await rig.Gateway.WaitAsync(1, Cancel);
        await rig.StopAsync();

        for (var i = 1; i <= 120; i++)
        {
            rig.Emulator.Say(AnnsRoom, AnnsUser, $"said {i:000}");
        }

        if (isFlooded)
        {
            rig.Emulator.Fail("sync", new MatrixFault.Flood(5 << 20));
        }

        await rig.StartAsync(Cancel);

        Assert.Equal(Enumerable.Range(0, 121).Select(i => $"said {i:000}"), (await rig.Gateway.WaitAsync(121, Cancel)).Select(Text));

        // The first may come again, when the end came between its commit and the keeping of the place.
        Assert.InRange(rig.Gateway.Offered.Count, 121, 122);
    }

    [Fact]
    public async Task Nothing_of_the_past_is_answered_at_the_first_start()
    {
        await using var rig = await MatrixRig.NewAsync();
        rig.Emulator.Say(AnnsRoom, AnnsUser, "long ago");

        await rig.StartAsync(Cancel);
        rig.Emulator.Say(AnnsRoom, AnnsUser, "now");

        Assert.Equal(["now"], (await rig.Gateway.WaitAsync(1, Cancel)).Select(Text));
    }

    [Fact]
    public async Task A_lost_place_is_found_by_the_mark_on_the_server_whatever_it_stands_on()
    {
        await using var rig = await MatrixRig.NewAsync();
        await rig.StartAsync(Cancel);
        rig.Emulator.Say(AnnsRoom, AnnsUser, "read");
        await rig.Gateway.WaitAsync(1, Cancel);
        await rig.Emulator.UntilAsync(() => rig.Emulator.MarkOf(AnnsRoom) == rig.Gateway.Stored[0].ExternalMessageId, Cancel);
        await rig.StopAsync();
        var mark = rig.Emulator.Add(AnnsRoom, AnnsUser, "m.reaction", []);
        rig.Emulator.SetMark(AnnsRoom, mark);
        rig.Emulator.Say(AnnsRoom, AnnsUser, "unread");
        rig.Host.Cursor = null;

        await rig.StartAsync(Cancel);

        Assert.Equal(["read", "unread"], (await rig.Gateway.WaitAsync(2, Cancel)).Select(Text));
        Assert.Equal(2, rig.Gateway.Offered.Count);
    }

    [Theory]
    [InlineData("@another:y.test s999999")]
    [InlineData("@assistant:x.test of another server")]
    [InlineData("garbage")]
    public async Task A_place_of_elsewhere_is_no_place(string cursor)
    {
        await using var rig = await MatrixRig.NewAsync();
        rig.Host.Cursor = cursor;

        await rig.StartAsync(Cancel);
        rig.Emulator.Say(AnnsRoom, AnnsUser, "hello");

        Assert.Single(await rig.Gateway.WaitAsync(1, Cancel));
        Assert.StartsWith("@assistant:x.test s", rig.Host.Cursor, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_invitation_is_accepted_and_what_was_said_with_it_is_read()
    {
        await using var rig = await MatrixRig.NewAsync();
        await rig.StartAsync(Cancel);
        var room = "!new:x.test";
        rig.Emulator.SetMembership(room, AnnsUser, "join");
        rig.Emulator.Say(room, AnnsUser, "to myself");

        rig.Emulator.SetMembership(room, MatrixEmulator.Me, "invite", AnnsUser);
        rig.Emulator.Say(room, AnnsUser, "hello, assistant");

        Assert.Equal(["hello, assistant"], (await rig.Gateway.WaitAsync(1, Cancel)).Select(Text));
        rig.Emulator.Say(room, AnnsUser, "and on");
        Assert.Equal(["hello, assistant", "and on"], (await rig.Gateway.WaitAsync(2, Cancel)).Select(Text));
        Assert.False(rig.Gateway.Stored[0].Chat.IsGroup);
    }

    [Theory]
    [InlineData("server", "@person7:elsewhere.test", "invite")]
    [InlineData("never", "@person7:x.test", "invite")]
    [InlineData("always", "@person7:elsewhere.test", "join")]
    [InlineData("server", "@person7:x.test", "join")]
    public async Task Invitations_are_accepted_as_the_setting_says(string invites, string by, string membership)
    {
        await using var rig = await MatrixRig.NewAsync();
        await using var session = rig.Channel.Open(MatrixRig.ConnectionWith(rig.Settings(KeyValuePair.Create("invites", invites))));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = session.RunAsync(rig.Host, stop.Token);
        await rig.Host.WaitAsync(ConnectionState.Up, Cancel);

        rig.Emulator.Invite("!invited:x.test", by);
        await IsPastAsync(rig);

        Assert.Equal(membership, rig.Emulator.MembershipOf("!invited:x.test", MatrixEmulator.Me));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task An_invitation_to_an_encrypted_room_is_declined_with_the_reason()
    {
        await using var rig = await MatrixRig.NewAsync();
        await rig.StartAsync(Cancel);

        rig.Emulator.Invite("!secret:x.test", AnnsUser, isEncrypted: true);
        await IsPastAsync(rig);

        Assert.True(rig.Emulator.Declined("!secret:x.test"));
    }

    [Theory]
    [InlineData(502, "M_UNKNOWN")]
    [InlineData(429, "M_LIMIT_EXCEEDED")]
    public async Task An_invitation_that_cannot_be_answered_now_stops_nothing(int status, string error)
    {
        await using var rig = await MatrixRig.NewAsync();
        await rig.StartAsync(Cancel);
        var place = rig.Host.Cursor;
        rig.Emulator.Fail("join", new MatrixFault.Refusal(status, error, 3_600_000));

        rig.Emulator.Invite(DeadRoom, AnnsUser);
        await rig.Host.WaitAsync(ConnectionState.Degraded, Cancel);
        rig.Emulator.Say(AnnsRoom, AnnsUser, "heard");
        await rig.Gateway.WaitAsync(1, Cancel);
        rig.Emulator.Say(AnnsRoom, AnnsUser, "and on");

        Assert.Equal(["heard", "and on"], (await rig.Gateway.WaitAsync(2, Cancel)).Select(Text));
        Assert.NotEqual(place, rig.Host.Cursor);
        var trouble = rig.Host.Reports[^1].Detail;
        Assert.Equal("matrix.invitations-waiting", trouble.FirstCode);
        Assert.Contains(DeadRoom, trouble.ToString(), StringComparison.Ordinal);

        // It is not tried again before its time.
        Assert.Single(rig.Emulator.Calls, call => call == "POST join");
    }

    [Fact]
    public async Task An_invitation_that_could_not_be_answered_is_answered_later()
    {
        await using var rig = await MatrixRig.NewAsync(configure: options => options.SyncTimeout = TimeSpan.FromMilliseconds(100));
        await rig.StartAsync(Cancel);
        rig.Emulator.Fail("join", new MatrixFault.Refusal(429, "M_LIMIT_EXCEEDED", 50));

        rig.Emulator.Invite(DeadRoom, AnnsUser);
        await rig.Host.WaitAsync(ConnectionState.Degraded, Cancel);

        await rig.Emulator.UntilAsync(() => rig.Emulator.MembershipOf(DeadRoom, MatrixEmulator.Me) == "join", Cancel);
        Assert.True(SpinWait.SpinUntil(() => rig.Host.Reports[^1].State == ConnectionState.Up, TimeSpan.FromSeconds(10)));
        rig.Emulator.Say(DeadRoom, AnnsUser, "hello, assistant");
        Assert.Equal(["hello, assistant"], (await rig.Gateway.WaitAsync(1, Cancel)).Select(Text));
    }

    [Fact]
    public async Task An_invitation_that_is_withdrawn_is_waited_for_no_more()
    {
        await using var rig = await MatrixRig.NewAsync();
        await rig.StartAsync(Cancel);
        rig.Emulator.Fail("join", new MatrixFault.Refusal(502, "M_UNKNOWN"));
        rig.Emulator.Invite(DeadRoom, AnnsUser);
        await rig.Host.WaitAsync(ConnectionState.Degraded, Cancel);

        rig.Emulator.SetMembership(DeadRoom, MatrixEmulator.Me, "leave", AnnsUser);

        Assert.True(SpinWait.SpinUntil(() => rig.Host.Reports[^1].State == ConnectionState.Up, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task What_is_said_in_an_encrypted_room_is_told_to_be_unreadable_and_nothing_is_sent_there()
    {
        await using var rig = await MatrixRig.NewAsync();
        await rig.StartAsync(Cancel);
        Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, "in the clear"));

        rig.Emulator.Encrypt(AnnsRoom, AnnsUser);
        rig.Emulator.Add(AnnsRoom, AnnsUser, "m.room.encrypted", new JsonObject { ["algorithm"] = "m.megolm.v1.aes-sha2", ["ciphertext"] = "AwgA" });
        await rig.Host.WaitAsync(ConnectionState.Degraded, Cancel);

        var (_, detail) = rig.Host.Reports[^1];
        Assert.Equal("matrix.encrypted-rooms", detail.FirstCode);
        Assert.Contains(AnnsRoom, detail.ToString(), StringComparison.Ordinal);
        Assert.Equal("matrix.encrypted-room", Assert.IsType<SendOutcome.Rejected>(await SendAsync(rig, "secret")).Reason.FirstCode);
        Assert.Single(rig.ShownTo(Ann));
    }

    [Fact]
    public async Task A_room_that_was_always_encrypted_is_sent_nothing()
    {
        await using var rig = await MatrixRig.NewAsync();
        rig.Emulator.Encrypt(AnnsRoom, AnnsUser);

        Assert.Equal("matrix.encrypted-room", Assert.IsType<SendOutcome.Rejected>(await SendClosedAsync(rig)).Reason.FirstCode);
        Assert.Empty(rig.ShownTo(Ann));
    }

    [Theory]
    [InlineData(true, 1, 1)]
    [InlineData(false, 2, 0)]
    public async Task An_ended_session_is_refreshed_or_begun_again_as_the_same_device(bool isSoft, int logins, int refreshes)
    {
        await using var rig = await MatrixRig.NewAsync();
        await rig.StartAsync(Cancel);
        var message = Message(rig, "once");
        Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(message, Cancel));

        rig.Emulator.EndSessions(isSoft);

        Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(message, Cancel));
        Assert.Equal(["once"], rig.ShownTo(Ann));
        Assert.Equal((logins, refreshes), (rig.Emulator.Calls.Count(call => call == "POST login"), rig.Emulator.Calls.Count(call => call == "POST refresh")));
    }

    [Fact]
    public async Task A_token_made_by_hand_that_has_ended_is_said_so()
    {
        await using var rig = await MatrixRig.NewAsync(hasPassword: false);
        rig.Emulator.EndSessions(isSoft: false);

        await rig.StartAsync(Cancel);

        Assert.Equal("matrix.signed-out", Assert.IsType<PhrasedException>(await rig.WaitForEndAsync()).Reason.FirstCode);
        var later = Assert.IsType<SendOutcome.RetryAfter>(await SendClosedAsync(rig));
        Assert.Equal(("matrix.signed-out", PauseScope.Connection), (later.Reason.FirstCode, later.Scope));
    }

    [Fact]
    public async Task A_message_sent_again_is_shown_once()
    {
        await using var rig = await MatrixRig.NewAsync();
        await rig.StartAsync(Cancel);
        var message = Message(rig, "once");
        rig.LoseNextAnswer();
        Assert.IsType<SendOutcome.Uncertain>(await rig.Session.SendAsync(message, Cancel));

        Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(message with { Attempt = 2, MayRepeat = true }, Cancel));

        Assert.Equal(["once"], rig.ShownTo(Ann));
    }

    [Fact]
    public async Task A_pause_that_a_sync_is_asked_for_is_kept_and_ends()
    {
        await using var rig = await MatrixRig.NewAsync();
        rig.Emulator.Fail("sync", new MatrixFault.Refusal(429, "M_LIMIT_EXCEEDED", 50));

        await rig.StartAsync(Cancel);

        Assert.Equal(
            [ConnectionState.Starting, ConnectionState.Degraded, ConnectionState.Up], rig.Host.Reports.Select(report => report.State));
    }

    [Fact]
    public async Task Only_who_said_something_changes_it()
    {
        await using var rig = await MatrixRig.NewAsync();
        await rig.StartAsync(Cancel);
        var said = rig.Emulator.Mention(MatrixEmulator.Group, AnnsUser, "mine");
        var own = rig.Emulator.Say(MatrixEmulator.Group, MatrixEmulator.UserOf(5002), "his");

        rig.Emulator.Edit(MatrixEmulator.Group, MatrixEmulator.UserOf(5002), said, "not mine");
        rig.Emulator.Edit(MatrixEmulator.Group, MatrixEmulator.UserOf(5002), "$nowhere", "of nothing");
        rig.Emulator.Edit(MatrixEmulator.Group, MatrixEmulator.UserOf(5002), own, "still his");

        var stored = await rig.Gateway.WaitAsync(3, Cancel);
        Assert.Equal((own, new InboundContent.Edited("still his")), (stored[2].ExternalMessageId, (InboundContent.Edited)stored[2].Content));
        Assert.Equal(3, rig.Gateway.Offered.Count);
    }

    [Fact]
    public async Task A_message_that_somebody_else_takes_back_stays_its_senders_and_a_reaction_is_none()
    {
        await using var rig = await MatrixRig.NewAsync();
        await rig.StartAsync(Cancel);
        var said = rig.Emulator.Say(MatrixEmulator.Group, AnnsUser, "bad words", content => content["m.relates_to"] = new JsonObject
        {
            ["rel_type"] = "m.thread", ["event_id"] = "$root", ["is_falling_back"] = true, ["m.in_reply_to"] = new JsonObject { ["event_id"] = "$root" },
        });
        await rig.Gateway.WaitAsync(1, Cancel);
        var reaction = rig.Emulator.Add(MatrixEmulator.Group, AnnsUser, "m.reaction", []);

        rig.Emulator.Redact(MatrixEmulator.Group, AnnsUser, reaction);
        rig.Emulator.Redact(MatrixEmulator.Group, MatrixEmulator.UserOf(5003), said);

        var deleted = (await rig.Gateway.WaitAsync(2, Cancel))[1];
        Assert.IsType<InboundContent.Deleted>(deleted.Content);
        Assert.Equal((said, AnnsUser, "$root"), (deleted.ExternalMessageId, deleted.Sender.ExternalId, deleted.Chat.ThreadId));
    }

    [Fact]
    public async Task An_edit_after_a_restart_finds_its_message_in_its_thread()
    {
        await using var rig = await MatrixRig.NewAsync();
        await rig.StartAsync(Cancel);
        var root = rig.Emulator.Say(AnnsRoom, AnnsUser, "root");
        var said = rig.Emulator.Say(AnnsRoom, AnnsUser, "in it", content => content["m.relates_to"] = new JsonObject { ["rel_type"] = "m.thread", ["event_id"] = root });
        await rig.Gateway.WaitAsync(2, Cancel);
        await rig.StopAsync();

        rig.Emulator.Edit(AnnsRoom, AnnsUser, said, "still in it");
        await rig.StartAsync(Cancel);

        var edited = (await rig.Gateway.WaitAsync(3, Cancel))[2];
        Assert.Equal((said, root), (edited.ExternalMessageId, edited.Chat.ThreadId));
    }

    [Fact]
    public async Task In_a_group_a_reply_to_the_assistant_and_a_thread_it_began_are_meant_for_it()
    {
        await using var rig = await MatrixRig.NewAsync();
        var own = rig.Emulator.Add(MatrixEmulator.Group, MatrixEmulator.Me, "m.room.message", new JsonObject { ["msgtype"] = "m.notice", ["body"] = "I said" });
        await rig.StartAsync(Cancel);

        rig.Emulator.Say(MatrixEmulator.Group, AnnsUser, "> <@assistant:x.test> I said\n\nand I reply", content
            => content["m.relates_to"] = new JsonObject { ["m.in_reply_to"] = new JsonObject { ["event_id"] = own } });
        rig.Emulator.Say(MatrixEmulator.Group, AnnsUser, "in the thread", content
            => content["m.relates_to"] = new JsonObject { ["rel_type"] = "m.thread", ["event_id"] = own });
        rig.Emulator.Say(MatrixEmulator.Group, AnnsUser, "to nobody");

        Assert.Equal(
            [("and I reply", true), ("in the thread", true), ("to nobody", false)], (await rig.Gateway.WaitAsync(3, Cancel)).Select(m => (Text(m), m.IsAddressed)));
    }

    [Fact]
    public async Task A_room_of_two_is_a_group_once_a_third_comes()
    {
        await using var rig = await MatrixRig.NewAsync();
        await rig.StartAsync(Cancel);
        rig.Emulator.Say(AnnsRoom, AnnsUser, "between us");
        await rig.Gateway.WaitAsync(1, Cancel);

        rig.Emulator.SetMembership(AnnsRoom, MatrixEmulator.UserOf(5003), "join");
        rig.Emulator.Say(AnnsRoom, AnnsUser, "to her");
        rig.Emulator.SetMembership(AnnsRoom, MatrixEmulator.UserOf(5003), "leave");
        rig.Emulator.Say(AnnsRoom, AnnsUser, "between us again");

        Assert.Equal([(false, true), (true, false), (false, true)], (await rig.Gateway.WaitAsync(3, Cancel)).Select(m => (m.Chat.IsGroup, m.IsAddressed)));
    }

    private static OutboundMessage Message(MatrixRig rig, string text)
        => new(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(Ann), new MessageBody(text), null, 1, false);

    private static Task<SendOutcome> SendAsync(MatrixRig rig, string text) => rig.Session.SendAsync(Message(rig, text), Cancel);

    private static async Task<SendOutcome> SendClosedAsync(MatrixRig rig)
    {
        await using var session = rig.Channel.Open(rig.Connection);
        return await session.SendAsync(Message(rig, "x"), Cancel);
    }

    // What is said once the first is stored comes with the sync after that one.
    private static async Task IsPastAsync(MatrixRig rig)
    {
        rig.Emulator.Say(AnnsRoom, AnnsUser, "with it, or later");
        await rig.Gateway.WaitAsync(1, Cancel);
        rig.Emulator.Say(AnnsRoom, AnnsUser, "after it");
        await rig.Gateway.WaitAsync(2, Cancel);
    }

    private static string Text(InboundMessage message) => ((InboundContent.Said)message.Content).Text;
}
