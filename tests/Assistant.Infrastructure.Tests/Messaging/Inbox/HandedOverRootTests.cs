using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Inbox;
using Assistant.Infrastructure.Tests.Persistence;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Inbox;

/// <summary>A thread beside a chat of another tenant.</summary>
public sealed class HandedOverRootTests : HandedOverRows
{
    [Theory]
    [InlineData("out-1")]
    [InlineData("out-2")]
    public async Task What_began_a_thread_in_a_chat_of_another_tenant_is_not_told(string root)
    {
        var chat = await HearAsync(HomeLine, "1", "what is due?");
        var second = (await Ports.Outbox.MarkSentAsync((await AnswerAsync(chat, "the rent", "and the tax"))!, "out-1", Cancel))!;
        await Ports.Outbox.MarkSentAsync(second, "out-2", Cancel);
        await HandOverAsync("conversations");

        var said = Said(HomeLine, "2", "") with { Chat = new ExternalChat("chat-1", root), Content = new InboundContent.Said("why?", [], root) };
        var thread = Assert.IsType<InboxOutcome.Stored>(await StoreAsync(HomeLine, said)).Conversation;

        Assert.Null(Assert.Single(await ThreadAsync(Home, thread)).Body.InReplyTo);
    }
}
