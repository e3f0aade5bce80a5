using System.Text.Json.Nodes;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Telegram;

/// <summary>What channels have to do with the chats the assistant is in.</summary>
public sealed partial class TelegramUpdatesTests
{
    [Theory]
    [InlineData("is_automatic_forward", true)]
    [InlineData("has_protected_content", false)]
    public void The_copy_of_a_post_in_the_group_beside_its_channel_is_not_read(string field, bool isLeftAlone)
    {
        var update = Group("@assistant_bot stands in a post", MentionIn("@assistant_bot"));
        update["message"]![field] = true;

        Assert.Equal(isLeftAlone, Read(update) is null);
    }

    [Fact]
    public void What_people_write_to_a_channel_is_a_conversation_of_each()
    {
        var threads = new List<string?>();
        foreach (var topic in new[] { 5001L, 5_000_000_002L })
        {
            var update = Private("what are your prices?");
            update["message"]!["chat"] = new JsonObject { ["id"] = -1_000_000_000_077, ["type"] = "supergroup", ["title"] = "Shop", ["is_direct_messages"] = true };
            update["message"]!["direct_messages_topic"] = new JsonObject { ["topic_id"] = topic };
            threads.Add(Read(update)!.Chat.ThreadId);
        }

        Assert.Equal(["direct/5001", "direct/5000000002"], threads);
    }

    [Fact]
    public void A_message_to_a_channel_that_does_not_tell_whose_it_is_is_left_alone()
    {
        var update = Group("@assistant_bot?", MentionIn("@assistant_bot"));
        update["message"]!["chat"]!["is_direct_messages"] = true;

        Assert.Null(Read(update));
    }
}
