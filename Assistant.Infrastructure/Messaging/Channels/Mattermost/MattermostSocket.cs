using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Mattermost;

// The way in: a socket for what happens now, and the REST API for what it missed.
//
// The socket greets first, then what was missed is read, then its events; so nothing falls between, and what comes both ways is one message by its
// key. Events are numbered: a gap means that the server gave some up, and what was missed is read again. The moment of the last post is kept after it
// is committed. Rejected: the server's own replay of a broken line (by connection and number), which not every version has and no restart outlives.

/// <summary>Receives over the WebSocket.</summary>
internal sealed class MattermostSocket(
    MattermostSettings settings, MattermostClient client, MessengerSockets sockets, MattermostReceiver receiver, MattermostCatchUp catchUp, MattermostPeople people,
    MattermostOptions options, TimeProvider time)
{
    /// <summary>Receives until cancelled. A line that breaks rises: whoever supervises opens the next.</summary>
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        var who = await client.GetAsync("users/me", cancellationToken);
        var bot = BotOf(who) ?? throw new PhrasedException(MattermostFailure.Explain(who));
        people.BotName = bot.Name;
        await using var socket = await sockets.ConnectAsync(MattermostChannel.Name, settings.Socket, cancellationToken);
        var next = await GreetAsync(socket, cancellationToken);
        var latest = await catchUp.RunAsync(Placed(await host.ReadCursorAsync(cancellationToken), bot), bot, host.Gateway, cancellationToken);

        // In no channel yet: what begins from now on is new.
        latest = latest > 0 ? latest : time.GetUtcNow().ToUnixTimeMilliseconds();
        await SaveAsync(host, bot, latest, cancellationToken);
        host.Connected(bot.Name);
        while (await socket.ReceiveAsync(cancellationToken) is { } bytes)
        {
            // Answers to our own calls have no number.
            if (MattermostPosts.ReadFrame(bytes) is not { Seq: { } seq } frame)
            {
                continue;
            }

            if (seq != next)
            {
                latest = Math.Max(latest, await catchUp.RunAsync(latest, bot, host.Gateway, cancellationToken));
            }

            next = seq + 1;
            latest = Math.Max(latest, await TakeAsync(frame, bot, host, cancellationToken));
            await SaveAsync(host, bot, latest, cancellationToken);
        }

        throw new PhrasedException(Phrase.Of("channel.broke-off", ("name", MattermostChannel.Name)));
    }

    /// <summary>Who the token is, or <see langword="null"/> when the answer does not say.</summary>
    public static MattermostBot? BotOf(MattermostReply reply)
        => reply.IsOk && MattermostIds.IsId(reply.Body["id"].Text) ? new MattermostBot(reply.Body["id"].Text!, reply.Body["username"].Text ?? "") : null;

    /// <summary>Signs in over the socket and waits for its greeting.</summary>
    /// <returns>The number of the next event.</returns>
    private async Task<long> GreetAsync(MessengerSocket socket, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(options.GreetingPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        var challenge = new JsonObject { ["seq"] = 1, ["action"] = "authentication_challenge", ["data"] = new JsonObject { ["token"] = settings.Token } };
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(challenge.ToJsonString()), either.Token);
            while (await socket.ReceiveAsync(either.Token) is { } bytes)
            {
                switch (MattermostPosts.ReadFrame(bytes))
                {
                    case { Event: "hello", Seq: { } seq }:
                        return seq + 1;
                    case { Status: "FAIL" }:
                        throw new PhrasedException(Phrase.Of("channel.sign-in-refused", ("name", MattermostChannel.Name)));
                    default:
                        break;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It opened and says nothing.
        }

        throw new PhrasedException(Phrase.Of("channel.no-answer", ("name", MattermostChannel.Name)));
    }

    /// <returns>The moment of the event, or 0.</returns>
    private async Task<long> TakeAsync(MattermostFrame frame, MattermostBot bot, IChannelHost host, CancellationToken cancellationToken)
    {
        MattermostChange? change = frame.Event switch
        {
            "posted" => MattermostChange.Said,
            "post_edited" => MattermostChange.Edited,
            "post_deleted" => MattermostChange.Deleted,
            _ => null,
        };
        if (change is null)
        {
            if (frame.Event is "reaction_added" or "reaction_removed")
            {
                await receiver.AcceptReactionAsync(frame, bot, host.Gateway, time.GetUtcNow(), cancellationToken);
            }

            if (frame.Event is "channel_updated" or "channel_converted" or "channel_deleted" or "user_added" or "direct_added" or "group_added")
            {
                people.ForgetPlaces();
            }

            return 0;
        }

        await receiver.AcceptAsync(frame.Post, change.Value, frame, bot, host.Gateway, cancellationToken);
        return frame.Post["update_at"].Number ?? frame.Post["create_at"].Number ?? 0;
    }

    // Moments are the server's and the account's.
    private static Task SaveAsync(IChannelHost host, MattermostBot bot, long latest, CancellationToken cancellationToken)
        => host.SaveCursorAsync(string.Create(CultureInfo.InvariantCulture, $"{bot.Id} {latest}"), cancellationToken);

    private static long? Placed(string? cursor, MattermostBot bot)
        => cursor?.Split(' ') is [var account, var moment] && account == bot.Id && long.TryParse(moment, NumberStyles.None, CultureInfo.InvariantCulture, out var latest)
            ? latest
            : null;
}
