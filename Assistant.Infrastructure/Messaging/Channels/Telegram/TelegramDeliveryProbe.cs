using Assistant.Domain.Messaging;
using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Types;

namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

// Was it shown? Telegram has no idempotency key, so after a crash between send and mark nobody told us the id of the message, nor
// whether there is one. Two facts help.
//
// 1. In private chats and basic groups message ids come from one counter of the bot's account: every message it sends or receives takes
//    the next one. A message sent but not recorded sits at an id we do not know, among ids we do: between the newest message of its
//    chat it can answer and the end of what is known. (Supergroups and channels count for themselves and lose ids: no answer there.)
// 2. editMessageReplyMarkup with the markup a message already has changes nothing and shows nothing, but its answer tells:
//    "message is not modified" when the id is the bot's own message in that chat; "message to edit not found" or "message can't be
//    edited" when it is in another chat, a person's, or nothing at all. Servers that imitate Telegram may answer with the message
//    instead: it counts only when chat and text are ours.
//
// So each unknown id is asked about, few in practice: those of interrupted sends, of messages the gateway did not store, and some beyond
// the end. Where it was quiet since the interruption the id is the very next one; where others went on, it is in one of the newest gaps. So the
// questions take turns from the end on, up and down, beginning with the next one: no gap, however wide, keeps the likeliest ids from being
// asked about.
//
// "Certainly not shown" is claimed only when every possible id was asked about, which needs three bounds: below, the message answered or what
// the person said last before ours was decided, or else the oldest known id (the caller knows ids from before that); above, the first id this
// run was given for a send that it began well after the attempt had ended, or else the newest known id plus as many sends as can have been
// under way (that is many questions: once the bot sends again after a time of silence, what was given up meanwhile needs few); and that the
// backlog of the time we were down has been received, or its messages would look like the end. Otherwise the answer is "cannot tell", and the
// message is sent again.
//
// Rejected: sending again and deleting the copy (people see both); a marker in the text (people see it, and bots cannot search).

