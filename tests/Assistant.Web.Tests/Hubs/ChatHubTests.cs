using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.Observability;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Tenancy;
using Assistant.Web.Hubs;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace Assistant.Web.Tests.Hubs;

public sealed class ChatHubTests
{
    private static readonly UserRef Anna = new(new UserId(Guid.CreateVersion7()), "Anna");

    [Fact]
    public async Task A_new_visitor_is_given_a_token_and_an_empty_conversation()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await ChatDevice.ConnectAsync(house);

        var joined = await device.JoinAsync();

        Assert.Equal("ok", joined.Status);
        Assert.NotNull(house.Tokens.Read(ChatHouse.Web, joined.Token!));
        Assert.Empty(joined.Missed.Messages);
        Assert.Equal(ChatState.New, joined.State);
    }

    [Fact]
    public async Task A_message_is_stored_before_it_is_acknowledged_and_shown_back_under_its_id()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await ChatDevice.JoinAsync(house);
        var id = Guid.CreateVersion7();

        Assert.Equal("stored", (await device.SendAsync("hello <b>", id)).Status);
        await device.NextAsync<Lost>();
        var shown = Assert.Single((await device.CatchUpAsync(0)).Messages);

        Assert.Equal((1, "you", "hello <b>", id.ToString("N"), ""), (shown.Seq, shown.Author, shown.Text, shown.ClientId, shown.Html));
        Assert.Equal($"{Assert.Single(house.Book.Accepted).Sender.ExternalId}/{id:N}", house.Book.Accepted[0].DedupeKey);
    }

    [Fact]
    public async Task A_message_sent_again_after_a_lost_answer_is_stored_once()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await ChatDevice.JoinAsync(house);
        var id = Guid.CreateVersion7();
        house.Book.NextLostAnswer = new InvalidOperationException("The line broke.");
        await Assert.ThrowsAsync<HubException>(() => device.SendAsync("once", id));

        await using var again = await ChatDevice.ConnectAsync(house);
        var joined = await again.JoinAsync(token: device.Token);
        Assert.Equal("stored", (await again.SendAsync("once", id)).Status);

        Assert.Equal("once", Assert.Single(joined.Missed.Messages).Text);
        Assert.Single(house.Book.Accepted);
    }

    [Fact]
    public async Task A_returning_device_is_told_exactly_what_it_missed_and_the_newest_again()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await ChatDevice.JoinAsync(house);
        var conversation = Begin(house, device);
        await device.DisposeAsync();
        for (var i = 1; i <= 200; i++)
        {
            house.Book.Answer(conversation, $"answer {i}");
        }

        await using var back = await ChatDevice.ConnectAsync(house);
        var missed = (await back.JoinAsync(token: device.Token, lastSeq: 100)).Missed;

        Assert.Equal(Enumerable.Range(101, 100).Select(seq => (long)seq), missed.Messages.Select(message => message.Seq));
        Assert.False(missed.Replaces);
        Assert.Equal(ChatHistory.PageSize, (await back.CatchUpAsync(200)).Messages.Count);
    }

    [Fact]
    public async Task A_device_that_missed_too_much_starts_afresh_and_can_go_back()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await ChatDevice.JoinAsync(house);
        var conversation = Begin(house, device);
        for (var i = 1; i <= 700; i++)
        {
            house.Book.Answer(conversation, $"answer {i}");
        }

        var afresh = await device.CatchUpAsync(1);
        var earlier = await device.Hub.InvokeAsync<CaughtUp>("Earlier", afresh.Messages[0].Seq, TestContext.Current.CancellationToken);

        Assert.True(afresh is { Replaces: true, HasEarlier: true });
        Assert.Equal(700, afresh.Messages[^1].Seq);
        Assert.Equal(afresh.Messages[0].Seq - 1, earlier.Messages[^1].Seq);
        Assert.True(earlier.HasEarlier);
    }

    [Fact]
    public async Task What_is_said_on_one_device_appears_on_the_other()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var desk = await JoinedTo(house, out var conversation);
        await using var phone = await ChatDevice.JoinAsync(house, await TokenOf(house, conversation));

        Assert.Equal("stored", (await desk.SendAsync("from the desk")).Status);
        var answer = house.Book.Answer(conversation, "to **both**");

        foreach (var device in new[] { desk, phone })
        {
            Assert.Equal("from the desk", (await device.NextAsync<ChatMessage>()).Text);
            Assert.Equal("<p>to <strong>both</strong></p>", (await device.NextAsync<ChatMessage>(m => m.Seq == answer.Seq)).Html.Trim());
        }
    }

    [Fact]
    public async Task Devices_know_of_each_other()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var first = await ChatDevice.JoinAsync(house);

        var second = await ChatDevice.JoinAsync(house, first.Token);
        Assert.Equal(2, (await first.NextAsync<Present>()).Devices);
        await second.DisposeAsync();

        Assert.Equal(1, (await first.NextAsync<Present>()).Devices);
    }

    [Fact]
    public async Task What_was_read_on_one_device_is_read_on_the_other_and_stays_read()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var first = await ChatDevice.JoinAsync(house);
        await using var second = await ChatDevice.JoinAsync(house, first.Token);

        await second.Hub.InvokeAsync("Read", 7L, TestContext.Current.CancellationToken);
        await second.Hub.InvokeAsync("Read", 3L, TestContext.Current.CancellationToken);
        await second.Hub.InvokeAsync("Read", 8L, TestContext.Current.CancellationToken);

        Assert.Equal(7, (await first.NextAsync<ReadTo>()).Seq);
        Assert.Equal(8, (await first.NextAsync<ReadTo>()).Seq);
        await using var third = await ChatDevice.ConnectAsync(house);
        Assert.Equal(8, (await third.JoinAsync(token: first.Token, readSeq: 5)).ReadSeq);
    }

    [Fact]
    public async Task Only_what_was_sent_is_shown()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await ChatDevice.JoinAsync(house);
        var conversation = Begin(house, device);
        await using var live = await ChatDevice.JoinAsync(house, await TokenOf(house, conversation));

        house.Book.Add(conversation, AuthorKind.Operator, "Anna", "a note", isNote: true);
        house.Book.Add(conversation, AuthorKind.Assistant, "Assistant", "dropped", DeliveryState.Dropped);
        house.Book.Add(conversation, AuthorKind.Assistant, "Assistant", "failed", DeliveryState.Failed);
        var waiting = house.Book.Add(conversation, AuthorKind.Assistant, "Assistant", "waiting", DeliveryState.Stored);
        house.Book.Change(waiting, message => message with { Delivery = DeliveryState.Held });
        house.Book.Add(conversation, AuthorKind.System, "", "internal");
        var seen = house.Book.Answer(conversation, "seen");

        Assert.Equal(seen.Seq, (await live.NextAsync<ChatMessage>()).Seq);
        Assert.Equal(["<p>seen</p>"], (await live.CatchUpAsync(0)).Messages.Select(message => message.Html.Trim()));
        house.Book.Change(waiting, message => message with { Delivery = DeliveryState.Sent });
        Assert.Equal(waiting.Seq, (await live.NextAsync<ChatMessage>()).Seq);
        Assert.Contains((await live.CatchUpAsync(seen.Seq)).Messages, message => message.Seq == waiting.Seq);
    }

    [Fact]
    public async Task A_reply_grows_in_place_until_its_message_comes()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await JoinedTo(house, out var conversation);
        var turn = Guid.CreateVersion7();

        house.Feed.Publish(new LiveEvent.ReplyProgress(TenantId.Default, conversation, turn, "on <script>"));
        Assert.Equal(new ChatProgress(turn, "<p>on &lt;script&gt;</p>"), Trimmed(await device.NextAsync<ChatProgress>()));
        house.Feed.Publish(new LiveEvent.ReplyProgress(TenantId.Default, conversation, turn, "one"));
        house.Feed.Publish(new LiveEvent.ReplyProgress(TenantId.Default, conversation, turn, "one **two**"));
        house.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("<p>one <strong>two</strong></p>", Trimmed(await device.NextAsync<ChatProgress>()).Html);
        house.Book.Answer(conversation, "one **two** three", turn);

        Assert.Equal(turn, (await device.NextAsync<ChatMessage>()).TurnId);
    }

    [Fact]
    public async Task A_reply_that_is_held_back_or_abandoned_is_taken_off_the_screen()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await JoinedTo(house, out var conversation);
        var (held, abandoned) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        house.Book.Add(conversation, AuthorKind.Assistant, "Assistant", "too late", DeliveryState.Held, turn: held);
        house.Feed.Publish(new LiveEvent.ReplyAbandoned(TenantId.Default, conversation, abandoned));

        Assert.Equal(held, (await device.NextAsync<Gone>()).TurnId);
        Assert.Equal(abandoned, (await device.NextAsync<Gone>()).TurnId);
    }

    [Fact]
    public async Task The_visitor_sees_who_answers_but_no_address_of_a_colleague()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await JoinedTo(house, out var conversation);

        house.Book.Change(conversation, c => c with { Operator = Anna });
        Assert.Equal(new ChatState("person", "Anna", false, false), await device.NextAsync<ChatState>());
        house.Book.Change(conversation, c => c with { Operator = Anna with { Name = "anna@firm.example" } });
        Assert.Equal(new ChatState("person", "", false, false), await device.NextAsync<ChatState>());
        house.Feed.Publish(new LiveEvent.Typing(TenantId.Default, conversation, AuthorKind.Operator, "anna@firm.example", true));
        Assert.Equal(new ChatTyping("person", "", true), await device.NextAsync<ChatTyping>());
        house.Book.Add(conversation, AuthorKind.Operator, "anna@firm.example", "hello", DeliveryState.Sent);
        Assert.Equal(("person", ""), await device.NextAsync<ChatMessage>() is var message ? (message.Author, message.Name) : default);
    }

    [Fact]
    public async Task Colleagues_see_the_visitor_write()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await JoinedTo(house, out var conversation);

        await device.Hub.InvokeAsync("Typing", true, TestContext.Current.CancellationToken);
        await device.Hub.InvokeAsync("Typing", true, TestContext.Current.CancellationToken);
        await device.Hub.InvokeAsync("Typing", false, TestContext.Current.CancellationToken);

        Assert.Equal([true, false], house.Feed.Published.OfType<LiveEvent.Typing>().Where(e => e.Conversation == conversation).Select(e => e.IsTyping));
    }

    [Fact]
    public async Task A_taken_back_message_loses_its_words()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await JoinedTo(house, out var conversation);
        var message = house.Book.Answer(conversation, "secret");
        await device.NextAsync<ChatMessage>();

        house.Book.Change(message, m => m with { DeletedAt = house.Clock.GetUtcNow() });

        Assert.Equal((true, ""), await device.NextAsync<ChatMessage>() is var gone ? (gone.IsDeleted, gone.Html) : default);
    }

    [Theory]
    [InlineData("https://evil.example", "refused")]
    [InlineData("https://shop.example.evil.example", "refused")]
    [InlineData("http://shop.example", "refused")]
    [InlineData("null", "refused")]
    [InlineData("https://shop.example", "ok")]
    [InlineData("https://a.partner.example:8443", "ok")]
    [InlineData("https://a.partner.example", "refused")]
    [InlineData("http://localhost", "ok")]
    public async Task Only_our_own_pages_and_allowed_sites_come_in(string origin, string status)
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await ChatDevice.ConnectAsync(house, origin);

        Assert.Equal(status, (await device.JoinAsync()).Status);
    }

    [Fact]
    public async Task A_closed_chat_looks_like_none()
    {
        await using var house = await ChatHouse.StartAsync();
        await house.AddAsync(ChatHouse.Web with { Id = new ConnectionId("off"), IsEnabled = false });
        await house.AddAsync(ChatHouse.Web with { Id = new ConnectionId("blocked"), Access = AccessPolicy.Blocked });
        await house.AddAsync(ChatHouse.Web with { Id = new ConnectionId("tg"), ChannelType = "telegram" });
        await using var device = await ChatDevice.ConnectAsync(house);

        foreach (var name in new[] { "off", "blocked", "tg", "unknown", "NOT A NAME", "" })
        {
            Assert.Equal("closed", (await device.JoinAsync(name)).Status);
        }
    }

    [Fact]
    public async Task A_token_of_another_chat_or_a_forged_one_opens_nothing()
    {
        await using var house = await ChatHouse.StartAsync();
        var other = ChatHouse.Web with { Id = new ConnectionId("other") };
        await house.AddAsync(other);
        var stranger = VisitorId.Create();
        house.Book.Answer(house.Book.Open(ChatHouse.Web, stranger.Chat), "private");

        foreach (var token in new[] { house.Tokens.Issue(other, stranger), stranger.ToString(), "", new string('a', 5000) })
        {
            await using var device = await ChatDevice.ConnectAsync(house);
            var joined = await device.JoinAsync(token: token);
            Assert.Empty(joined.Missed.Messages);
            Assert.NotEqual(stranger, house.Tokens.Read(ChatHouse.Web, joined.Token!)!.Visitor);
        }
    }

    [Fact]
    public async Task A_link_brings_one_more_device_in_once()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var first = await JoinedTo(house, out var conversation);
        house.Book.Answer(conversation, "only for you");
        var pass = await first.Hub.InvokeAsync<string>("CreatePass", TestContext.Current.CancellationToken);

        await using var phone = await ChatDevice.ConnectAsync(house);
        await using var thief = await ChatDevice.ConnectAsync(house);

        Assert.Contains((await phone.JoinAsync(pass: pass)).Missed.Messages, message => message.Html.Contains("only for you", StringComparison.Ordinal));
        Assert.Empty((await thief.JoinAsync(pass: pass)).Missed.Messages);
    }

    [Fact]
    public async Task A_link_is_good_for_minutes()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var first = await JoinedTo(house, out var conversation);
        house.Book.Answer(conversation, "only for you");
        var pass = await first.Hub.InvokeAsync<string>("CreatePass", TestContext.Current.CancellationToken);

        house.Clock.Advance(TimeSpan.FromMinutes(11));
        await using var late = await ChatDevice.ConnectAsync(house);

        Assert.Empty((await late.JoinAsync(pass: pass)).Missed.Messages);
    }

    [Fact]
    public async Task A_text_that_is_too_long_or_empty_goes_no_further()
    {
        await using var house = await ChatHouse.StartAsync(options => options.MaxTextLength = 10);
        await using var device = await ChatDevice.JoinAsync(house);

        Assert.Equal("long", (await device.SendAsync("12345678901")).Status);
        Assert.Equal("bad", (await device.SendAsync(" \n ")).Status);
        Assert.Equal("bad", (await device.SendAsync("x", Guid.Empty)).Status);
        Assert.Equal("stored", (await device.SendAsync("1234567890")).Status);
        Assert.Single(house.Book.Accepted);
    }

    [Fact]
    public async Task The_longest_message_fits_whatever_it_is_written_in()
    {
        await using var house = await ChatHouse.StartAsync(options => options.MaxTextLength = 16_000);
        await using var device = await ChatDevice.JoinAsync(house);

        Assert.Equal("stored", (await device.SendAsync(new string('语', 16_000))).Status);
    }

    [Fact]
    public async Task A_frame_beyond_the_limit_ends_the_line_and_nothing_else()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var flood = await ChatDevice.JoinAsync(house);
        await using var other = await ChatDevice.JoinAsync(house);

        await Assert.ThrowsAnyAsync<Exception>(() => flood.SendAsync(new string('x', 300_000)));

        Assert.Equal("stored", (await other.SendAsync("still here")).Status);
    }

    [Fact]
    public async Task Who_writes_too_fast_is_told_when_to_go_on()
    {
        await using var house = await ChatHouse.StartAsync(options => (options.VisitorBurst, options.VisitorPerMinute) = (3, 30));
        await using var device = await ChatDevice.JoinAsync(house);
        await using var other = await ChatDevice.JoinAsync(house);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("stored", (await device.SendAsync("quick")).Status);
        }

        var slow = await device.SendAsync("too quick");
        Assert.Equal(new SendResult("slow", 2000), slow);
        Assert.Equal("stored", (await other.SendAsync("unaffected")).Status);
        house.Clock.Advance(TimeSpan.FromMilliseconds(slow.RetryAfterMs));

        Assert.Equal("stored", (await device.SendAsync("now")).Status);
    }

    [Fact]
    public async Task One_address_has_no_more_than_its_share()
    {
        await using var house = await ChatHouse.StartAsync(options => options.MaxConnectionsPerAddress = 2);
        await using var first = await ChatDevice.JoinAsync(house);
        await using var second = await ChatDevice.JoinAsync(house);

        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using var third = await ChatDevice.ConnectAsync(house);
            await third.JoinAsync();
        });
    }

    [Fact]
    public async Task A_visitor_has_a_limited_number_of_devices()
    {
        await using var house = await ChatHouse.StartAsync(options => options.MaxDevicesPerVisitor = 2);
        await using var first = await ChatDevice.JoinAsync(house);
        await using var second = await ChatDevice.JoinAsync(house, first.Token);
        await using var third = await ChatDevice.ConnectAsync(house);

        Assert.Equal("busy", (await third.JoinAsync(token: first.Token)).Status);
    }

    [Fact]
    public async Task A_switched_off_connection_takes_nothing_until_it_is_back()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await ChatDevice.JoinAsync(house);

        house.Book.Stop(ChatHouse.Web.Id);
        Assert.Equal("closed", (await device.SendAsync("hello?")).Status);
        house.Book.Run(ChatHouse.Web);

        Assert.Equal("stored", (await device.SendAsync("hello?")).Status);
    }

    [Fact]
    public async Task A_button_counts_only_when_it_was_offered()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await JoinedTo(house, out var conversation);
        var asked = house.Book.Answer(conversation, "Shall I?", buttons: [new("Yes", "yes:1"), new("No", "no:1")]);
        var hidden = house.Book.Add(conversation, AuthorKind.Operator, "Anna", "note", isNote: true, buttons: [new("Pay", "pay")]);

        Assert.Equal("bad", (await PressAsync(asked.Seq, "pay")).Status);
        Assert.Equal("bad", (await PressAsync(hidden.Seq, "pay")).Status);
        Assert.Equal("bad", (await PressAsync(99, "yes:1")).Status);
        Assert.Equal("stored", (await PressAsync(asked.Seq, "yes:1")).Status);

        Assert.Equal(new InboundContent.Pressed("yes:1", "Yes"), Assert.Single(house.Book.Accepted).Content);

        Task<SendResult> PressAsync(long seq, string data) =>
            device.Hub.InvokeAsync<SendResult>("Press", Guid.CreateVersion7(), seq, data, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task An_unknown_sender_sees_the_pairing_code()
    {
        await using var house = await ChatHouse.StartAsync();
        house.Book.AsksForPairing = true;
        await using var device = await ChatDevice.JoinAsync(house);

        Assert.Equal("stored", (await device.SendAsync("let me in")).Status);
        await device.NextAsync<Lost>();

        Assert.Contains("ABCD2345", Assert.Single((await device.CatchUpAsync(0)).Messages).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_not_joined_can_do_nothing()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await ChatDevice.ConnectAsync(house);

        Assert.Equal("bad", (await device.SendAsync("hello")).Status);
        Assert.Empty((await device.CatchUpAsync(0)).Messages);
        Assert.Equal("", await device.Hub.InvokeAsync<string>("CreatePass", TestContext.Current.CancellationToken));
        Assert.Empty(house.Book.Accepted);
    }

    [Fact]
    public async Task A_device_that_becomes_somebody_else_hears_nothing_of_the_former()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await JoinedTo(house, out var former);
        await using var stays = await ChatDevice.JoinAsync(house, await TokenOf(house, former));

        await device.JoinAsync(token: house.Tokens.Issue(ChatHouse.Web, VisitorId.Create()));
        var mine = Begin(house, device);
        await device.SendAsync("mine");
        house.Book.Answer(former, "not for the device");
        Assert.Contains("not for", (await stays.NextAsync<ChatMessage>()).Html, StringComparison.Ordinal);
        house.Book.Answer(mine, "for the device");

        Assert.Contains("for the device", (await device.NextAsync<ChatMessage>(m => m.Author == "assistant")).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_listened_to_when_everybody_has_left()
    {
        await using var house = await ChatHouse.StartAsync();
        var tenant = ChatHouse.Web with { Id = new ConnectionId("theirs"), Tenant = new TenantId("theirs"), Settings = SettingValues.Empty };
        await house.AddAsync(tenant);
        var first = await ChatDevice.JoinAsync(house);
        var second = await ChatDevice.ConnectAsync(house);
        await second.JoinAsync("theirs");
        Assert.Equal(2, house.Feed.Listeners);

        await first.DisposeAsync();
        await second.DisposeAsync();

        Assert.True(await Eventually(() => house.Feed.Listeners == 0));
    }

    private static ChatProgress Trimmed(ChatProgress progress) => progress with { Html = progress.Html.Trim() };

    /// <summary>A conversation of the device's visitor, before the device says anything.</summary>
    private static ConversationId Begin(ChatHouse house, ChatDevice device) =>
        house.Book.Open(ChatHouse.Web, house.Tokens.Read(ChatHouse.Web, device.Token!)!.Visitor.Chat);

    private static Task<ChatDevice> JoinedTo(ChatHouse house, out ConversationId conversation)
    {
        var visitor = VisitorId.Create();
        conversation = house.Book.Open(ChatHouse.Web, visitor.Chat);
        return ChatDevice.JoinAsync(house, house.Tokens.Issue(ChatHouse.Web, visitor));
    }

    private static async Task<string> TokenOf(ChatHouse house, ConversationId conversation)
    {
        var found = await house.Book.Store.FindAsync(TenantId.Default, conversation, TestContext.Current.CancellationToken);
        return house.Tokens.Issue(ChatHouse.Web, new VisitorId(Guid.Parse(found!.Chat.ExternalId)));
    }

    /// <summary>The server learns of a closed line by itself; there is nothing to wait on.</summary>
    private static async Task<bool> Eventually(Func<bool> condition)
    {
        for (var i = 0; i < 500 && !condition(); i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        return condition();
    }
}
