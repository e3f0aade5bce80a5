using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Mattermost;

/// <summary>Hands posts to the gateway, whichever way they came in, and returns when they are committed or were nothing for us.</summary>
internal sealed class MattermostReceiver(ConnectionId connection, MattermostSettings settings, MattermostClient client, MattermostPeople people)
{
    /// <param name="frame">What came over the socket beside the post; <see langword="null"/> when it was asked for, and whoever asked marks the channel.</param>
    public async Task AcceptAsync(
        LooseJson post, MattermostChange change, MattermostFrame? frame, MattermostBot bot, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (!MattermostPosts.IsWanted(post, bot) || await people.FindPlaceAsync(post["channel_id"].Text!, cancellationToken) is not { } place)
        {
            return;
        }

        var thread = MattermostPosts.ThreadOf(post);
        var isThreadOwn = place.IsGroup && thread is not null && await people.FindStarterAsync(thread, cancellationToken) == bot.Id;
        var sender = await people.FindAsync(post["user_id"].Text!, frame?.SenderName, cancellationToken);
        var view = new MattermostView(connection, bot, place, sender, frame?.Mentions ?? [], isThreadOwn, settings.Groups);
        if (MattermostPosts.Read(post, change, view) is not { } message)
        {
            return;
        }

        await gateway.AcceptAsync(message, cancellationToken);
        if (frame is not null)
        {
            await MarkAsync(place.Id, cancellationToken);
        }
    }

    /// <summary>A reaction. The socket tells each once, and what it missed is not told again.</summary>
    public async Task AcceptReactionAsync(MattermostFrame frame, MattermostBot bot, IMessageGateway gateway, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (frame.Reaction["user_id"].Text is { } user && MattermostIds.IsId(user) && user != bot.Id && MattermostIds.IsId(frame.Channel)
            && await people.FindPlaceAsync(frame.Channel!, cancellationToken) is { } place
            && MattermostPosts.ReadReaction(frame, connection, place, await people.FindAsync(user, null, cancellationToken), now) is { } reacted)
        {
            await gateway.AcceptAsync(reacted, cancellationToken);
        }
    }

    /// <summary>Tells the server that a channel is read. Best effort: it keeps how far, and by that a place that is lost is found again.</summary>
    public Task MarkAsync(string channel, CancellationToken cancellationToken)
        => client.PostAsync("channels/members/me/view", new JsonObject { ["channel_id"] = channel }, cancellationToken);
}
