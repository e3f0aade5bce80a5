using System.Globalization;
using System.Text;
using Telegram.Bot.Types;
using Telegram.Bot.Types.Enums;

namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

/// <summary>What a message says: what somebody wrote, or what stands for a kind of message that has no text. Pure.</summary>
internal static class TelegramWords
{
    /// <summary>Empty for a file without a caption and for what happened in a chat by itself: a new title, a member who left.</summary>
    public static string Of(Message message) => message switch
    {
        { Text: { } text } => text,
        { Caption: { } caption } => caption,
        { Sticker.Emoji: { } emoji } => emoji,
        // A venue comes with a location for older programs: the same place.
        { Venue: { } venue } => $"📍 {Joined(", ", [venue.Title, venue.Address, CoordinatesOf(venue.Location)])}",
        { Location: { } place } => $"📍 {CoordinatesOf(place)}",
        { Contact: { } contact } => $"👤 {contact.FirstName} {contact.LastName} {contact.PhoneNumber}".Replace("  ", " ", StringComparison.Ordinal),
        { Poll: { } poll } => Joined(" – ", [$"📊 {poll.Question}", Joined(" / ", (poll.Options ?? []).Select(option => option?.Text))]),
        { Dice: { } dice } => string.Create(CultureInfo.InvariantCulture, $"{dice.Emoji} {dice.Value}"),
        { Checklist: { } list } => Joined("\n", [$"📋 {list.Title}", .. (list.Tasks ?? []).Select(TaskOf)]),
        { Game: { } game } => Joined(" – ", [$"🎮 {game.Title}", game.Description]),
        { Story: { } story } => Joined(" ", ["📖 story:", story.Chat?.Title, story.Chat?.FirstName, story.Chat?.LastName]),
        { PaidMedia: { } paid } => string.Create(CultureInfo.InvariantCulture, $"🔒 paid media: {paid.StarCount} ⭐"),
        _ => "",
    };

    /// <summary>
    /// The text with the address of every link behind the words that hide it, "here (https://…)", and the entities where they are in it. Entities that
    /// lie outside of the text are left out: offsets are the sender's word.
    /// </summary>
    public static (string Text, IReadOnlyList<MessageEntity> Entities) WithAddresses(string text, IReadOnlyList<MessageEntity> entities)
        => entities.Count == 0 ? (text, entities) : Written(text, entities);

    private static (string Text, IReadOnlyList<MessageEntity> Entities) Written(string text, IReadOnlyList<MessageEntity> entities)
    {
        var within = entities.Where(entity => IsWithin(entity, text)).ToList();
        List<(int At, string Address)> added =
            [.. within.Where(entity => HidesAddress(entity, text)).Select(entity => (EndOfWords(entity, text), $" ({entity.Url})")).OrderBy(link => link.Item1)];
        if (added.Count == 0)
        {
            return (text, within);
        }

        var (written, done) = (new StringBuilder(), 0);
        foreach (var (at, address) in added)
        {
            written.Append(text, done, at - done).Append(address);
            done = at;
        }

        written.Append(text, done, text.Length - done);
        return (written.ToString(), [.. within.Select(Moved)]);

        MessageEntity Moved(MessageEntity entity)
        {
            var (start, end) = (entity.Offset, entity.Offset + entity.Length);
            var movedStart = start + added.Where(link => link.At <= start).Sum(link => link.Address.Length);
            var movedEnd = end + added.Where(link => link.At < end).Sum(link => link.Address.Length);
            return new MessageEntity { Type = entity.Type, Offset = movedStart, Length = movedEnd - movedStart, User = entity.User };
        }
    }

    private static string? TaskOf(ChecklistTask? task)
        => task is null ? null : (task.CompletedByUser is null && task.CompletedByChat is null ? "☐ " : "☑ ") + task.Text;

    private static string CoordinatesOf(Location? place)
        => place is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{place.Latitude}, {place.Longitude}");

    private static string Joined(string separator, IEnumerable<string?> words) => string.Join(separator, words.Where(word => !string.IsNullOrWhiteSpace(word)));

    private static bool IsWithin(MessageEntity? entity, string text)
        => entity is not null && entity.Offset >= 0 && entity.Length > 0 && entity.Offset <= text.Length - entity.Length;

    private static bool HidesAddress(MessageEntity entity, string text)
        => entity is { Type: MessageEntityType.TextLink, Url: { Length: > 0 } address }
            && (EndOfWords(entity, text) is var end && (end == text.Length || !char.IsLowSurrogate(text[end])))
            && !Bare(text.AsSpan(entity.Offset, entity.Length)).Equals(Bare(address), StringComparison.OrdinalIgnoreCase);

    private static int EndOfWords(MessageEntity entity, string text) => entity.Offset + text.AsSpan(entity.Offset, entity.Length).TrimEnd().Length;

    /// <summary>An address as people write it: without its scheme and the last slash.</summary>
    private static ReadOnlySpan<char> Bare(ReadOnlySpan<char> address)
    {
        address = address.Trim();
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        return (scheme < 0 ? address : address[(scheme + 3)..]).TrimEnd('/');
    }
}
