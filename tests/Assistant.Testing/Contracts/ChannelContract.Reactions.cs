using Assistant.Domain.Messaging;
using Xunit;

namespace Assistant.Testing.Contracts;

// What people think of a message, said in an emoji.
public abstract partial class ChannelContract
{
    [Fact]
    public async Task A_reaction_is_told_with_the_message_it_is_about()
    {
        await using var rig = await StartReactingAsync();
        await rig.SayAsync(Ann, "done");
        var said = Assert.Single(await rig.Gateway.WaitAsync(1, Cancel));
        var sent = Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, "well done"));

        await rig.ReactAsync(Ann, sent.ExternalId, "👍");
        await rig.ReactAsync(Ann, said.ExternalMessageId, "❤️");

        var reactions = (await rig.Gateway.WaitAsync(3, Cancel)).Skip(1).ToList();
        Assert.Equal([sent.ExternalId, said.ExternalMessageId], reactions.Select(message => message.ExternalMessageId));
        Assert.Equal(["👍"], After(reactions[..1]));
        Assert.Equal(["❤️"], After(reactions[1..]));
        Assert.All(reactions, message => Assert.Equal((said.Sender.ExternalId, said.Chat.ExternalId), (message.Sender.ExternalId, message.Chat.ExternalId)));
        Assert.Equal(3, rig.Gateway.Stored.Select(message => message.DedupeKey).Distinct().Count());
    }

    [Fact]
    public async Task A_reaction_can_be_taken_back_and_given_again()
    {
        await using var rig = await StartReactingAsync();
        var sent = Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, "well done"));

        await rig.ReactAsync(Ann, sent.ExternalId, "👍");
        await rig.ReactAsync(Ann, sent.ExternalId, "👍", isTakenBack: true);
        await rig.ReactAsync(Ann, sent.ExternalId, "👍");
        var stored = await rig.Gateway.WaitAsync(3, Cancel);

        Assert.Equal(["👍"], After(stored.Take(1)));
        Assert.Empty(After(stored.Take(2)));
        Assert.Equal(["👍"], After(stored));
        Assert.Single(stored.Select(message => message.ExternalMessageId).Distinct());
        Assert.Equal(3, stored.Select(message => message.DedupeKey).Distinct().Count());
    }

    [Fact]
    public async Task A_reaction_delivered_twice_is_one()
    {
        await using var rig = await StartReactingAsync();
        var sent = Assert.IsType<SendOutcome.Delivered>(await SendAsync(rig, "well done"));
        await rig.ReactAsync(Ann, sent.ExternalId, "👍");
        await rig.Gateway.WaitAsync(1, Cancel);

        await TryAsync(rig.RedeliverReactionAsync);
        await rig.SayAsync(Ann, "then");

        Assert.Single((await WaitForAsync(rig, "then")).Where(message => message.Content is InboundContent.Reacted));
    }

    [Fact]
    public async Task What_the_assistant_reacts_with_does_not_come_back()
    {
        await using var rig = await StartReactingAsync();
        await rig.SayAsync(Ann, "done");
        var said = Assert.Single(await rig.Gateway.WaitAsync(1, Cancel));

        await TryAsync(() => rig.ReactAsAssistantAsync(Ann, said.ExternalMessageId));
        await rig.SayAsync(Ann, "no echo");

        Assert.DoesNotContain(await WaitForAsync(rig, "no echo"), message => message.Content is InboundContent.Reacted);
    }

    private async Task<ChannelRig> StartReactingAsync()
    {
        var rig = await StartAsync();
        if (!rig.Channel.Manifest.Can(ChannelCapabilities.InboundReactions))
        {
            await rig.DisposeAsync();
            Assert.Skip("The messenger reports no reactions.");
        }

        return rig;
    }

    /// <summary>What stands after the reactions among these, in the order they were stored.</summary>
    private static IEnumerable<string> After(IEnumerable<InboundMessage> stored) => stored
        .Where(message => message.Content is InboundContent.Reacted)
        .Aggregate(PersonReactions.None, (stands, message) => stands.After((InboundContent.Reacted)message.Content, message.SentAt))
        .Marks.Select(mark => mark.Name);
}
