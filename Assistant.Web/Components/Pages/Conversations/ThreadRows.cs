using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging.Outbox;

namespace Assistant.Web.Components.Pages.Conversations;

/// <summary>One thing the thread draws.</summary>
public abstract record ThreadRow(string Key)
{
    /// <summary>Here a day begins.</summary>
    public sealed record Day(DateOnly Date) : ThreadRow($"d{Date:yyyyMMdd}");

    /// <summary>From here on the user had not read.</summary>
    public sealed record UnreadFrom(long Seq) : ThreadRow("unread");

    /// <param name="StartsGroup">Whether the author and time are shown above it.</param>
    /// <param name="Answered">The message it answers, when that one is in the window too.</param>
    public sealed record Said(Message Message, bool StartsGroup, Message? Answered = null) : ThreadRow($"m{Message.Seq}");

    /// <summary>What happened here, in the product's own words.</summary>
    public sealed record Line(Message Message) : ThreadRow($"m{Message.Seq}");

    /// <summary>A reply a take-over stopped.</summary>
    public sealed record HeldBack(HeldReply Reply) : ThreadRow($"h{Reply.EntryId}");
}

/// <summary>Arranges messages for reading: days, groups of one author, held replies in their place.</summary>
internal static class ThreadRows
{
    /// <summary>A longer silence starts a new group.</summary>
    public static readonly TimeSpan GroupGap = TimeSpan.FromMinutes(5);

    public static IReadOnlyList<ThreadRow> Build(
        IReadOnlyList<Message> messages, IReadOnlyList<HeldReply> held, long? firstUnread, TimeZoneInfo zone)
    {
        var heldBySeq = held.ToLookup(reply => reply.MessageSeq);
        var rows = new List<ThreadRow>(messages.Count + 8);
        Message? previous = null;
        var day = default(DateOnly);
        foreach (var message in messages)
        {
            var date = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(message.At, zone).DateTime);
            if (date != day)
            {
                day = date;
                previous = null;
                rows.Add(new ThreadRow.Day(date));
            }

            if (message.Seq == firstUnread)
            {
                previous = null;
                rows.Add(new ThreadRow.UnreadFrom(message.Seq));
            }

            var waiting = heldBySeq[message.Seq].FirstOrDefault();
            if (waiting is not null)
            {
                rows.Add(new ThreadRow.HeldBack(waiting));
                previous = null;
                continue;
            }

            if (message.IsLine)
            {
                rows.Add(new ThreadRow.Line(message));
                previous = null;
                continue;
            }

            rows.Add(new ThreadRow.Said(message, !Continues(previous, message), Answered(messages, message)));
            previous = message;
        }

        // A held reply whose message lies outside the window is still to be decided: it stands at the end.
        var shown = messages.Select(message => message.Seq).ToHashSet();
        rows.AddRange(held.Where(reply => !shown.Contains(reply.MessageSeq)).Select(reply => new ThreadRow.HeldBack(reply)));
        return rows;
    }

    private static Message? Answered(IReadOnlyList<Message> messages, Message message)
        => message.Body.InReplyTo?.Seq is { } seq ? messages.FirstOrDefault(one => one.Seq == seq) : null;

    private static bool Continues(Message? previous, Message message) =>
        previous is not null
        && previous.Author == message.Author
        && previous.AuthorName == message.AuthorName
        && previous.IsNote == message.IsNote
        && message.At - previous.At < GroupGap;
}
