using System.Net;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Discord;

/// <summary>Reads from the channels what was said between two sessions. What was stored already is known by its id.</summary>
internal sealed class DiscordCatchUp(DiscordClient client, DiscordReceiver receiver, TimeProvider time)
{
    private static readonly TimeSpan DefaultPause = TimeSpan.FromSeconds(1);

    // Categories and overviews of threads hold no messages.
    private const int Category = 4;
    private const int Forum = 15;
    private const int Gallery = 16;

    /// <summary>Reads the channels and threads of a server in which something was said since.</summary>
    public async Task ReadAsync(DiscordGuild server, ulong after, DiscordBot bot, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        foreach (var place in (server.Channels ?? []).Concat(server.Threads ?? []).OfType<DiscordPlace>())
        {
            if (DiscordIds.Is(place.Id) && place.Type is not (Category or Forum or Gallery) && DiscordIds.Parse(place.LastMessageId) > after)
            {
                await ReadAsync(place.Id!, server.Id, after, bot, gateway, cancellationToken);
            }
        }
    }

    /// <summary>Reads one channel, in the order in which things were said.</summary>
    /// <param name="server">Whose channel it is; <see langword="null"/> for a direct chat. Messages that are read do not say it.</param>
    /// <exception cref="PhrasedException">Discord does not answer now: nothing may be taken for read.</exception>
    public async Task ReadAsync(string channel, string? server, ulong after, DiscordBot bot, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        while (await ReadPageAsync(channel, after, cancellationToken) is { Count: > 0 } page)
        {
            foreach (var message in page)
            {
                await receiver.AcceptSaidAsync(message with { GuildId = server, ChannelId = channel }, bot, gateway, cancellationToken);
            }

            after = Math.Max(after + 1, DiscordIds.Parse(page[^1].Id));
            if (page.Count < DiscordClient.MessagesInPage)
            {
                return;
            }
        }
    }

    private async Task<List<DiscordMessage>> ReadPageAsync(string channel, ulong after, CancellationToken cancellationToken)
    {
        while (true)
        {
            var outcome = await client.ReadMessagesAsync(channel, after, cancellationToken);
            switch (outcome)
            {
                case CallOutcome.Answered { IsSuccess: true, Body: var body }:
                    return [.. (DiscordEvents.Read(body, DiscordJson.Default.ListDiscordMessage) ?? throw Unread(outcome)).OfType<DiscordMessage>().OrderBy(message => DiscordIds.Parse(message.Id))];
                case CallOutcome.Answered { Status: HttpStatusCode.TooManyRequests } flood:
                    await Task.Delay(DiscordFailure.Pause(flood).Delay ?? DefaultPause, time, cancellationToken);
                    break;

                // We do not see it, it is gone, or holds no messages: one channel must not keep all others waiting.
                case CallOutcome.Answered { Status: HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.BadRequest }:
                    return [];
                default:
                    throw Unread(outcome);
            }
        }
    }

    private static PhrasedException Unread(CallOutcome outcome) => new(DiscordFailure.Explain(outcome));
}
