using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;

namespace Assistant.Infrastructure.Messaging.Channels.Slack;

/// <summary>Hands events to the gateway, whichever way they came in, and returns when they are committed or were nothing for us.</summary>
internal sealed class SlackReceiver(ConnectionId connection, SlackSettings settings, SlackNames names, TimeProvider time)
{
    /// <summary>People whose names are asked for because a message mentions them.</summary>
    private const int MaxNamed = 20;

    private volatile SlackBot? _bot;

    /// <summary>Who the assistant is, once Slack has said so.</summary>
    public SlackBot? Bot
    {
        get => _bot;
        set => _bot = value;
    }

    public async Task AcceptAsync(SlackCallback callback, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        var (bot, now, mentioned) = (_bot, time.GetUtcNow(), new HashSet<string>(StringComparer.Ordinal));
        if (SlackEvents.Read(callback, connection, bot, now, Note) is not { } message)
        {
            return;
        }

        // All are asked at once: Slack waits for the acknowledgement.
        var sender = names.NameAsync(message.Sender, cancellationToken);
        var named = await Task.WhenAll(mentioned.Take(MaxNamed).Select(async user => KeyValuePair.Create(user, await names.FindAsync(user, cancellationToken))));
        if (named.Length > 0)
        {
            var known = new Dictionary<string, string?>(named, StringComparer.Ordinal);
            message = SlackEvents.Read(callback, connection, bot, now, user => known.GetValueOrDefault(user)) ?? message;
        }

        await gateway.AcceptAsync(Judged(message with { Sender = await sender }), cancellationToken);

        string? Note(string user)
        {
            mentioned.Add(user);
            return null;
        }
    }

    /// <remarks>Slack names who pressed, and lets them wait: nothing is asked here.</remarks>
    public async Task AcceptAsync(SlackInteraction interaction, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (SlackEvents.Read(interaction, connection, time.GetUtcNow()) is { } message)
        {
            await gateway.AcceptAsync(Judged(message), cancellationToken);
        }
    }

    private InboundMessage Judged(InboundMessage message) => message.Content is InboundContent.Reacted ? message : message with { IsAddressed = settings.Groups.IsAddressed(message.Chat.IsGroup, message.IsAddressed) };
}
