using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using MimeKit;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

/// <summary>What a mail is to hold.</summary>
/// <param name="Title">Stands for a subject where there is none to answer.</param>
internal sealed record MailContent(string Title, MimeEntity Body);

/// <summary>A message as a mail.</summary>
internal static class EmailComposer
{
    private const int MaxSubjectLength = 78;

    /// <summary>References kept of a long thread: its beginning, and the newest.</summary>
    private const int MaxReferences = 30;

    /// <param name="thread">What is answered; <see langword="null"/> when nothing is known of it but its names.</param>
    public static MimeMessage Compose(
        OutboundMessage message, MailContent content, MailboxAddress to, MailThread? thread, EmailSettings settings, DateTimeOffset now)
    {
        var references = ReferencesOf(message, thread);
        var mail = new MimeMessage
        {
            MessageId = EmailIds.ForSending(message, settings).Trim('<', '>'),
            Date = now,
            Subject = SubjectOf(message, thread, content.Title, isReply: references.Count > 0),
            Body = content.Body,
        };
        mail.From.Add(new MailboxAddress(Encoding.UTF8, settings.Name, settings.Address));
        mail.To.Add(to);
        foreach (var reference in references)
        {
            mail.References.Add(reference.Trim('<', '>'));
        }

        if (references.Count > 0)
        {
            mail.InReplyTo = references[^1].Trim('<', '>');
        }

        // Machines that keep to RFC 3834 do not answer it; Exchange asks for a header of its own.
        mail.Headers.Add(HeaderId.AutoSubmitted, references.Count > 0 ? "auto-replied" : "auto-generated");
        mail.Headers.Add("X-Auto-Response-Suppress", "All");
        return mail;
    }

    /// <summary>What a message says.</summary>
    public static MailContent TextOf(string markdown)
    {
        var plain = EmailText.Plain(markdown);
        var words = NewText(plain);
        if (EmailHtml.Of(markdown) is not { } html)
        {
            return new MailContent(plain, words);
        }

        var page = new TextPart("html");
        page.SetText(Encoding.UTF8, html);
        return new MailContent(plain, new MultipartAlternative { words, page });
    }

    /// <summary>A file, attached and never shown within the mail, under its name: a mail that says nothing at all is taken for spam.</summary>
    /// <param name="content">The file from its beginning; can be wound back, and is the mail's from here.</param>
    public static MailContent FileOf(OutboundFile file, Stream content)
    {
        var part = new MimePart(TypeOf(file.MediaType))
        {
            ContentDisposition = new ContentDisposition(ContentDisposition.Attachment) { Size = file.SizeBytes },
            FileName = file.Name,
            Content = new MimeContent(content),
            ContentTransferEncoding = ContentEncoding.Base64,
        };

        // The name stands twice: as RFC 2231 has it, and in the type as older programs read it.
        if (part.ContentType.Parameters.TryGetValue("name", out Parameter? name))
        {
            name.EncodingMethod = ParameterEncodingMethod.Rfc2047;
        }

        return new MailContent(file.Name, new Multipart("mixed") { NewText(file.Name), part });
    }

    private static List<string> ReferencesOf(OutboundMessage message, MailThread? thread)
    {
        var references = new List<string>(thread?.References ?? []);
        foreach (var known in (ReadOnlySpan<string?>)[thread is null ? message.Chat.ThreadId : null, message.ReplyToExternalId])
        {
            if (EmailIds.FromKey(known) is { } id && !references.Contains(id))
            {
                references.Add(id);
            }
        }

        if (references.Count > MaxReferences)
        {
            references.RemoveRange(1, references.Count - MaxReferences);
        }

        return references;
    }

    private static string SubjectOf(OutboundMessage message, MailThread? thread, string title, bool isReply)
    {
        if (thread?.Subject is { Length: > 0 } subject)
        {
            return $"Re: {subject}";
        }

        var line = OneLine(message.Chat.Title is { Length: > 0 } known ? known : title);
        return isReply ? $"Re: {line}" : line;
    }

    private static string OneLine(string text)
        => Legible.Cut(text.Trim().ReplaceLineEndings("\n").Split('\n')[0].Trim(), MaxSubjectLength, "…");

    private static TextPart NewText(string plain)
    {
        var words = new TextPart("plain");
        words.ContentType.Parameters["format"] = "flowed";
        words.SetText(Encoding.UTF8, EmailText.Flowed(plain));
        return words;
    }

    // Mails and their parts do not go in base64 (RFC 2045, section 6.4).
    private static ContentType TypeOf(string mediaType)
        => ContentType.TryParse(mediaType, out var type) && !type.IsMimeType("message", "*") && !type.IsMimeType("multipart", "*") ? type : new ContentType("application", "octet-stream");
}