/// <summary>Finds out whether a message was shown by an attempt nobody recorded.</summary>
internal sealed class TelegramDeliveryProbe(long bot, ITelegramBotClient client, TelegramSightings sightings, TelegramOptions options, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private enum Answer { Ours, NotOurs, Unknown }

    // One recovery asks about many messages; what one of them learnt is not asked again. Hence one at a time.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<int, (long Chat, string Text)> _shown = [];
    private readonly HashSet<(long Chat, int Id)> _notInChat = [];
    private readonly HashSet<int> _claimed = [];
    private (IReadOnlySet<string>? Source, int[] Sorted) _known = (null, []);

    /// <inheritdoc cref="IDeliveryProbe.FindAsync"/>
    public async Task<DeliveryFinding?> FindAsync(OutboundMessage message, IReadOnlySet<string> knownExternalIds, CancellationToken cancellationToken)
    {
        if (options.ProbeLimit == 0 || !TelegramIds.TryParseChat(message.Chat.ExternalId, out var chat) || !TelegramIds.SharesCounter(chat))
        {
            return null;
        }

        var caughtUp = await IsCaughtUpAsync(cancellationToken);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await FindAsync(message, chat, knownExternalIds, caughtUp, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<DeliveryFinding?> FindAsync(
        OutboundMessage message, long chat, IReadOnlySet<string> knownExternalIds, bool caughtUp, CancellationToken cancellationToken)
    {
        var known = Known(knownExternalIds);
        if (known.Length == 0)
        {
            return null;
        }

        var earlier = Math.Max(IdIn(chat, message.ReplyToExternalId), IdIn(chat, message.HeardBefore));
        var candidates = Candidates(message, known, earlier > 0 ? earlier : known[0]);
        var isComplete = candidates.Count <= options.ProbeLimit;
        foreach (var id in candidates.Take(options.ProbeLimit))
        {
            if (id >= sightings.CeilingOf(message.Id))
            {
                continue; // a send that went well meanwhile told where the ids end
            }

            switch (await AskAsync(message, chat, id, cancellationToken))
            {
                case Answer.Ours:
                    _claimed.Add(id);
                    return new DeliveryFinding(TelegramIds.Message(bot, chat, id));
                case Answer.Unknown:
                    return null;
                default:
                    break;
            }
        }

        return isComplete && caughtUp ? new DeliveryFinding(null) : null;
    }

    /// <returns>0 when it is no message of the chat.</returns>
    private int IdIn(long chat, string? external)
        => TelegramIds.TryParseMessage(external, bot, out var its, out var id) && its == chat ? id : 0;

    /// <summary>
    /// Ids that may be the message's, likeliest first: by turns the next one beyond the end and the next one of the gaps, from the newest down.
    /// At most two more than may be asked.
    /// </summary>
    private List<int> Candidates(OutboundMessage message, int[] known, int low)
    {
        var ceiling = sightings.CeilingOf(message.Id);
        using var beyond = Enumerable.Range(Math.Max(known[^1], low) + 1, options.ProbeLookAhead).Where(IsPossible).GetEnumerator();
        using var gaps = Gaps(known, low).Where(IsPossible).GetEnumerator();
        var candidates = new List<int>();
        var isMore = true;
        while (isMore && candidates.Count <= options.ProbeLimit)
        {
            isMore = Take(beyond) | Take(gaps);
        }

        return candidates;

        bool IsPossible(int id) => !(id >= ceiling) && !_claimed.Contains(id);

        bool Take(IEnumerator<int> ids)
        {
            if (!ids.MoveNext())
            {
                return false;
            }

            candidates.Add(ids.Current);
            return true;
        }
    }

    /// <summary>Ids above a bound between known ones, from the newest down.</summary>
    private static IEnumerable<int> Gaps(int[] known, int low)
    {
        for (var i = known.Length - 1; i > 0 && known[i] > low; i--)
        {
            for (var id = known[i] - 1; id > known[i - 1] && id > low; id--)
            {
                yield return id;
            }
        }
    }

    private async Task<Answer> AskAsync(OutboundMessage message, long chat, int id, CancellationToken cancellationToken)
    {
        // What was learnt stays true of messages an earlier run sent; this run's may have come after the question.
        var remembers = !sightings.IsOfThisRun(message.Id);
        if (remembers && _notInChat.Contains((chat, id)))
        {
            return Answer.NotOurs;
        }

        if (!_shown.TryGetValue(id, out var shown) || !remembers)
        {
            for (var pauses = 0; ; pauses++)
            {
                try
                {
                    var answer = await client.EditMessageReplyMarkup(chat, id, TelegramSender.KeyboardOf(message.Body), cancellationToken: cancellationToken);
                    shown = _shown[id] = (answer.Chat?.Id ?? 0, answer.Text ?? "");
                    break;
                }
                catch (ApiRequestException e) when (e.ErrorCode == 429 && pauses < 3 && TelegramFailure.RetryDelay(e) is { } delay && delay <= LongestPause)
                {
                    await Task.Delay(delay, time, cancellationToken);
                }
                catch (RequestException e) when (TelegramFailure.IsNotModified(e))
                {
                    return Answer.Ours;
                }
                catch (ApiRequestException e) when (e.ErrorCode == 400)
                {
                    _notInChat.Add((chat, id));
                    return Answer.NotOurs;
                }
                catch (RequestException)
                {
                    return Answer.Unknown;
                }
            }
        }

        return shown.Chat == chat && IsTextOf(message, shown.Text) ? Answer.Ours : Answer.NotOurs;
    }

    /// <summary>Rendered, or as plain Markdown when Telegram did not take the entities.</summary>
    private static bool IsTextOf(OutboundMessage message, string text)
        => text.Length > 0
            && (text.Trim() == TelegramText.Render(message.Body.Markdown).Text.Trim() || text.Trim() == message.Body.Markdown.Trim());

    private int[] Known(IReadOnlySet<string> knownExternalIds)
    {
        if (!ReferenceEquals(_known.Source, knownExternalIds))
        {
            var ids = new HashSet<int>();
            foreach (var external in knownExternalIds)
            {
                if (TelegramIds.TryParseMessage(external, bot, out var chat, out var id) && TelegramIds.SharesCounter(chat))
                {
                    ids.Add(id);
                }
            }

            ids.UnionWith(sightings.ReceivedIds());
            int[] sorted = [.. ids];
            Array.Sort(sorted);
            _known = (knownExternalIds, sorted);
        }

        return _known.Sorted;
    }

    private async Task<bool> IsCaughtUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            await sightings.CaughtUp.WaitAsync(options.ProbePatience, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
