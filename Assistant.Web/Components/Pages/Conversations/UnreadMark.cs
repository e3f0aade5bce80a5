using Assistant.Domain.Conversations;

namespace Assistant.Web.Components.Pages.Conversations;

/// <summary>Finds the first message a user has not read. Only their number is known, so it counts them down, page by page, from the newest.</summary>
/// <param name="unread">How many messages of people the user had not read.</param>
/// <param name="lastSeq">The newest message when they were counted.</param>
internal sealed class UnreadMark(int unread, long lastSeq)
{
    private int _left = unread;
    private long _searchedFrom = lastSeq + 1;

    /// <summary>Where it is; <see langword="null"/> until the reader has come so far back, and when nothing is unread.</summary>
    public long? Seq { get; private set; }

    /// <summary>Goes on with a page; what was searched already is passed over.</summary>
    public void Search(IReadOnlyList<Message> page)
    {
        foreach (var message in page.Reverse().Where(message => message.Seq < _searchedFrom))
        {
            _searchedFrom = message.Seq;
            if (_left > 0 && message is { Author: AuthorKind.Person, DeletedAt: null } && --_left == 0)
            {
                Seq = message.Seq;
            }
        }
    }
}
