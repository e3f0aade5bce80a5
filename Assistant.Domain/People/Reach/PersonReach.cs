using Assistant.Domain.Conversations;

namespace Assistant.Domain.People.Reach;

/// <summary>Where a human being can be written to. Pure.</summary>
/// <param name="Chats">One of each connection, the one they spoke in last first.</param>
/// <param name="Preferred">Where they want to be written to; <see langword="null"/> when they never said.</param>
/// <param name="Answered">Where a message reaches them best: where they prefer, else where they spoke last, of the chats whose messenger lets it through.</param>
public sealed record PersonReach(IReadOnlyList<DirectChat> Chats, DirectChat? Preferred, DirectChat? Answered)
{
    /// <summary>Where a reply goes that is written in a conversation of theirs: nowhere else, when it is that connection's anyway.</summary>
    public ConversationId From(Conversation here)
        => Answered is null || (Answered.Connection == here.Connection && Answered.Person == here.Person) ? here.Id : Answered.Conversation;

    /// <param name="windowOf">How long a channel, by its type, lets us answer after the person's last word; <see langword="null"/> for ever.</param>
    public static PersonReach Of(IReadOnlyList<DirectChat> chats, Func<string, TimeSpan?> windowOf, DateTimeOffset now)
    {
        IReadOnlyList<DirectChat> ordered =
            [.. chats.OrderByDescending(chat => chat.LastSaidAt).ThenByDescending(chat => chat.Conversation.Value).DistinctBy(chat => (chat.Connection, chat.Person))];
        var preferred = ordered.Where(chat => chat.PreferredAt is not null).MaxBy(chat => chat.PreferredAt);
        IReadOnlyList<DirectChat> wanted = preferred is null ? ordered : [preferred, .. ordered];
        return new PersonReach(ordered, preferred, wanted.FirstOrDefault(IsOpen) ?? (wanted.Count > 0 ? wanted[0] : null));

        bool IsOpen(DirectChat chat) => windowOf(chat.ChannelType) is not { } window || chat.LastSaidAt + window > now;
    }
}
