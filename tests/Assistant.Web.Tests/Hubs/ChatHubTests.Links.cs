using Assistant.Web.Hubs;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace Assistant.Web.Tests.Hubs;

public sealed partial class ChatHubTests
{
    [Fact]
    public async Task A_link_is_not_used_up_by_a_device_that_has_to_wait()
    {
        await using var house = await ChatHouse.StartAsync(options => options.MaxDevicesPerVisitor = 1);
        var first = await ChatDevice.ConnectAsync(house);
        var visitor = (await first.JoinAsync()).Visitor;
        var pass = await PassOf(first);
        await using var phone = await ChatDevice.ConnectAsync(house);

        Assert.Equal("busy", (await phone.JoinAsync(pass: pass)).Status);
        Assert.Equal("busy", (await phone.JoinAsync(pass: pass)).Status);
        await first.Hub.InvokeAsync<JoinResult>("Join", new JoinRequest("unknown", null, null, 0, 0, "en"), TestContext.Current.CancellationToken);

        Assert.Equal(("ok", visitor), await phone.JoinAsync(pass: pass) is var joined ? (joined.Status, joined.Visitor) : default);
        Assert.NotEqual(visitor, (await first.JoinAsync(pass: pass)).Visitor);
        await first.DisposeAsync();
    }

    [Fact]
    public async Task A_link_is_not_used_up_when_the_store_does_not_answer()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var first = await JoinedTo(house, out var conversation);
        house.Book.Answer(conversation, "only for you");
        var pass = await PassOf(first);
        await using var phone = await ChatDevice.ConnectAsync(house);
        house.Book.NextFailedRead = new InvalidOperationException("The store is down.");
        await Assert.ThrowsAsync<HubException>(() => phone.JoinAsync(pass: pass));

        var joined = await phone.JoinAsync(pass: pass);

        Assert.Contains("only for you", Assert.Single(joined.Missed.Messages).Html, StringComparison.Ordinal);
        Assert.Equal(2, joined.Devices);
    }

    [Fact]
    public async Task A_device_that_did_not_hear_that_it_is_in_comes_in_by_the_same_link_and_no_other_does()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var first = await ChatDevice.ConnectAsync(house);
        var visitor = (await first.JoinAsync()).Visitor;
        var pass = await PassOf(first);
        var cutOff = await ChatDevice.ConnectAsync(house);
        Assert.Equal(visitor, (await cutOff.JoinAsync(pass: pass, device: "the phone")).Visitor);
        await cutOff.DisposeAsync();
        await using var phone = await ChatDevice.ConnectAsync(house);
        await using var thief = await ChatDevice.ConnectAsync(house);

        var stolen = await thief.JoinAsync(pass: pass, device: "another phone");
        var again = await phone.JoinAsync(pass: pass, device: "the phone");

        Assert.Equal((visitor, false), (again.Visitor, again.IsPassRefused));
        Assert.True(stolen.IsPassRefused);
        Assert.NotEqual(visitor, stolen.Visitor);
    }

    [Fact]
    public async Task A_device_that_is_known_is_not_told_of_the_used_link_it_came_by()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var first = await ChatDevice.ConnectAsync(house);
        await first.JoinAsync();
        await using var phone = await ChatDevice.ConnectAsync(house);
        var pass = await PassOf(first);
        var visitor = (await phone.JoinAsync(pass: pass)).Visitor;

        var again = await phone.JoinAsync(token: phone.Token, pass: pass);

        Assert.Equal((visitor, false), (again.Visitor, again.IsPassRefused));
    }

    [Fact]
    public async Task A_link_brings_nobody_else_in_while_its_device_is_on_the_way()
    {
        await using var house = await ChatHouse.StartAsync();
        await using var first = await JoinedTo(house, out var conversation);
        house.Book.Answer(conversation, "only for you");
        var pass = await PassOf(first);
        await first.DisposeAsync();
        Assert.True(await Eventually(() => house.Feed.Listeners == 0)); // or the conversation would be known without being looked up
        var (reached, gate) = (NewSignal(), NewSignal());
        house.Book.BeforeFinding = _ => reached.TrySetResult() ? gate.Task : Task.CompletedTask;
        await using var phone = await ChatDevice.ConnectAsync(house);
        await using var thief = await ChatDevice.ConnectAsync(house);

        var joining = phone.JoinAsync(pass: pass);
        await reached.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Empty((await thief.JoinAsync(pass: pass)).Missed.Messages);
        gate.SetResult();

        Assert.Single((await joining).Missed.Messages);
    }

    private static Task<string> PassOf(ChatDevice device) => device.Hub.InvokeAsync<string>("CreatePass", TestContext.Current.CancellationToken);
}
