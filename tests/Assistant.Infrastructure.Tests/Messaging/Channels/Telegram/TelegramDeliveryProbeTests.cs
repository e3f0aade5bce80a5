using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Testing.Telegram;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Telegram;

/// <summary>After a crash between send and mark: what was shown is found, and only what certainly was not is called so.</summary>
public sealed class TelegramDeliveryProbeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(40)]
    public async Task A_shown_message_is_found_though_others_came_after_it(int later)
    {
        await using var rig = await NewRigAsync();
        var known = Ask(rig, 5001);
        var shown = rig.Emulator.Show(5001, "answer");
        for (var i = 0; i < later; i++)
        {
            known.UnionWith(Ask(rig, 5001 + i));
        }

        await rig.StartAsync(Cancel);

        Assert.Equal(new DeliveryFinding($"7000/5001:{shown.Id}"), await FindAsync(rig, 5001, "answer", known));
        Assert.Equal(0, rig.Emulator.SaidBy(5001).Sum(m => m.Edits));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_chats_message_is_not_mistaken_for_it(bool isLenient)
    {
        await using var rig = await NewRigAsync();
        rig.Emulator.IsLenient = isLenient;
        var known = Ask(rig, 5001);
        known.UnionWith(Ask(rig, 5002));
        rig.Emulator.Show(5002, "answer");
        await rig.StartAsync(Cancel);

        Assert.Equal(new DeliveryFinding(null), await FindAsync(rig, 5001, "answer", known));
    }

    [Fact]
    public async Task A_server_that_answers_with_messages_is_asked_about_each_id_once()
    {
        await using var rig = await NewRigAsync();
        rig.Emulator.IsLenient = true;
        var known = new HashSet<string>();
        for (var person = 5001; person < 5021; person++)
        {
            known.UnionWith(Ask(rig, person));
            rig.Emulator.Show(person, $"answer to {person}");
        }

        await rig.StartAsync(Cancel);

        for (var person = 5001; person < 5021; person++)
        {
            Assert.Equal($"7000/{person}:{rig.Emulator.SaidBy(person)[0].Id}", (await FindAsync(rig, person, $"answer to {person}", known))?.ExternalId);
            Assert.Equal(new DeliveryFinding(null), await FindAsync(rig, person, "another answer", known));
        }

        Assert.True(rig.Emulator.Calls.Count(c => c.Method == "editMessageReplyMarkup") <= 20 + 64);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Many_interrupted_sends_are_each_found_once(bool isLenient)
    {
        await using var rig = await NewRigAsync();
        rig.Emulator.IsLenient = isLenient;
        var known = new HashSet<string>();
        var expected = new Dictionary<int, int?>();
        for (var person = 5001; person < 5041; person++)
        {
            known.UnionWith(Ask(rig, person));
        }

        for (var person = 5001; person < 5041; person++)
        {
            expected[person] = person % 3 == 0 ? null : rig.Emulator.Show(person, "the same answer").Id;
        }

        await rig.StartAsync(Cancel);

        foreach (var (person, id) in expected)
        {
            Assert.Equal(new DeliveryFinding(id is null ? null : $"7000/{person}:{id}"), await FindAsync(rig, person, "the same answer", known));
        }
    }

    [Fact]
    public async Task The_backlog_is_received_before_anything_is_certain()
    {
        await using var rig = await NewRigAsync();
        var known = Ask(rig, 5001);
        for (var i = 0; i < 400; i++)
        {
            // Written while the process was down: the bot has them, our database does not.
            rig.Emulator.Say(6000 + i, "waiting");
        }

        var shown = rig.Emulator.Show(5001, "answer");
        await rig.StartAsync(Cancel);

        Assert.Equal(new DeliveryFinding($"7000/5001:{shown.Id}"), await FindAsync(rig, 5001, "answer", known));
    }

    [Fact]
    public async Task While_the_backlog_cannot_be_received_nothing_is_certain()
    {
        await using var rig = await TelegramRig.NewAsync(configure: o => o.ProbePatience = TimeSpan.FromMilliseconds(50));
        var known = Ask(rig, 5001);
        await using var session = rig.Channel.Open(rig.Connection);

        Assert.Null(await ((IDeliveryProbe)session).FindAsync(Message(rig, 5001, "answer"), known, Cancel));
    }

    [Fact]
    public async Task More_gaps_than_may_be_asked_about_leave_it_open()
    {
        await using var rig = await NewRigAsync(o => (o.ProbeLimit, o.ProbeLookAhead) = (20, 5));
        var known = Ask(rig, 5001);
        SkipIds(rig, 30);
        known.UnionWith(Ask(rig, 5002));
        await rig.StartAsync(Cancel);

        Assert.Null(await FindAsync(rig, 5001, "answer", known));
        Assert.Equal(20, rig.Emulator.Calls.Count(c => c.Method == "editMessageReplyMarkup"));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(3, 2)]
    public async Task A_wide_gap_of_old_ids_does_not_keep_the_likeliest_from_being_asked_about(int later, int questions)
    {
        await using var rig = await NewRigAsync(o => o.ProbeLimit = 20);
        var known = Ask(rig, 5001);
        SkipIds(rig, 30);
        known.UnionWith(Ask(rig, 5001));
        var shown = rig.Emulator.Show(5001, "answer");
        for (var i = 0; i < later; i++)
        {
            known.UnionWith(Ask(rig, 5002));
        }

        await rig.StartAsync(Cancel);

        Assert.Equal(new DeliveryFinding($"7000/5001:{shown.Id}"), await FindAsync(rig, 5001, "answer", known));
        Assert.Equal(questions, rig.Emulator.Calls.Count(c => c.Method == "editMessageReplyMarkup"));
    }

    [Fact]
    public async Task Ids_from_before_what_the_person_said_last_are_not_asked_about()
    {
        await using var rig = await NewRigAsync(o => (o.ProbeLimit, o.ProbeLookAhead) = (20, 5));
        var known = Ask(rig, 5001);
        SkipIds(rig, 30);
        var heard = Assert.Single(Ask(rig, 5001));
        known.Add(heard);
        rig.Emulator.SkipMessageId(5001);
        known.UnionWith(Ask(rig, 5002));
        await rig.StartAsync(Cancel);

        Assert.Equal(
            new DeliveryFinding(null),
            await ((IDeliveryProbe)rig.Session).FindAsync(Message(rig, 5001, "answer") with { HeardBefore = heard }, known, Cancel));
        Assert.Equal(6, rig.Emulator.Calls.Count(c => c.Method == "editMessageReplyMarkup"));
    }

    [Theory]
    [InlineData(-1000000000077)]
    [InlineData(-1900000000077)]
    public async Task Supergroups_cannot_tell(long chat)
    {
        await using var rig = await NewRigAsync();
        await rig.StartAsync(Cancel);

        Assert.Null(await FindAsync(rig, chat, "answer", new HashSet<string> { $"{chat}:1", "5001:1" }));
    }

    [Fact]
    public async Task A_basic_group_can_tell()
    {
        await using var rig = await NewRigAsync();
        var known = new HashSet<string> { $"-77:{rig.Emulator.SayInGroup(-77, 5001, "/ask")}" };
        var shown = rig.Emulator.Show(-77, "answer");
        await rig.StartAsync(Cancel);

        Assert.Equal(new DeliveryFinding($"7000/-77:{shown.Id}"), await FindAsync(rig, -77, "answer", known));
    }

    [Fact]
    public async Task Buttons_stay_as_they_are()
    {
        await using var rig = await NewRigAsync();
        var known = Ask(rig, 5001);
        var body = new MessageBody("Approve?", [new("Yes", "y"), new("No", "n")]);
        await using (var before = rig.Channel.Open(rig.Connection))
        {
            rig.LoseNextAnswer();
            await before.SendAsync(Message(rig, 5001, "") with { Body = body }, Cancel);
        }

        await rig.StartAsync(Cancel);
        var finding = await ((IDeliveryProbe)rig.Session).FindAsync(Message(rig, 5001, "") with { Body = body }, known, Cancel);

        Assert.NotNull(finding?.ExternalId);
        Assert.Equal(0, Assert.Single(rig.Emulator.SaidBy(5001)).Edits);
    }

    [Fact]
    public async Task A_send_of_this_very_run_is_found_behind_later_sends()
    {
        await using var rig = await NewRigAsync();
        var known = Ask(rig, 5001);
        await rig.StartAsync(Cancel);
        await rig.Session.SendAsync(Message(rig, 5002, "first of this run"), Cancel);
        var lost = Message(rig, 5001, "answer");
        Assert.Equal(new DeliveryFinding(null), await ((IDeliveryProbe)rig.Session).FindAsync(lost, known, Cancel));
        rig.LoseNextAnswer();

        Assert.IsType<SendOutcome.Uncertain>(await rig.Session.SendAsync(lost, Cancel));
        var finding = await ((IDeliveryProbe)rig.Session).FindAsync(lost, known, Cancel);

        Assert.Equal($"7000/5001:{rig.Emulator.SaidBy(5001)[0].Id}", finding?.ExternalId);
    }

    [Theory]
    [InlineData(true, 6, 1)]
    [InlineData(false, 6, 0)]
    [InlineData(true, 4, 2)]
    [InlineData(false, 4, 64)]
    public async Task A_send_of_this_run_needs_few_questions_once_a_send_begun_well_after_it_told_where_the_ids_end(bool wasShown, int secondsLater, int questions)
    {
        var time = new FakeTimeProvider();
        await using var rig = await NewRigAsync(time: time);
        var known = Ask(rig, 5001);
        await rig.StartAsync(Cancel);
        var lost = Message(rig, 5001, "answer");
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            // The end told after the first attempt says nothing of the second.
            rig.Emulator.Fail("sendMessage", new TelegramFault.Cut(AfterEffect: wasShown && attempt == 2));
            Assert.IsType<SendOutcome.Uncertain>(await rig.Session.SendAsync(lost, Cancel));
            time.Advance(TimeSpan.FromSeconds(attempt == 1 ? 60 : secondsLater));
            known.Add(Assert.IsType<SendOutcome.Delivered>(await rig.Session.SendAsync(Message(rig, 5002, "another"), Cancel)).ExternalId);
        }

        var finding = await ((IDeliveryProbe)rig.Session).FindAsync(lost, known, Cancel);

        Assert.Equal(new DeliveryFinding(wasShown ? $"7000/5001:{Assert.Single(rig.Emulator.SaidBy(5001)).Id}" : null), finding);
        Assert.Equal(questions, rig.Emulator.Calls.Count(c => c.Method == "editMessageReplyMarkup"));
    }

    [Fact]
    public async Task A_pause_is_obeyed_and_a_fault_leaves_it_open()
    {
        await using var rig = await NewRigAsync();
        var known = Ask(rig, 5001);
        var shown = rig.Emulator.Show(5001, "answer");
        await rig.StartAsync(Cancel);

        rig.Emulator.Fail("editMessageReplyMarkup", TelegramFault.TooMany(0));
        Assert.Equal($"7000/5001:{shown.Id}", (await FindAsync(rig, 5001, "answer", known))?.ExternalId);
        rig.Emulator.Fail("editMessageReplyMarkup", new TelegramFault.Error(500, "Internal Server Error"));
        Assert.Null(await FindAsync(rig, 5001, "something else", known));
    }

    private static Task<TelegramRig> NewRigAsync(Action<Infrastructure.Messaging.Channels.Telegram.TelegramOptions>? configure = null, TimeProvider? time = null)
        => TelegramRig.NewAsync(configure: o =>
        {
            o.ProbeLookAhead = 64;
            configure?.Invoke(o);
        }, time: time);

    private static void SkipIds(TelegramRig rig, int count)
    {
        for (var i = 0; i < count; i++)
        {
            rig.Emulator.SkipMessageId(5001);
        }
    }

    private static HashSet<string> Ask(TelegramRig rig, int person) => [$"{person}:{rig.Emulator.Say(person, "question")}"];

    private static Task<DeliveryFinding?> FindAsync(TelegramRig rig, long chat, string text, IReadOnlySet<string> known)
        => ((IDeliveryProbe)rig.Session).FindAsync(Message(rig, chat, text), known, Cancel);

    private static OutboundMessage Message(TelegramRig rig, long chat, string text)
        => new(Guid.CreateVersion7(), rig.Connection.Id, new ExternalChat($"{chat}"), new MessageBody(text), null, 2, true);
}
