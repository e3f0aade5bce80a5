using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Channels.Feishu;
using Assistant.Testing.Feishu;
using Assistant.Testing.Messaging;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Feishu;

/// <summary>Reactions, whose events do not say where they happened.</summary>
public sealed class FeishuReactionTests
{
    private const int Ann = 5001;
    private const string Bot = "ou_bot";

    // As https://open.feishu.cn/document/server-docs/im-v1/message-reaction/emojis-introduce lists them.
    private const string Documented = """
        OK THUMBSUP THANKS MUSCLE FINGERHEART APPLAUSE FISTBUMP JIAYI DONE SMILE BLUSH LAUGH SMIRK LOL FACEPALM LOVE WINK PROUD WITTY SMART SCOWL THINKING SOB CRY ERROR
        NOSEPICK HAUGHTY SLAP SPITBLOOD TOASTED GLANCE DULL INNOCENTSMILE JOYFUL WOW TRICK YEAH ENOUGH TEARS EMBARRASSED KISS SMOOCH DROOL OBSESSED MONEY TEASE SHOWOFF
        COMFORT CLAP PRAISE STRIVE XBLUSH SILENT WAVE WHAT FROWN SHY DIZZY LOOKDOWN CHUCKLE WAIL CRAZY WHIMPER HUG BLUBBER WRONGED HUSKY SHHH SMUG ANGRY HAMMER SHOCKED
        TERROR PETRIFIED SKULL SWEAT SPEECHLESS SLEEP DROWSY YAWN SICK PUKE BETRAYED HEADSET EatingFood MeMeMe Sigh Typing Lemon Get LGTM OnIt OneSecond VRHeadset
        YouAreTheBest SALUTE SHAKE HIGHFIVE UPPERLEFT ThumbsDown SLIGHT TONGUE EYESCLOSED RoarForYou CALF BEAR BULL RAINBOWPUKE ROSE HEART PARTY LIPS BEER CAKE GIFT
        CUCUMBER Drumstick Pepper CANDIEDHAWS BubbleTea Coffee Yes No OKR CheckMark CrossMark MinusOne Hundred AWESOMEN Pin Alarm Loudspeaker Trophy Fire BOMB Music
        XmasTree Snowman XmasHat FIREWORKS 2022 REDPACKET FORTUNE LUCK FIRECRACKER StickyRiceBalls HEARTBROKEN POOP StatusFlashOfInspiration 18X CLEAVER Soccer
        Basketball GeneralDoNotDisturb Status_PrivateMessage GeneralInMeetingBusy StatusReading StatusInFlight GeneralBusinessTrip GeneralWorkFromHome StatusEnjoyLife
        GeneralTravellingCar StatusBus GeneralSun GeneralMoonRest
        """;

    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Modes { get; } = ["webhook", "socket"];

    /// <summary>What passes: each kind of fault, over both ways in.</summary>
    public static MatrixTheoryData<string, string> Passing { get; } = new(["webhook", "socket"], ["broken", "flooded", "flooded by code", "hanging", "cut", "unreadable"]);

    [Theory]
    [InlineData("THUMBSUP", "👍")]
    [InlineData("HEART", "❤️")]
    [InlineData("ThumbsDown", "👎")]
    [InlineData("Fire", "🔥")]
    [InlineData("JIAYI", "+1")]
    [InlineData("FIRE", ":FIRE:")]
    [InlineData("MeMeMe", ":MeMeMe:")]
    public void An_emoji_is_shown_as_people_know_it_or_by_its_name(string type, string shown)
        => Assert.Equal([shown], ((InboundContent.Reacted)Read(Event("created", reaction => reaction["reaction_type"]!["emoji_type"] = type))!.Content).Reactions);

    [Fact]
    public void Every_documented_emoji_can_be_kept_and_no_other_is_known()
    {
        var documented = Documented.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);

