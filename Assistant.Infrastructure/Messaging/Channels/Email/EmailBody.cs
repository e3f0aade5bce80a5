using System.Globalization;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Rendering;
using MimeKit;
using MimeKit.Text;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

/// <summary>A file in a mail.</summary>
/// <param name="Part">Its place, as IMAP counts (RFC 3501, section 6.4.5).</param>
/// <param name="Size">About how long, in bytes; <see langword="null"/> when not even that can be said.</param>
internal sealed record MailFile(string Part, string Kind, string? Name, string MediaType, long? Size)
{
    public Attachment At(EmailFile place) => new(Kind, place.ToString(), Name, MediaType, Size);
}

/// <summary>What a mail says, and the files with it.</summary>
internal sealed class EmailBody
{
    private const int MaxDepth = 40;
    private const int MaxNameLength = 200;
    private const int MaxMediaTypeLength = 100;

    /// <summary>
    /// A picture among words that takes fewer bytes than this is the logo of a signature, an icon or a counter, and one that somebody put in is many
    /// times larger: a photo, or what a screen showed. Where it stands does not tell the two apart.
    /// </summary>
    private const int MaxOrnamentBytes = 20_000;

    private readonly List<string> _texts = [];
    private readonly List<MailFile> _files = [];
    private readonly int _maxFiles;

    private EmailBody(int maxFiles) => _maxFiles = maxFiles;

    /// <summary>With quotations and signature.</summary>
    public string Text => string.Join("\n\n", _texts);

    public IReadOnlyList<MailFile> Files => _files;

    public static EmailBody Of(MimeMessage mail, int maxFiles)
    {
        var body = new EmailBody(maxFiles);
        body.Walk(mail.Body, mail.Body is Multipart ? "" : "1", 0);
        return body;
    }

    private void Walk(MimeEntity? entity, string part, int depth)
    {
        if (entity is null || depth > MaxDepth)
        {
            return;
        }

        switch (entity)
        {
            case MultipartAlternative alternative:
                Choose(alternative, part, depth);
                break;
            case Multipart signed when signed.ContentType.IsMimeType("multipart", "signed"):
                // What follows the first part is the signature.
                Walk(signed.FirstOrDefault(), Child(part, 0), depth + 1);
                break;
            case Multipart several:
                for (var i = 0; i < several.Count; i++)
                {
                    Walk(several[i], Child(part, i), depth + 1);
                }

                break;
            case TextPart text when IsWords(text):
                _texts.Add(WordsOf(text));
                break;
            default:
                Add(entity, part);
                break;
        }
    }

    /// <summary>Of several forms of the same, the plain one, then the one in HTML; an invitation beside them is a file.</summary>
    private void Choose(MultipartAlternative alternative, string part, int depth)
    {
        var (texts, files) = (_texts.Count, _files.Count);
        var read = new HashSet<int>();
        foreach (var isWanted in (ReadOnlySpan<Func<MimeEntity, bool>>)[IsPlain, entity => !IsPlain(entity) && !IsCalendar(entity)])
        {
            for (var i = alternative.Count - 1; i >= 0; i--)
            {
                if (_texts.Count == texts && isWanted(alternative[i]))
                {
                    read.Add(i);
                    Walk(alternative[i], Child(part, i), depth + 1);
                    Forget(texts);
                }
            }
        }

        // Of forms that all have files, one: they are the same files.
        var hasFiles = _files.Count > files;
        for (var i = 0; i < alternative.Count; i++)
        {
            if (IsCalendar(alternative[i]))
            {
                Add(alternative[i], Child(part, i));
            }
            else if (!hasFiles && !read.Contains(i))
            {
                var before = _files.Count;
                Gather(alternative[i], Child(part, i), depth + 1, isShown: true);
                hasFiles = _files.Count > before;
            }
        }
    }

