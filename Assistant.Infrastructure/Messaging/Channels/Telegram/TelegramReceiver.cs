using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Telegram.Bot;
using Telegram.Bot.Types;

namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

/// <summary>Hands updates to the gateway, whichever way they came in.</summary>
internal sealed class TelegramReceiver(
    Connection connection, TelegramSettings settings, ITelegramBotClient client, TelegramSender sender, TelegramSightings sightings, TimeProvider time)
{
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(3);

    private readonly TelegramAlbums _albums = new();
    private volatile TelegramBot? _bot;

    /// <summary>Who the bot is; asked once.</summary>
    public async Task<TelegramBot> ReadBotAsync(CancellationToken cancellationToken)
    {
        if (_bot is { } known)
        {
            return known;
        }

        var me = await client.GetMe(cancellationToken);
        return _bot = new TelegramBot(me.Id, me.Username ?? "");
    }

    /// <summary>Accepts the updates in order and returns when every one of them is committed or was nothing for us.</summary>
    /// <remarks>
    /// The calls are begun one after another and awaited together: the inbox keeps the order of the calls and commits many at once.
    /// When one fails the others are still waited for, then the failure rises: nothing of the batch is confirmed, all of it comes again.
    /// </remarks>
    public async Task AcceptAsync(IReadOnlyList<Update> updates, TelegramBot bot, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        _albums.LookAhead(updates);
        if (updates.Count == 1)
        {
            await AcceptAsync(updates[0], bot, gateway, cancellationToken);
            return;
        }

        var accepting = new Task[updates.Count];
        for (var i = 0; i < accepting.Length; i++)
        {
            accepting[i] = AcceptAsync(updates[i], bot, gateway, cancellationToken);
        }

        await Task.WhenAll(accepting);
    }

    private async Task AcceptAsync(Update update, TelegramBot bot, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        Note(update);
        if (TelegramUpdates.Read(update, connection, bot, time.GetUtcNow()) is { } message)
        {
            await gateway.AcceptAsync(
                message with
                {
                    IsAddressed = settings.Groups.IsAddressed(message.Chat.IsGroup, message.IsAddressed)
                        && (update.Message is not { } said || _albums.Speaks(said)),
                    // What was said and stored under its former id comes again only among what waited: nothing said later is looked for twice.
                    Former = message.Content is InboundContent.Said && sightings.CaughtUp.IsCompleted ? null : message.Former,
                },
                cancellationToken);
        }

        if (update.CallbackQuery is { Id: { } queryId })
        {
            await AnswerPressAsync(queryId, cancellationToken);
        }
    }

    private async Task AnswerPressAsync(string queryId, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(AnswerPatience);
        try
        {
            await sender.AnswerPressAsync(queryId, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The press is committed; the sign on the button stops by itself.
        }
    }

    /// <summary>Only a group needs to know the bot's name, so a private message never waits for it.</summary>
    public async Task<TelegramBot> BotForAsync(Update update, CancellationToken cancellationToken)
        => update.Message?.Chat?.Id < 0 || update.EditedMessage?.Chat?.Id < 0
            ? await ReadBotAsync(cancellationToken)
            : _bot ?? new TelegramBot(settings.BotId, "");

    private void Note(Update update)
    {
        if ((update.Message ?? update.EditedMessage) is not { Chat: { } chat } message)
        {
            return;
        }

        sightings.Received(chat.Id, message.Id);
        if (message.MigrateToChatId is { } newChat)
        {
            sender.NoteMove(chat.Id, newChat);
        }
    }
}
