// Messengers tell a reaction in one of two ways: the whole new set, or one that came or went; and some deliver out of order. What is
// kept is therefore each reaction that stands with its time, and one time for everything that was taken back: an event older than
// what it would undo changes nothing. Names that were taken back are not kept.
namespace Assistant.Domain.Messaging;

/// <summary>What one event does to somebody's reactions to a message.</summary>
public enum ReactionChange
{
    /// <summary>These are all of them; none when the list is empty.</summary>
    Set,
    /// <summary>These came.</summary>
    Added,
    /// <summary>These were taken back.</summary>
    Removed,
}

/// <summary>A reaction that stands.</summary>
/// <param name="Name">An emoji, or how the messenger calls it, such as <c>:shipit:</c>.</param>
public sealed record ReactionMark(string Name, DateTimeOffset At);

/// <summary>One person's reactions to one message, in the order they came.</summary>
/// <param name="TakenAt">When some were last taken back: what came before that and does not stand does not stand up again.</param>
public sealed record PersonReactions(DateTimeOffset TakenAt, IReadOnlyList<ReactionMark> Marks)
{
    /// <summary>Longest name, in UTF-16 units: the longest emoji of Unicode have 15, names in messengers somewhat more.</summary>
    public const int MaxLength = 64;

    /// <summary>Most reactions of one person to one message.</summary>
    public const int MaxMarks = 20;

    public static PersonReactions None { get; } = new(DateTimeOffset.MinValue, []);

    /// <summary>Whether a name can be kept and shown: not empty, not too long, without controls, lone surrogates or marks that turn the direction of text.</summary>
    public static bool IsName(string name)
    {
        if (name.Length is 0 or > MaxLength || string.IsNullOrWhiteSpace(name))
        {
            return false;
        }

        for (var i = 0; i < name.Length; i++)
        {
            var isPair = char.IsHighSurrogate(name[i]) && i + 1 < name.Length && char.IsLowSurrogate(name[i + 1]);
            if (!isPair && (char.IsSurrogate(name[i]) || char.IsControl(name[i]) || name[i] is >= '\u2028' and <= '\u202E' or >= '\u2066' and <= '\u2069'))
            {
                return false;
            }

            i += isPair ? 1 : 0;
        }

        return true;
    }

    /// <summary>What stands after an event that happened at <paramref name="at"/>; the very same when it changes nothing.</summary>
    /// <remarks>Names that are none, and those beyond <see cref="MaxMarks"/>, are left out.</remarks>
    public PersonReactions After(InboundContent.Reacted reacted, DateTimeOffset at)
    {
        var names = reacted.Reactions.Where(IsName).Distinct(StringComparer.Ordinal).ToList();
        var after = reacted.Change switch
        {
            ReactionChange.Set when at >= TakenAt => Take(mark => mark.At <= at && !names.Contains(mark.Name, StringComparer.Ordinal), at),
            ReactionChange.Removed => Take(mark => mark.At <= at && names.Contains(mark.Name, StringComparer.Ordinal), at),
            _ => this,
        };
        return reacted.Change != ReactionChange.Removed && at >= TakenAt ? after.Add(names, at) : after;
    }

    private PersonReactions Take(Predicate<ReactionMark> isTaken, DateTimeOffset at)
    {
        var left = Marks.Where(mark => !isTaken(mark)).ToList();
        return at <= TakenAt && left.Count == Marks.Count ? this : new PersonReactions(at > TakenAt ? at : TakenAt, left);
    }

    private PersonReactions Add(List<string> names, DateTimeOffset at)
    {
        var added = names.Where(name => !Marks.Any(mark => mark.Name == name)).Take(MaxMarks - Marks.Count).Select(name => new ReactionMark(name, at)).ToList();
        return added.Count == 0 ? this : this with { Marks = [.. Marks.Concat(added).OrderBy(mark => mark.At)] };
    }
}
