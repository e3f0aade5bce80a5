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
    public async Task What_a_browser_knew_of_another_visitor_counts_for_nothing_when_it_comes_by_a_link()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var first = await JoinedTo(house, out var conversation);
        house.Book.Answer(conversation, "only for you");
        var pass = await first.Hub.InvokeAsync<string>("CreatePass", TestContext.Current.CancellationToken);
        await using var phone = await ChatDevice.ConnectAsync(house);

        var joined = await phone.JoinAsync(pass: pass, lastSeq: 40, readSeq: 40);
        await phone.Hub.InvokeAsync("Read", 1L, TestContext.Current.CancellationToken);

        Assert.Equal((0, true, 1), (joined.ReadSeq, joined.Missed.Replaces, joined.Missed.Messages.Count));
        Assert.Equal(1, (await first.NextAsync<ReadTo>()).Seq);
    }

    [Fact]
    public async Task A_device_that_comes_back_as_another_starts_afresh_and_as_the_same_goes_on()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await JoinedTo(house, out var conversation);
        for (var i = 1; i <= 100; i++)
        {
            house.Book.Answer(conversation, $"answer {i}");
        }

        await using var back = await ChatDevice.ConnectAsync(house);
        var other = await back.JoinAsync(token: device.Token, lastSeq: 90, readSeq: 90, visitor: VisitorId.Create().ToString());
        var same = await back.JoinAsync(token: device.Token, lastSeq: 90, readSeq: 90, visitor: other.Visitor);

        Assert.Equal(house.Tokens.Read(ChatHouse.Web, device.Token!)!.Visitor.ToString(), other.Visitor);
        Assert.Equal((true, true, 0), (other.Missed.Replaces, other.Missed.HasEarlier, other.ReadSeq));
        Assert.Equal((other.Visitor, false, 90), (same.Visitor, same.Missed.Replaces, same.ReadSeq));
    }

    [Fact]
    public async Task Who_reads_the_store_too_often_is_told_when_to_go_on()
    {
        await using var house = await ChatHouse.StartAsync(options => (options.AddressBurst, options.AddressPerMinute) = (1, 30));
        await using var device = await JoinedTo(house, out var conversation);
        house.Book.Answer(conversation, "missed");

        var slow = await device.CatchUpAsync(0);
        Assert.Equal((0, 2000), (slow.Messages.Count, slow.RetryAfterMs));
        house.Clock.Advance(TimeSpan.FromMilliseconds(slow.RetryAfterMs));

        Assert.True(await device.CatchUpAsync(0) is { Messages.Count: 1, RetryAfterMs: 0 });
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
        var tenant = ChatHouse.Web with { Id = new ConnectionId("theirs"), Tenant = new TenantId("theirs") };
        await house.AddAsync(tenant);
        var first = await ChatDevice.JoinAsync(house);
        var second = await ChatDevice.ConnectAsync(house);
        await second.JoinAsync("theirs");
        Assert.Equal(2, house.Feed.Listeners);

        await first.DisposeAsync();
        await second.DisposeAsync();

        Assert.True(await Eventually(() => house.Feed.Listeners == 0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // the look-up ends well, after everybody has gone
    public async Task A_line_that_falls_while_its_device_comes_in_leaves_nobody_behind(bool givesUp)
    {
        await using var house = await ChatHouse.StartAsync();
        var (reached, gate) = (NewSignal(), NewSignal());
        CancellationToken line = default;
        house.Book.BeforeFinding = aborted =>
        {
            line = aborted;
            reached.TrySetResult();
            return givesUp ? gate.Task.WaitAsync(aborted) : gate.Task;
        };
        var device = await ChatDevice.ConnectAsync(house);
        var joining = device.JoinAsync();
        await reached.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, house.Feed.Listeners);

        await device.DisposeAsync();
        Assert.True(await Eventually(() => line.IsCancellationRequested));
        gate.SetResult();

        await Assert.ThrowsAnyAsync<Exception>(() => joining);
        Assert.True(await Eventually(() => house.Feed.Listeners == 0));
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