        Assert.All(documented, name => Assert.True(PersonReactions.IsName(FeishuEmoji.Read(name)), name));
        Assert.Empty(FeishuEmoji.Known.Except(documented));
    }

    [Fact]
    public void A_reaction_names_who_what_and_when()
    {
        var reaction = Read(Event("created"))!;
        var message = reaction.In(new ConnectionId("feishu"), new ExternalChat("oc_1"));

        Assert.Equal(("om_1", "cli_1/ou_1", ""), (message.ExternalMessageId, message.Sender.ExternalId, message.Sender.DisplayName));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1_767_225_600_123), message.SentAt);
        Assert.Equal(ReactionChange.Added, reaction.Content.Change);
        Assert.Equal(ReactionChange.Removed, Read(Event("deleted"))!.Content.Change);
        Assert.Equal(2, new[] { Event("created"), Event("created"), Event("deleted") }.Select(body => Read(body)!.Key).Distinct().Count());
    }

    [Fact]
    public void What_is_taken_back_stays_away_in_whichever_order_it_is_told()
    {
        var (given, taken) = (Read(Event("created"))!, Read(Event("deleted"))!);
        var again = Read(Event("created", reaction => reaction["action_time"] = "1767225600125"))!;

        Assert.Empty(Standing(given, taken));
        Assert.Empty(Standing(taken, given));
        Assert.Equal(["👍"], Standing(given, taken, again));
        Assert.Equal(["👍"], Standing(taken, again, given));
    }

    [Theory]
    [InlineData("message_id", "../users")]
    [InlineData("message_id", null)]
    [InlineData("operator_type", "app")]
    [InlineData("operator_type", "anonymous")]
    [InlineData("user_id", null)]
    [InlineData("reaction_type", null)]
    [InlineData("action_time", null)]
    public void What_is_no_reaction_of_a_person_is_nothing(string name, string? value) => Assert.Null(Read(Event("created", reaction => reaction[name] = value)));

    [Fact]
    public void What_the_assistant_reacts_with_under_its_own_id_is_nothing()
        => Assert.Null(Read(Event("created", reaction => reaction["user_id"]!["open_id"] = Bot)));

    [Fact]
    public void Whatever_is_told_of_a_reaction_gives_one_or_none()
    {
        var read = 0;
        foreach (var (_, input) in MutatedBytes.Of(
            Encoding.UTF8.GetBytes(Event("created")), Encoding.UTF8.GetBytes(Event("deleted", reaction => reaction["action_time"] = "253402300799999"))))
        {
            if (FeishuEvents.ReadCallback(input) is { } callback && FeishuReactions.Read(callback, Bot, Now) is { } reaction)
            {
                read++;
                Assert.True(FeishuIds.IsId(reaction.Message));
                Assert.InRange(reaction.Key.Length, 1, 300);
            }
        }

        Assert.InRange(read, 1, MutatedBytes.Count - 1);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task The_chat_of_a_message_from_before_a_restart_is_asked_for_once(string mode)
    {
        await using var house = new CallbackHouse();
        await using var rig = await NewRigAsync(house, mode);
        var sent = await SendAndRestartAsync(rig);
        var asked = rig.Emulator.SayInGroup(Ann, "well?", isMention: true);
        await rig.Gateway.WaitAsync(1, Cancel);
        await RestartAsync(rig);

        rig.Emulator.React(Ann, sent, "THUMBSUP");
        rig.Emulator.React(Ann, sent, "THUMBSUP", isTakenBack: true);
        rig.Emulator.React(Ann, asked, "HEART");

        var stored = (await rig.Gateway.WaitAsync(4, Cancel)).Skip(1).ToList();
        Assert.Equal(
            [(sent, FeishuEmulator.ChatOf(Ann)), (sent, FeishuEmulator.ChatOf(Ann)), (asked, FeishuEmulator.Group)],
            stored.Select(message => (message.ExternalMessageId, message.Chat.ExternalId)));
        Assert.Equal(2, rig.Emulator.Calls.Count(call => call == "message"));
        Assert.Equal(0, rig.Emulator.FailedDeliveries);
    }

    [Fact]
    public async Task The_chat_of_a_recent_message_is_not_asked_for()
    {
        await using var house = new CallbackHouse();
        await using var rig = await NewRigAsync(house, "webhook");
        await rig.StartAsync(Cancel);
        rig.Emulator.SayInGroup(Ann, "hello", isMention: true, message => message["thread_id"] = "omt_1");
        var said = Assert.Single(await rig.Gateway.WaitAsync(1, Cancel));

        rig.Emulator.React(Ann, said.ExternalMessageId, "THUMBSUP");

        Assert.Equal(said.Chat, (await rig.Gateway.WaitAsync(2, Cancel))[^1].Chat);
        Assert.DoesNotContain("message", rig.Emulator.Calls);
    }

    [Theory]
    [InlineData("recalled")]
    [InlineData("outside")]
    [InlineData("unknown")]
    [InlineData("230050")]
    [InlineData("230013")]
    [InlineData("230027")]
    [InlineData("99991672")]
    [InlineData("deleted")]
    [InlineData("nothing")]
    public async Task A_message_that_is_nowhere_is_acknowledged(string why)
    {
        await using var house = new CallbackHouse();
        await using var rig = await NewRigAsync(house, "webhook");
        await rig.StartAsync(Cancel);
        var message = rig.Emulator.SayInGroup(Ann, "hello", isMention: true);
        var own = rig.Emulator.Say(Ann, "mine");
        await rig.Gateway.WaitAsync(2, Cancel);
        await RestartAsync(rig);
        switch (why)
        {
            case "recalled":
                message = own;
                rig.Emulator.RecallLast(Ann);
                break;
            case "outside":
                rig.Emulator.LeaveGroup();
                break;
            case "unknown":
                message = "om_of_nobody";
                break;
            case "deleted":
                rig.Emulator.Fail("message", new FeishuFault.Answer("""{"code":0,"data":{"items":[{"message_id":"om_1","chat_id":"oc_group","deleted":true}]}}"""));
                break;
            case "nothing":
                rig.Emulator.Fail("message", new FeishuFault.Answer("""{"code":0,"data":{"items":[]}}"""));
                break;
            default:
                rig.Emulator.Fail("message", new FeishuFault.Code(int.Parse(why, System.Globalization.CultureInfo.InvariantCulture)));
                break;
        }

        rig.Emulator.React(Ann, message, "THUMBSUP");
        rig.Emulator.Say(Ann, "then");

        var stored = await rig.Gateway.WaitAsync(3, Cancel);
        Assert.DoesNotContain(stored, one => one.Content is InboundContent.Reacted);
        Assert.Equal(1, rig.Emulator.Calls.Count(call => call == "message"));
        Assert.Equal(0, rig.Emulator.FailedDeliveries);
    }

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task What_cannot_be_said_now_is_told_again_and_nothing_is_lost(string mode, string fault)
    {
        await using var house = new CallbackHouse();
        await using var rig = await NewRigAsync(house, mode, options => (options.PlacePatience, options.PlacePause) = (TimeSpan.FromMilliseconds(500), TimeSpan.Zero));
        var sent = await SendAndRestartAsync(rig);
        rig.Emulator.Fail("message", fault switch
        {
            "broken" => new FeishuFault.Status(503),
            "flooded" => new FeishuFault.Flood(1),
            "flooded by code" => new FeishuFault.Flood(1, WithStatus: 400),
            "hanging" => new FeishuFault.Hang(),
            "cut" => new FeishuFault.Cut(),
            _ => new FeishuFault.Answer("<html>down</html>"),
        });

        rig.Emulator.React(Ann, sent, "THUMBSUP");
        rig.Emulator.Say(Ann, "then");

        var stored = await rig.Gateway.WaitAsync(2, Cancel);
        Assert.Equal([sent, "then"], stored.Select(one => one.Content is InboundContent.Said said ? said.Text : one.ExternalMessageId));
        Assert.Equal(FeishuEmulator.ChatOf(Ann), stored[0].Chat.ExternalId);
        Assert.Equal((1, 2), (rig.Emulator.FailedDeliveries, rig.Emulator.Calls.Count(call => call == "message")));
        Assert.True(mode == "webhook" || rig.Emulator.OpenSockets == 1);
    }

    [Fact]
    public async Task While_feishu_hangs_one_waits_and_the_others_do_not()
    {
        await using var rig = await FeishuRig.NewAsync(configure: options => (options.PlacePatience, options.PlacePause) = (TimeSpan.FromMilliseconds(500), TimeSpan.FromMinutes(5)));
        await rig.StartAsync(Cancel);
        rig.Emulator.Fail("message", new FeishuFault.Hang());
        for (var i = 0; i < 10; i++)
        {
            var request = rig.Signed(Event("created", reaction => reaction["message_id"] = $"om_{i}", rig.Emulator.AppId));
            Assert.Equal(503, (await ((IWebhookReceiver)rig.Session).ReceiveAsync(request, rig.Gateway, Cancel).WaitAsync(TimeSpan.FromSeconds(3), Cancel)).Status);
        }

        Assert.Equal(1, rig.Emulator.Calls.Count(call => call == "message"));
        Assert.Empty(rig.Gateway.Offered);
    }

    private static Task<FeishuRig> NewRigAsync(CallbackHouse house, string mode, Action<FeishuOptions>? configure = null)
        => mode == "socket" ? FeishuRig.NewConnectedAsync(configure) : FeishuRig.NewAsync(house, configure);

    /// <summary>Sends something, and forgets what is only remembered.</summary>
    private static async Task<string> SendAndRestartAsync(FeishuRig rig)
    {
        await rig.StartAsync(Cancel);
        var sent = await rig.Session.SendAsync(
            new OutboundMessage(Guid.CreateVersion7(), rig.Connection.Id, rig.ChatOf(Ann), new MessageBody("well done"), null, 1, false), Cancel);
        await RestartAsync(rig);
        return Assert.IsType<SendOutcome.Delivered>(sent).ExternalId;
    }

    private static async Task RestartAsync(FeishuRig rig)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        end.CancelAfter(TimeSpan.FromSeconds(20));
        // What was stored may not be acknowledged yet: it would be told again after the restart.
        while (rig.Emulator.OpenDeliveries > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), end.Token);
        }

        await rig.StopAsync();
        while (rig.Emulator.OpenSockets > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), end.Token);
        }

        var before = Ups();
        await rig.StartAsync(Cancel);
        while (Ups() == before)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), end.Token);
        }

        int Ups() => rig.Host.Reports.Count(report => report.State == ConnectionState.Up);
    }

    private static IEnumerable<string> Standing(params IReadOnlyList<FeishuReaction> told)
        => told.Aggregate(PersonReactions.None, (stands, one) => stands.After(one.Content, one.At)).Marks.Select(mark => mark.Name);

    private static FeishuReaction? Read(string body)
        => FeishuEvents.ReadCallback(Encoding.UTF8.GetBytes(body)) is { } callback ? FeishuReactions.Read(callback, Bot, Now) : null;

    private static string Event(string what, Action<JsonObject>? change = null, string app = "cli_1")
    {
        var reaction = new JsonObject
        {
            ["message_id"] = "om_1", ["reaction_type"] = new JsonObject { ["emoji_type"] = "THUMBSUP" }, ["operator_type"] = "user",
            ["user_id"] = new JsonObject { ["union_id"] = "on_1", ["user_id"] = "u1", ["open_id"] = "ou_1" }, ["action_time"] = "1767225600123",
        };
        change?.Invoke(reaction);
        return new JsonObject
        {
            ["schema"] = "2.0",
            ["header"] = new JsonObject { ["event_id"] = "ev1", ["event_type"] = $"im.message.reaction.{what}_v1", ["create_time"] = "1767225600200", ["token"] = "v-tok", ["app_id"] = app },
            ["event"] = reaction,
        }.ToJsonString();
    }
}
