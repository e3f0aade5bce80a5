using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;
using Microsoft.Extensions.Logging;
using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Types;

namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

/// <summary>Hands updates to the gateway, whichever way they came in.</summary>
internal sealed partial class TelegramReceiver(
    Connection connection, TelegramSettings settings, ITelegramBotClient client, TelegramSender sender, TelegramSightings sightings, TimeProvider time,
    ILogger logger)
{
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(3);

    /// <summary>How long the bot's name counts as the one it has while others are called.</summary>
    private static readonly TimeSpan NameAge = TimeSpan.FromMinutes(1);

    private readonly TelegramAlbums _albums = new();
    private volatile TelegramBot? _bot;
    private long _askedAt;

    /// <summary>Who the bot is, as far as known; asked where nobody asked yet.</summary>
    public async Task<TelegramBot> ReadBotAsync(CancellationToken cancellationToken)
    {
        if (_bot is { } known)
        {
            return known;
        }

        return await AskBotAsync(cancellationToken);
    }

    /// <summary>Accepts the updates in order and returns when every one of them is committed or was nothing for us.</summary>
    /// <remarks>
    /// The calls are begun one after another and awaited together: the inbox keeps the order of the calls and commits many at once.
    /// When one fails the others are still waited for, then the failure rises: nothing of the batch is confirmed, all of it comes again.
    /// </remarks>
    public async Task AcceptAsync(IReadOnlyList<Update> updates, TelegramBot bot, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        _albums.LookAhead(updates);
        bot = await RenamedAsync(updates, bot, cancellationToken);
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

    private async Task<TelegramBot> AskBotAsync(CancellationToken cancellationToken)
    {
        var me = await client.GetMe(cancellationToken);
        Volatile.Write(ref _askedAt, time.GetTimestamp());
        return _bot = new TelegramBot(me.Id, me.Username ?? "");
    }

    /// <summary>Bots are renamed while they run, and nothing tells: a name in a group that is not the bot's may be the one it has now.</summary>
    private async Task<TelegramBot> RenamedAsync(IReadOnlyList<Update> updates, TelegramBot bot, CancellationToken cancellationToken)
    {
        bot = _bot ?? bot;
        if (time.GetElapsedTime(Volatile.Read(ref _askedAt)) < NameAge
            || !updates.Any(update => TelegramAddress.NamesAnother(update.Message ?? update.EditedMessage, bot)))
        {
            return bot;
        }

        try
        {
            Volatile.Write(ref _askedAt, time.GetTimestamp());
            return await AskBotAsync(cancellationToken);
        }
        catch (RequestException failure)
        {
            LogNameUnknown(logger, TelegramFailure.Explain(failure));
            return bot;
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not ask whether a Telegram bot was renamed: {Reason}")]
    private static partial void LogNameUnknown(ILogger logger, Phrase reason);
}
