using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.Settings;
using Assistant.Web.Hubs;
using Microsoft.AspNetCore.SignalR.Client;

namespace Assistant.Web.Tests.Hubs;

/// <summary>The hub over encrypted lines.</summary>
public sealed class SealedChatHubTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_said_in_the_open_where_encryption_is_required()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await ChatDevice.ConnectAsync(house);

        var joined = await device.JoinAsync("sealed");

        Assert.Equal(("sealed", null), (joined.Status, joined.Token));
        Assert.Equal("bad", (await device.SendAsync("hello")).Status);
        Assert.Empty(house.Book.Accepted);
    }

    [Fact]
    public async Task What_both_say_goes_encrypted_and_arrives()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await SealedDevice.JoinAsync(house);

        Assert.Equal("stored", (await device.SayAsync("a canary in the coal mine"))!.Status);
        house.Book.Answer(await ConversationAsync(house), "an answering canary");

        Assert.Contains("an answering canary", (await device.NextAnswerAsync()).Html, StringComparison.Ordinal);
        Assert.Equal("a canary in the coal mine", Assert.Single((await device.CallAsync<CaughtUp>("CatchUp", 0))!.Messages, m => m.Author == "you").Text);
        Assert.DoesNotContain(device.Frames, frame => Encoding.UTF8.GetString(frame).Contains("canary", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_device_on_an_encrypted_line_is_not_heard_in_the_open()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await SealedDevice.JoinAsync(house);

        var sent = await device.Hub.InvokeAsync<SendResult>("Send", Guid.CreateVersion7(), "in the open", Cancel);
        var missed = await device.Hub.InvokeAsync<CaughtUp>("CatchUp", 0L, Cancel);
        var pass = await device.Hub.InvokeAsync<string>("CreatePass", Cancel);

        Assert.Equal(("bad", 0, ""), (sent.Status, missed.Messages.Count, pass));
        Assert.Empty(house.Book.Accepted);
    }

    [Fact]
    public async Task Two_devices_over_two_lines_are_in_step()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var desk = await SealedDevice.JoinAsync(house);
        await desk.SayAsync("from the desk");
        await using var phone = await SealedDevice.JoinAsync(house, desk.Token);

        Assert.Equal(2, await desk.NextEventAsync<int>("Presence"));
        house.Book.Answer(await ConversationAsync(house), "to both");
        foreach (var device in new[] { desk, phone })
        {
            Assert.Contains("to both", (await device.NextAnswerAsync()).Html, StringComparison.Ordinal);
        }

        await phone.CallAsync<bool>("Ping");
        phone.Frames.Clear();
        await phone.SendAsync(phone.Seal(0, "Read", 2L)[0]);
        Assert.Equal(2, await desk.NextEventAsync<long>("Read"));
    }

    [Fact]
    public async Task The_key_of_a_chat_stays_and_each_has_its_own()
    {
        await using var house = await ChatHouse.StartAsync();
        await house.AddAsync(ChatHouse.Sealed with { Id = new ConnectionId("other") });
        await using var one = await SealedDevice.JoinAsync(house);
        await using var two = await SealedDevice.JoinAsync(house);
        await using var other = await SealedDevice.ConnectAsync(house);
        await other.JoinAsync("other");

        Assert.Equal(one.TheirIdentity, two.TheirIdentity);
        Assert.NotEqual(one.TheirIdentity, other.TheirIdentity);
    }

    [Fact]
    public async Task A_changed_a_repeated_and_a_missing_frame_take_the_device_out_and_it_comes_back()
    {
        await using var house = await ChatHouse.StartAsync();
        foreach (var harm in new Func<IReadOnlyList<byte[]>, IReadOnlyList<byte[]>>[]
        {
            frames => [[.. frames[0][..^1], (byte)(frames[0][^1] ^ 1)]],
            frames => [frames[0], frames[0]],
            frames => [frames[1]],
            frames => [frames[1], frames[0]],
            frames => [frames[0][..^1]],
            _ => [[]],
        })
        {
            await using var device = await SealedDevice.JoinAsync(house);
            byte[][] frames = [device.Seal(1, "Ping")[0], device.Seal(2, "Send", Guid.CreateVersion7(), "never said")[0]];
            foreach (var frame in harm(frames))
            {
                await device.SendAsync(frame);
            }

            await device.BrokenAsync();
            await device.SendAsync(frames[1]);
            Assert.Equal("ok", (await device.JoinAsync(token: device.Token)).Status);
            Assert.Equal("stored", (await device.SayAsync("said"))!.Status);
        }

        Assert.DoesNotContain(house.Book.Accepted, message => message.Content is InboundContent.Said { Text: "never said" });
    }

    [Fact]
    public async Task A_handshake_that_was_changed_or_is_for_another_chat_lets_nobody_in()
    {
        await using var house = await ChatHouse.StartAsync();
        await house.AddAsync(ChatHouse.Sealed with { Id = new ConnectionId("other") });

        foreach (var (named, change) in new (string?, Func<byte[], byte[]>?)[]
        {
            (null, third => [.. third[..^1], (byte)(third[^1] ^ 1)]),
            (null, third => third[..40]),
            (null, _ => []),
            ("other", null),
        })
        {
            await using var device = await SealedDevice.ConnectAsync(house);
            var joining = device.JoinAsync(named: named, third: change);
            await device.BrokenAsync();
            Assert.False(joining.IsCompleted);
        }
    }

    [Theory]
    [InlineData("unknown", 32, "closed")]
    [InlineData("sealed", 31, "bad")]
    [InlineData("sealed", 0, "bad")]
    [InlineData("sealed", 32, "bad")] // all zeros: a key that agrees with every other
    public async Task What_is_no_greeting_is_refused(string connection, int length, string status)
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await SealedDevice.ConnectAsync(house);

        Assert.Equal(status, (await device.Hub.InvokeAsync<Greeting>("Greet", connection, new byte[length], Cancel)).Status);
    }

    [Fact]
    public async Task A_call_that_is_none_does_nothing_and_the_line_goes_on()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await SealedDevice.JoinAsync(house);
        await device.SendAsync(device.Seal(7, "Erase", "everything")[0]);
        await device.SendAsync(device.Seal(8, "Send", "no id", "text")[0]);

        foreach (var id in new[] { 7, 8 })
        {
            var answer = await device.NextAsync(said => said.TryGetProperty("id", out var found) && found.GetInt32() == id);
            Assert.True(answer.GetProperty("failed").GetBoolean());
        }

        Assert.Equal("stored", (await device.SayAsync("still here"))!.Status);
    }

    [Fact]
    public async Task A_text_with_half_a_character_is_refused_for_good_and_the_next_one_is_heard()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var device = await SealedDevice.JoinAsync(house);

        Assert.Equal(SendResult.Bad, await device.CallAsync<SendResult>("Send", Guid.CreateVersion7(), RawJson.CutOff));
        Assert.Equal(SendResult.Bad, await device.CallAsync<SendResult>("Press", Guid.CreateVersion7(), 1L, RawJson.CutOff));

        Assert.Equal(SendResult.Stored, await device.SayAsync("second"));
        Assert.Single(house.Book.Accepted);
    }

    [Fact]
    public async Task A_long_message_and_a_long_history_go_in_several_frames()
    {
        await using var house = await ChatHouse.StartAsync(options => options.MaxTextLength = 16_000);
        await using var device = await SealedDevice.JoinAsync(house);
        var text = new string('语', 16_000);

        Assert.True(device.Seal(0, "Ping", text).Count > 1);
        await using var fresh = await SealedDevice.JoinAsync(house);
        Assert.Equal("stored", (await fresh.SayAsync(text))!.Status);
        Assert.Equal(text, Assert.Single((await fresh.CallAsync<CaughtUp>("CatchUp", 0))!.Messages).Text);
    }

    [Fact]
    public async Task Encryption_is_on_unless_it_was_switched_off()
    {
        await using var house = await ChatHouse.StartAsync();

        Assert.True(WebChatProfile.Of(SettingValues.Empty, "x").IsSealed);
        Assert.True(WebChatProfile.Of(new SettingValues([new("encryption", "required")]), "x").IsSealed);
        Assert.False(WebChatProfile.Of(new SettingValues([new("encryption", "off")]), "x").IsSealed);
        using var client = house.Server.CreateClient();
        Assert.Contains("\"isSealed\":true", await client.GetStringAsync(new Uri("/chat/sealed", UriKind.Relative), Cancel), StringComparison.Ordinal);
        Assert.Contains("\"isSealed\":false", await client.GetStringAsync(new Uri("/chat/web", UriKind.Relative), Cancel), StringComparison.Ordinal);
    }

    private static async Task<Domain.Conversations.ConversationId> ConversationAsync(ChatHouse house)
    {
        var said = house.Book.Accepted[0];
        return (await house.Book.FindByChatAsync(said.Connection, said.Chat, Cancel))!.Value;
    }
}
