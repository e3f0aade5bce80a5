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

public sealed partial class ChatHubTests
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
    public async Task A_device_that_says_nothing_of_itself_finds_the_chat_closed()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await ChatDevice.ConnectAsync(house);

        var joined = await device.Hub.InvokeAsync<JoinResult>("Join", (object?)null, TestContext.Current.CancellationToken);

        Assert.Equal("closed", joined.Status);
        Assert.Equal("ok", (await device.JoinAsync()).Status);
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
        // Events are taken in order: once this one is shown, both texts are known and wait for the interval to end.
        house.Feed.Publish(new LiveEvent.Typing(TenantId.Default, conversation, AuthorKind.Operator, "Anna", true));
        Assert.IsType<ChatTyping>(await device.NextAsync<object>(told => told is ChatProgress or ChatTyping));
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

    [Fact]
    public async Task A_forgotten_message_says_so_and_has_no_words()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await JoinedTo(house, out var conversation);
        var message = house.Book.Answer(conversation, "secret");
        await device.NextAsync<ChatMessage>();

        house.Book.Change(message, m => m with { Body = MessageBody.Forgotten });

        Assert.Equal((true, false, ""), await device.NextAsync<ChatMessage>() is var gone ? (gone.IsForgotten, gone.IsDeleted, gone.Html.Trim()) : default);
    }

    [Fact]
    public async Task Every_device_of_a_forgotten_visitor_is_told_and_nobody_else()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var desk = await JoinedTo(house, out var conversation);
        await using var phone = await ChatDevice.JoinAsync(house, desk.Token);
        await using var other = await JoinedTo(house, out var stays);

        house.Book.Forget(conversation);
        house.Book.Change(stays, c => c with { Operator = Anna });

        await desk.NextAsync<Forgot>();
        await phone.NextAsync<Forgot>();
        Assert.Equal("Anna", Assert.IsType<ChatState>(await other.NextAsync<object>(told => told is ChatState or Forgot)).Name);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(0, 2)]
    public async Task A_device_that_was_away_while_its_visitor_was_forgotten_learns_it_when_it_comes_back(long lastSeq, long readSeq)
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await JoinedTo(house, out var conversation);
        await using var returning = await ChatDevice.ConnectAsync(house);
        Assert.False((await returning.JoinAsync(token: device.Token, lastSeq: lastSeq, readSeq: readSeq)).IsForgotten);
        house.Book.Forget(conversation);
        await device.DisposeAsync();
        await returning.DisposeAsync();

        await using var back = await ChatDevice.ConnectAsync(house);
        Assert.True((await back.JoinAsync(token: device.Token, lastSeq: lastSeq, readSeq: readSeq)).IsForgotten);
        Assert.False((await back.JoinAsync(token: device.Token)).IsForgotten); // it knows nothing, so there is nothing to forget
        Assert.False((await back.JoinAsync(token: "worn out", lastSeq: lastSeq, readSeq: readSeq)).IsForgotten); // nobody knows who that was
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
