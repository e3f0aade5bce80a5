using System.Text;
using Assistant.Domain.Messaging;
using MimeKit;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

/// <summary>A message as a mail.</summary>
internal static class EmailComposer
{
    private const int MaxSubjectLength = 78;

    /// <summary>References kept of a long thread: its beginning, and the newest.</summary>
    private const int MaxReferences = 30;

    /// <param name="thread">What is answered; <see langword="null"/> when nothing is known of it but its names.</param>
    public static MimeMessage Compose(OutboundMessage message, MailboxAddress to, MailThread? thread, EmailSettings settings, DateTimeOffset now)
    {
        var plain = EmailText.Plain(message.Body.Markdown);
        var references = ReferencesOf(message, thread);
        var mail = new MimeMessage
        {
            MessageId = EmailIds.ForSending(message, settings).Trim('<', '>'),
            Date = now,
            Subject = SubjectOf(message, thread, plain, isReply: references.Count > 0),
            Body = BodyOf(message.Body.Markdown, plain),
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

    private static string SubjectOf(OutboundMessage message, MailThread? thread, string plain, bool isReply)
    {
        if (thread?.Subject is { Length: > 0 } subject)
        {
            return $"Re: {subject}";
        }

        var title = OneLine(message.Chat.Title is { Length: > 0 } known ? known : plain);
        return isReply ? $"Re: {title}" : title;
    }

    private static string OneLine(string text)
    {
        var line = text.Trim().ReplaceLineEndings("\n").Split('\n')[0].Trim();
        return line.Length <= MaxSubjectLength ? line : line[..(char.IsHighSurrogate(line[MaxSubjectLength - 2]) ? MaxSubjectLength - 2 : MaxSubjectLength - 1)] + "…";
    }

    private static MimeEntity BodyOf(string markdown, string plain)
    {
        var words = new TextPart("plain");
        words.ContentType.Parameters["format"] = "flowed";
        words.SetText(Encoding.UTF8, EmailText.Flowed(plain));
        if (EmailHtml.Of(markdown) is not { } html)
        {
            return words;
        }

        var page = new TextPart("html");
        page.SetText(Encoding.UTF8, html);
        return new MultipartAlternative { words, page };
    }
}
