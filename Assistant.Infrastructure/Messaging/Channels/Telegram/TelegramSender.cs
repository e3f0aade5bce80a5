using System.Collections.Concurrent;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Requests;
using Telegram.Bot.Types;
using Telegram.Bot.Types.Enums;
using Telegram.Bot.Types.ReplyMarkups;

namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

/// <summary>Where in Telegram something is shown.</summary>
/// <param name="Thread">The topic of a chat that has topics.</param>
/// <param name="DirectTopic">Whose direct messages to a channel they are.</param>
internal sealed record TelegramPlace(long Chat, ReplyParameters? Reply, int? Thread, long? DirectTopic);

/// <summary>Shows messages. One call each; what to do about a failure is said in the outcome.</summary>
internal sealed class TelegramSender(long bot, ITelegramBotClient client, TelegramSightings sightings, TimeProvider time)
{
    /// <summary>Longest row of buttons, in characters of their labels, so that none is cut on a phone.</summary>
    private const int RowLength = 24;

    private readonly ConcurrentDictionary<long, long> _movedChats = new();
    private readonly Lock _floodLock = new();
    private (long Chat, DateTimeOffset Until) _flood;

    public async Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
    {
        var request = NewRequest(message);
        return await TryAsync(message, async place =>
        {
            (request.ChatId, request.ReplyParameters) = (place.Chat, place.Reply);
            (request.MessageThreadId, request.DirectMessagesTopicId) = (place.Thread, place.DirectTopic);
            try
            {
                return await client.SendRequest(request, cancellationToken);
            }
            catch (RequestException e) when (TelegramFailure.IsBadEntities(e) && request.Entities is not null)
            {
                (request.Text, request.Entities) = (message.Body.Markdown, null);
                return await client.SendRequest(request, cancellationToken);
            }
        });
    }

    /// <summary>Shows something in the message's chat, once more when the chat moved meanwhile or has lost the topic.</summary>
    /// <param name="send">Called with the place as it is now.</param>
    public async Task<SendOutcome> TryAsync(OutboundMessage message, Func<TelegramPlace, Task<Message>> send)
    {
        if (!TelegramIds.TryParseChat(message.Chat.ExternalId, out var chat))
        {
            return new SendOutcome.Rejected(Phrase.Of("telegram.no-chat", ("chat", message.Chat.ExternalId)));
        }

        var began = time.GetUtcNow();
        try
        {
            var present = _movedChats.GetValueOrDefault(chat, chat);
            return Delivered(await SendToAsync(present), began);
        }
        catch (RequestException e)
        {
            return Failed(message, chat, e);
        }
        catch (OperationCanceledException)
        {
            sightings.Uncertain(message.Id);
            throw;
        }

        async Task<Message> SendToAsync(long present)
        {
            var place = new TelegramPlace(present, ReplyIn(present, message.ReplyToExternalId), ThreadOf(message.Chat), DirectTopicOf(message.Chat));
            try
            {
                return await send(place);
            }
            catch (ApiRequestException e) when (e.Parameters?.MigrateToChatId is { } newChat)
            {
                _movedChats[chat] = newChat;
                return await send(place with { Chat = newChat, Reply = null });
            }
            catch (ApiRequestException e) when (place is { Chat: > 0, Thread: not null } && TelegramFailure.IsTopicGone(e))
            {
                // What a person took away of a chat with the bot is no reason to leave them without an answer.
                return await send(place with { Thread = null });
            }
        }
    }

    public async Task ShowTypingAsync(ExternalChat chat, CancellationToken cancellationToken)
    {
        // Direct messages to a channel show no sign.
        if (DirectTopicOf(chat) is null && TelegramIds.TryParseChat(chat.ExternalId, out var id))
        {
            await BestEffortAsync(client.SendChatAction(
                _movedChats.GetValueOrDefault(id, id), ChatAction.Typing, ThreadOf(chat), cancellationToken: cancellationToken));
        }
    }

    /// <summary>Stops the waiting sign on a pressed button.</summary>
    public Task AnswerPressAsync(string queryId, CancellationToken cancellationToken)
        => BestEffortAsync(client.AnswerCallbackQuery(queryId, cancellationToken: cancellationToken));

    /// <summary>A group became a supergroup and has a new id.</summary>
    public void NoteMove(long oldChat, long newChat) => _movedChats[oldChat] = newChat;

    public static InlineKeyboardMarkup? KeyboardOf(MessageBody body)
    {
        if (body.Buttons.Count == 0)
        {
            return null;
        }

        var rows = new List<List<InlineKeyboardButton>>();
        var length = RowLength;
        foreach (var button in body.Buttons)
        {
            length += button.Label.Length;
            if (length > RowLength)
            {
                rows.Add([]);
                length = button.Label.Length;
            }

            rows[^1].Add(InlineKeyboardButton.WithCallbackData(button.Label, button.Data));
        }

        return new InlineKeyboardMarkup(rows);
    }

    private SendOutcome.Delivered Delivered(Message sent, DateTimeOffset began)
    {
        sightings.Sent(sent.Chat.Id, sent.Id, began);
        return new SendOutcome.Delivered(TelegramIds.Message(bot, sent.Chat.Id, sent.Id));
    }

    private SendOutcome Failed(OutboundMessage message, long chat, RequestException failure)
    {
        var outcome = TelegramFailure.Outcome(failure, PauseScope.Chat);
        switch (outcome)
        {
            case SendOutcome.Uncertain:
                sightings.Uncertain(message.Id);
                return outcome;
            case SendOutcome.RetryAfter { Delay: { } delay, Scope: PauseScope.Chat } flood:
                return flood with { Scope = FloodScope(chat, delay) };
            default:
                return outcome;
        }
    }

    /// <summary>Telegram does not say which of its limits was hit: a second chat within the first one's pause means the whole bot's.</summary>
    private PauseScope FloodScope(long chat, TimeSpan delay)
    {
        lock (_floodLock)
        {
            var now = time.GetUtcNow();
            var scope = _flood.Chat != chat && _flood.Until > now ? PauseScope.Connection : PauseScope.Chat;
            _flood = (chat, now + delay);
            return scope;
        }
    }

    private static SendMessageRequest NewRequest(OutboundMessage message)
    {
        var rendered = TelegramText.Render(message.Body.Markdown);
        return new SendMessageRequest
        {
            ChatId = 0, // said by whoever sends it
            Text = rendered.Text,
            Entities = rendered.Entities,
            ReplyMarkup = KeyboardOf(message.Body),
        };
    }

    private ReplyParameters? ReplyIn(long chat, string? replyTo)
        => TelegramIds.TryParseMessage(replyTo, bot, out var original, out var id) && original == chat
            ? new ReplyParameters { MessageId = id, AllowSendingWithoutReply = true }
            : null;

    private static int? ThreadOf(ExternalChat chat) => int.TryParse(chat.ThreadId, out var thread) ? thread : null;

    private static long? DirectTopicOf(ExternalChat chat) => TelegramIds.TryParseDirectTopic(chat.ThreadId, out var topic) ? topic : null;

    private static async Task BestEffortAsync(Task call)
    {
        try
        {
            await call;
        }
        catch (RequestException)
        {
            // Nobody misses a typing sign, and a pressed button stops waiting by itself.
        }
    }
}
