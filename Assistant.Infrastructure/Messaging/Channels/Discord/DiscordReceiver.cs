using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;

namespace Assistant.Infrastructure.Messaging.Channels.Discord;

/// <summary>What becomes of a command.</summary>
internal enum DiscordPromise
{
    /// <summary>It will be answered.</summary>
    Answer,

    /// <summary>Whoever used it is not known yet.</summary>
    Pairing,

    /// <summary>Somebody has taken the conversation over, and answers in it when they do.</summary>
    Person,

    /// <summary>It will not be answered.</summary>
    Nothing,
}

/// <summary>Hands events to the gateway of this house, whichever way they came in, and returns when they are committed or were nothing for us.</summary>
internal sealed class DiscordReceiver(ConnectionId connection, DiscordSettings settings, DiscordAuthors authors, DiscordCommands commands, TimeProvider time)
{
    public async Task AcceptSaidAsync(DiscordMessage message, DiscordBot bot, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (DiscordEvents.ReadSaid(message, connection, bot) is { } said)
        {
            authors.Note(said.ExternalMessageId, said.Sender);
            await gateway.AcceptAsync(Judged(said), cancellationToken);
        }
    }

    public async Task AcceptEditedAsync(DiscordMessage message, DiscordBot bot, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (DiscordEvents.ReadEdited(message, connection, bot) is { } edited)
        {
            authors.Note(edited.ExternalMessageId, edited.Sender);
            await gateway.AcceptAsync(Judged(edited), cancellationToken);
        }
    }

    public async Task AcceptRemovedAsync(DiscordRemoval removal, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (!DiscordIds.Is(removal.ChannelId))
        {
            return;
        }

        var (channel, isGroup) = (removal.ChannelId!, DiscordIds.Is(removal.GuildId));
        foreach (var id in DiscordEvents.IdsOf(removal))
        {
            if (await authors.FindAsync(id, channel, isGroup, cancellationToken) is { } author)
            {
                await gateway.AcceptAsync(DiscordEvents.NewDeleted(id, channel, isGroup, author, connection, time.GetUtcNow()), cancellationToken);
            }
        }
    }

    public async Task AcceptReactedAsync(
        DiscordReaction reaction, bool isTakenBack, string key, DiscordBot bot, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (DiscordEvents.ReadReacted(reaction, isTakenBack, key, connection, bot, time.GetUtcNow()) is { } reacted)
        {
            await gateway.AcceptAsync(reacted, cancellationToken);
        }
    }

    /// <returns>What whoever used a command may wait for.</returns>
    public async Task<DiscordPromise> AcceptAsync(DiscordInteraction interaction, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (DiscordInteractions.Read(interaction, connection) is not { } message)
        {
            return DiscordPromise.Nothing;
        }

        // Before it is stored: the answer may be quicker than we are.
        if (message.Content is InboundContent.Said && DiscordIds.Is(interaction.ApplicationId) && interaction.Token is { Length: > 0 } token)
        {
            commands.Note(interaction.Id!, interaction.ApplicationId!, token);
        }

        var judged = Judged(message);
        var promise = await gateway.AcceptAsync(judged, cancellationToken) switch
        {
            GatewayOutcome.Stored { IsHeld: true } => DiscordPromise.Person,
            GatewayOutcome.Stored or GatewayOutcome.Duplicate when judged.IsAddressed => DiscordPromise.Answer,
            GatewayOutcome.PairingRequired => DiscordPromise.Pairing,
            _ => DiscordPromise.Nothing,
        };
        if (promise != DiscordPromise.Answer)
        {
            commands.Close(interaction.Id!);
        }

        return promise;
    }

    private InboundMessage Judged(InboundMessage message) => message with { IsAddressed = settings.Groups.IsAddressed(message.Chat.IsGroup, message.IsAddressed) };
}