    /// <summary>
    /// The files of a form whose words are not read: Apple Mail and Thunderbird put what somebody attached, and pictures, among the words in HTML.
    /// </summary>
    /// <param name="isShown">Whether what has no words stands there to be shown with them.</param>
    private void Gather(MimeEntity entity, string part, int depth, bool isShown)
    {
        if (depth > MaxDepth)
        {
            return;
        }

        switch (entity)
        {
            case Multipart several:
                var isSigned = several.ContentType.IsMimeType("multipart", "signed");
                for (var i = 0; i < (isSigned ? Math.Min(several.Count, 1) : several.Count); i++)
                {
                    Gather(several[i], Child(part, i), depth + 1, several is MultipartRelated || (isShown && !several.ContentType.IsMimeType("multipart", "mixed")));
                }

                break;
            case TextPart text when !IsCalendar(text) && !text.IsAttachment && text.FileName is null:
                break;
            default:
                if (!isShown || IsPutIn(entity))
                {
                    Add(entity, part);
                }

                break;
        }
    }

    /// <summary>Whether somebody put it among the words, and no program did.</summary>
    private static bool IsPutIn(MimeEntity entity)
        => NameIn(entity) is not null && (entity.IsAttachment || !entity.ContentType.IsMimeType("image", "*") || SizeOf(entity) is not < MaxOrnamentBytes);

    /// <summary>A plain form that is empty is none: some programs send one for form's sake.</summary>
    private void Forget(int before)
    {
        if (_texts.Skip(before).All(string.IsNullOrWhiteSpace))
        {
            _texts.RemoveRange(before, _texts.Count - before);
        }
    }

    private void Add(MimeEntity entity, string part)
    {
        if (_files.Count >= _maxFiles)
        {
            return;
        }

        var type = entity.ContentType.MimeType.ToLowerInvariant();
        var name = NameIn(entity);
        if (entity is MessagePart forwarded)
        {
            name ??= $"{forwarded.Message?.Subject ?? "mail"}.eml";
        }

        _files.Add(new MailFile(part, FileKinds.Of(type, name), NameOf(name), type.Length <= MaxMediaTypeLength ? type : "application/octet-stream", SizeOf(entity)));
    }

    private static string? NameIn(MimeEntity entity) => entity.ContentDisposition?.FileName ?? entity.ContentType.Name;

    // Only a name: what looks like a way to somewhere is cut off.
    private static string? NameOf(string? given)
    {
        if (given is null)
        {
            return null;
        }

        var name = new StringBuilder();
        foreach (var rune in given[(given.LastIndexOfAny(['/', '\\']) + 1)..].EnumerateRunes())
        {
            if (name.Length < MaxNameLength && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator))
            {
                name.Append(rune.ToString());
            }
        }

        return name.ToString().Trim() is { Length: > 0 } kept ? kept : null;
    }

    private static long? SizeOf(MimeEntity entity)
        => entity is MimePart { Content: { Stream.CanSeek: true } content }
            ? content.Encoding == ContentEncoding.Base64 ? content.Stream.Length / 78 * 57 + content.Stream.Length % 78 * 3 / 4 : content.Stream.Length
            : null;

    private static bool IsWords(TextPart text)
        => !text.IsAttachment && text.FileName is null && (text.IsPlain || text.IsHtml || text.ContentType.IsMimeType("text", "enriched") || text.ContentType.IsMimeType("text", "markdown"));

    private static bool IsPlain(MimeEntity entity) => entity is TextPart { IsPlain: true };

    private static bool IsCalendar(MimeEntity entity) => entity.ContentType.IsMimeType("text", "calendar");

    private static string WordsOf(TextPart part)
    {
        var text = part.GetText(out _) ?? "";
        if (part.IsHtml)
        {
            return HtmlWords.Of(text);
        }

        return part.IsFlowed ? Unflowed(part, text) : text;
    }

    private static string Unflowed(TextPart part, string text)
    {
        var deletes = part.ContentType.Parameters["delsp"]?.Equals("yes", StringComparison.OrdinalIgnoreCase) == true;

        // The line above a signature ends in a space and is not flowed all the same (RFC 3676, section 4.3).
        var lines = text.ReplaceLineEndings("\n").Split('\n').Select(line => line is "-- " ? "--\u00A0" : line);
        return new FlowedToText { DeleteSpace = deletes }.Convert(string.Join('\n', lines));
    }

    private static string Child(string part, int index) => part.Length == 0 ? $"{index + 1}" : $"{part}.{index + 1}";
}
