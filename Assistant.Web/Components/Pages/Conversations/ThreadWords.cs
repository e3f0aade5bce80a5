using System.Globalization;
using System.Text;
using Assistant.Domain.Attachments;
using Assistant.Domain.Conversations;
using Assistant.Domain.Messaging;
using Assistant.Web.Components.Shared;
using Assistant.Web.Localization;

namespace Assistant.Web.Components.Pages.Conversations;

/// <summary>What the thread says about messages.</summary>
internal static class ThreadWords
{
    private const int PreviewLength = 120;

    /// <summary>One line of plain text out of Markdown, for a list.</summary>
    public static string Preview(string markdown) => Plain(markdown, PreviewLength);

    /// <summary>What a message answers, on one line; <see langword="null"/> when it answers nothing, or the whole of the message right above it.</summary>
    /// <param name="answered">The message it answers, when it is shown.</param>
    public static string? InReplyTo(Message message, Message? answered) => message.Body.InReplyTo switch
    {
        null => null,
        { Quote: { } quote } => (answered?.AuthorName ?? quote.By) is { Length: > 0 } name
            ? DeskTexts.InReplyToWhat(name, Preview(quote.Text)) : DeskTexts.InReplyToWords(Preview(quote.Text)),
        { Elsewhere: not null } => null, // what began the thread, the same under every message
        { Seq: { } seq } when seq == message.Seq - 1 => null,
        _ when answered is { DeletedAt: null, Body.IsForgotten: false } => DeskTexts.InReplyToWhat(answered.AuthorName, Gist(answered)),
        _ => DeskTexts.InReplyToEarlier,
    };

    private static string Gist(Message message)
        => Preview(message.Body.Markdown) is { Length: > 0 } words ? words : string.Join(", ", message.Attachments.Select(NameOf));

    /// <summary>A message as a screen reader is told of it: who said what.</summary>
    public static string Arrived(Message message) => message switch
    {
        { Author: AuthorKind.System } => Line(message),
        { Body.IsForgotten: true } => DeskTexts.Forgotten,
        { Body.Markdown: "", Attachments.Count: > 0 } => $"{message.AuthorName}: {DeskTexts.Attachments}",
        _ => $"{message.AuthorName}: {Plain(message.Body.Markdown, int.MaxValue)}",
    };

    private static string Plain(string markdown, int atMost)
    {
        var line = new StringBuilder();
        foreach (var character in markdown.EnumerateRunes())
        {
            if (line.Length + character.Utf16SequenceLength > atMost)
            {
                break;
            }

            if (character.Value is '*' or '`' or '#' or '>')
            {
                continue;
            }

            var isSpace = Rune.IsWhiteSpace(character) || Rune.IsControl(character);
            if (!isSpace)
            {
                line.Append(character);
            }
            else if (line.Length > 0 && line[^1] != ' ')
            {
                line.Append(' ');
            }
        }

        return line.ToString().TrimEnd();
    }

    /// <summary>Each reaction once, with everybody who reacted so.</summary>
    public static IReadOnlyList<(string Name, string By)> Reactions(Message message)
        => [.. message.Reactions.GroupBy(reaction => reaction.Name, (name, alike) => (name, string.Join(", ", alike.Select(reaction => reaction.By).Distinct())))];

    /// <summary>What happened, in the reader's language.</summary>
    public static string Line(Message line) => line.Body.IsForgotten ? DeskTexts.Forgotten : line.Body.In(CultureInfo.CurrentUICulture);

    public static string Author(AuthorKind author) => author switch
    {
        AuthorKind.Person => DeskTexts.AuthorPerson,
        AuthorKind.Assistant => DeskTexts.AuthorAssistant,
        AuthorKind.Operator => DeskTexts.AuthorOperator,
        AuthorKind.System => DeskTexts.AuthorSystem,
        _ => throw new ArgumentOutOfRangeException(nameof(author)),
    };

    /// <summary>How far it got, in a word; <see langword="null"/> when there is nothing to deliver.</summary>
    public static string? Delivery(DeliveryState delivery) => delivery switch
    {
        DeliveryState.None => null,
        DeliveryState.Stored => DeskTexts.DeliveryStored,
        DeliveryState.Sent => DeskTexts.DeliverySent,
        DeliveryState.Held => DeskTexts.DeliveryHeld,
        DeliveryState.Failed => DeskTexts.DeliveryFailed,
        DeliveryState.Uncertain => DeskTexts.DeliveryUncertain,
        DeliveryState.Dropped => DeskTexts.DeliveryDropped,
        _ => throw new ArgumentOutOfRangeException(nameof(delivery)),
    };

    /// <summary>What it means and what to do, for what did not go well.</summary>
    public static string? DeliveryAdvice(DeliveryState delivery) => delivery switch
    {
        DeliveryState.Failed => DeskTexts.DeliveryFailedAdvice,
        DeliveryState.Uncertain => DeskTexts.DeliveryUncertainAdvice,
        _ => null,
    };

    /// <summary>What a file is called and how large it is: as it is kept, or else as it was announced.</summary>
    public static string Attachment(Attachment named, AttachmentFile? file)
        => (file?.SizeBytes ?? named.SizeBytes) is { } bytes ? DeskTexts.AttachmentWithSize(NameOf(named), Size(bytes)) : NameOf(named);

    public static string NameOf(Attachment named) => named.FileName ?? DeskTexts.AttachmentKind(named.Kind);

    /// <summary>Why a file is not there, with the reason once there is one.</summary>
    public static string State(AttachmentFile file)
    {
        var state = file.State switch
        {
            AttachmentState.Waiting => DeskTexts.AttachmentWaiting,
            AttachmentState.Kept => DeskTexts.AttachmentKept,
            AttachmentState.TooLarge => DeskTexts.AttachmentTooLarge,
            AttachmentState.Refused => DeskTexts.AttachmentRefused,
            AttachmentState.Failed => DeskTexts.AttachmentFailed,
            _ => throw new ArgumentOutOfRangeException(nameof(file)),
        };
        return file.Reason is { } reason ? DeskTexts.AttachmentStateBecause(state, reason.Words()) : state;
    }

    /// <summary>The day as a heading: the weekday too, the year only when it is another one.</summary>
    public static string Day(DateOnly date, DateOnly today)
    {
        if (date == today)
        {
            return DeskTexts.Today;
        }

        if (date == today.AddDays(-1))
        {
            return DeskTexts.Yesterday;
        }

        var format = date.Year == today.Year ? DeskTexts.DayFormat : DeskTexts.DayFormatWithYear;
        return date.ToString(format, CultureInfo.CurrentCulture);
    }

    public static string Typing(IReadOnlyList<Typist> typists) => typists.Count == 1
        ? DeskTexts.IsTyping(typists[0].Name)
        : DeskTexts.AreTyping(typists.Count);

    public static string Size(long bytes) => bytes switch
    {
        < 1024 => DeskTexts.Bytes(bytes.ToString("N0", CultureInfo.CurrentCulture)),
        < 1024 * 1024 => DeskTexts.Kilobytes((bytes / 1024.0).ToString("0", CultureInfo.CurrentCulture)),
        _ => DeskTexts.Megabytes((bytes / (1024.0 * 1024)).ToString("0.0", CultureInfo.CurrentCulture)),
    };
}
