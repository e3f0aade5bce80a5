using Assistant.Domain.Conversations;

namespace Assistant.Web.Components.Pages.Conversations;

/// <summary>The part of a thread that is shown: messages without a gap between them, at most <see cref="Max"/>.</summary>
/// <remarks>
/// It moves in pages: what is put at one end lets go of what is too much at the other. A page is taken only where it joins, for the
/// window may have moved while the page was being read.
/// </remarks>
internal sealed class MessageWindow
{
    public const int Max = 300;

    private List<Message> _messages = [];

    public IReadOnlyList<Message> Messages => _messages;

    public long FirstSeq => _messages.Count > 0 ? _messages[0].Seq : 1;

    public long LastSeq => _messages.Count > 0 ? _messages[^1].Seq : 0;

    /// <summary>The highest number known of, shown or not.</summary>
    public long NewestSeq { get; private set; }

    public bool HasOlder => FirstSeq > 1;

    public bool HasNewer => LastSeq < NewestSeq;

    public void Clear() => (_messages, NewestSeq) = ([], 0);

    /// <summary>Notes that there are messages up to a number.</summary>
    /// <returns>How many of them are news.</returns>
    public int Learn(long seq)
    {
        var news = Math.Max(0, seq - NewestSeq);
        NewestSeq += news;
        return (int)news;
    }

    /// <summary>Shows other messages instead.</summary>
    public void Show(IReadOnlyList<Message> messages) => _messages = [.. messages];

    /// <summary>Puts the page before the first message shown above it.</summary>
    /// <param name="before">What was the first when the page was asked for.</param>
    /// <returns>Whether the page still joins.</returns>
    public bool PutBefore(long before, IReadOnlyList<Message> older)
    {
        var joins = _messages.Count > 0 && FirstSeq == before;
        if (joins)
        {
            _messages = [.. older, .. _messages];
            LetGo(ofNewest: true);
        }

        return joins;
    }

    /// <summary>Puts messages that follow the last one shown below it; those of the page that are shown already are left as they are.</summary>
    /// <param name="mayMove">Whether the oldest may be let go of for them; else there is room for as many as fit.</param>
    public void PutAfter(IReadOnlyList<Message> newer, bool mayMove)
    {
        foreach (var message in newer.Where(message => message.Seq == LastSeq + 1))
        {
            _messages.Add(message);
        }

        LetGo(ofNewest: !mayMove);
    }

    public Message? Find(long seq) => Index(seq) is >= 0 and var index ? _messages[index] : null;

    public void Replace(Message message) => _messages[Index(message.Seq)] = message;

    private int Index(long seq) => _messages.FindIndex(message => message.Seq == seq);

    private void LetGo(bool ofNewest)
    {
        if (_messages.Count > Max)
        {
            _messages.RemoveRange(ofNewest ? Max : 0, _messages.Count - Max);
        }
    }
}
