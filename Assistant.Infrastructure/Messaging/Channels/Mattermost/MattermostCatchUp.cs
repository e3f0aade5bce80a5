using System.Globalization;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Mattermost;

/// <summary>Reads what the socket did not bring: after a restart, a broken line, or a gap in the numbers of its events.</summary>
internal sealed class MattermostCatchUp(MattermostClient client, MattermostReceiver receiver, MattermostPeople people, MattermostOptions options)
{
    /// <summary>What one answer about changes holds at most; of a channel that is read in pages no more is read either.</summary>
    private const int MostPosts = 1_000;

    /// <summary>Of a channel that is read in pages: it is all in memory at once.</summary>
    private const long MostBytes = 64 << 20;

    /// <summary>Posts of a page, each a part of the one before it.</summary>
    private static readonly int[] PageSizes = [50, 10, 5, 1];

    /// <summary>Reads all channels from a moment on.</summary>
    /// <param name="since">The last known moment, in the server's milliseconds; <see langword="null"/> to go by what the server says we have read.</param>
    /// <returns>
    /// The moment up to which all channels are read: that of the latest post when reading began. What was posted while it went on may be in some channels
    /// and not in others, so nothing that was found moves it.
    /// </returns>
    /// <exception cref="PhrasedException">The server cannot say now.</exception>
    public async Task<long> RunAsync(long? since, MattermostBot bot, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        var channels = await RequireAsync($"users/{bot.Id}/channels", cancellationToken);
        var latest = since ?? 0;
        var read = new List<string>();
        foreach (var channel in channels.Items)
        {
            if (MattermostPlace.Of(channel) is not { } place)
            {
                continue;
            }

            people.Note(place);
            var from = since is { } known ? known - (long)options.Overlap.TotalMilliseconds : await FindMarkAsync(place.Id, cancellationToken);
            if (from == 0)
            {
                await receiver.MarkAsync(place.Id, cancellationToken);
            }

            latest = Math.Max(latest, channel["last_post_at"].Number ?? 0);
            if (from > 0 && await ReadAsync(place.Id, from, bot, gateway, cancellationToken))
            {
                read.Add(place.Id);
            }
        }

        // Not before all is committed: it is what a place that is lost is found by.
        foreach (var channel in read)
        {
            await receiver.MarkAsync(channel, cancellationToken);
        }

        return latest;
    }

    /// <returns>Whether there was something.</returns>
    private async Task<bool> ReadAsync(string channel, long from, MattermostBot bot, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        var answer = await client.GetAsync(string.Create(CultureInfo.InvariantCulture, $"channels/{channel}/posts?since={from}"), cancellationToken);
        var posts = answer.IsTooLarge ? await ReadPagesAsync(channel, from, cancellationToken) : PostsIn(Required(answer));

        // What a thread is made of comes along, old as it may be.
        var changed = posts.Values.Where(post => post["update_at"].Number >= from).OrderBy(post => post["create_at"].Number).ToList();
        foreach (var post in changed)
        {
            if (post["delete_at"].Number > 0)
            {
                await receiver.AcceptAsync(post, MattermostChange.Deleted, null, bot, gateway, cancellationToken);
                continue;
            }

            // Said meanwhile and edited meanwhile: first the one, then the other, as if it had come so.
            if (post["create_at"].Number >= from)
            {
                await receiver.AcceptAsync(post, MattermostChange.Said, null, bot, gateway, cancellationToken);
            }

            if (post["edit_at"].Number >= from)
            {
                await receiver.AcceptAsync(post, MattermostChange.Edited, null, bot, gateway, cancellationToken);
            }
        }

        return changed.Count > 0;
    }

    // Newest first, until a page ends with an older one. A post that is too large by itself is passed over.
    private async Task<Dictionary<string, LooseJson>> ReadPagesAsync(string channel, long from, CancellationToken cancellationToken)
    {
        var posts = new Dictionary<string, LooseJson>(StringComparer.Ordinal);
        var (size, read, bytes) = (PageSizes[0], 0, 0L);
        while (read < MostPosts && bytes < MostBytes)
        {
            var answer = await client.GetAsync(
                string.Create(CultureInfo.InvariantCulture, $"channels/{channel}/posts?page={read / size}&per_page={size}&skipFetchThreads=true"), cancellationToken);
            if (answer.IsTooLarge && size > 1)
            {
                size = PageSizes.First(one => one < size);
                continue;
            }

            read += size;
            size = PageSizes.First(one => read % one == 0);
            if (answer.IsTooLarge)
            {
                continue;
            }

            var page = PostsIn(Required(answer));
            bytes += answer.Size;
            foreach (var (id, post) in page)
            {
                posts[id] = post;
            }

            // Posts that come along with those of the page are not in its order.
            if (page.GetValueOrDefault(answer.Body["order"].Items.LastOrDefault().Text ?? "")["create_at"].Number is not { } oldest || oldest < from)
            {
                break;
            }
        }

        return posts;
    }

    private static Dictionary<string, LooseJson> PostsIn(LooseJson answer)
        => answer["posts"].Members.DistinctBy(post => post.Name).ToDictionary(post => post.Name, post => post.Value, StringComparer.Ordinal);

    // 0 in a channel we never read in: nothing of its past is answered, and its past ends now.
    private async Task<long> FindMarkAsync(string channel, CancellationToken cancellationToken)
        => (await RequireAsync($"channels/{channel}/members/me", cancellationToken))["last_viewed_at"].Number ?? 0;

    private async Task<LooseJson> RequireAsync(string path, CancellationToken cancellationToken)
        => Required(await client.GetAsync(path, cancellationToken));

    private static LooseJson Required(MattermostReply reply) => reply.IsOk ? reply.Body : throw new PhrasedException(MattermostFailure.Explain(reply));
}
