using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Assistant.Domain.Messaging;
using Assistant.Domain.People.Acts;
using Assistant.Domain.Wording;
using MimeKit;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

/// <summary>A mail as the assistant sees it, and what a reply to it needs.</summary>
/// <param name="Message">Addressed unless the assistant was sent a copy only.</param>
/// <param name="Subject">Without the marks of replies.</param>
/// <param name="References">The thread so far, this mail last.</param>
internal sealed record ReadMail(InboundMessage Message, string Subject, IReadOnlyList<string> References);

/// <summary>What the reader needs to know of the mailbox.</summary>
/// <param name="Uid">The mail's number, for the references of its files.</param>
internal sealed record MailPlace(ConnectionId Connection, uint Validity, uint Uid, DateTimeOffset Now);

// A total function: whatever the bytes, a mail or null. The parser below it is forgiving by design; what it still throws on, and nesting
// that costs the stack, ends as null, which the mailbox notes and steps over.

/// <summary>Bytes of a mail to what was said.</summary>
internal sealed partial class EmailReader(EmailSettings settings, EmailOptions options)
{
    private const int MaxNameLength = 100;
    private const int MaxSubjectLength = 200;

    /// <summary>References kept of a long thread: its beginning, and the newest.</summary>
    private const int MaxReferences = 30;

    private static readonly ParserOptions Parsing = new() { MaxMimeDepth = 50, MaxAddressGroupDepth = 3 };

    // Before the parser is used the first time: it remembers which encodings there are not.
    static EmailReader() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>The mail, or <see langword="null"/> when nobody can be answered: it is unreadable, names no sender, or is our own.</summary>
    public ReadMail? Read(Stream bytes, MailPlace place)
    {
        try
        {
            using var mail = MimeMessage.Load(Parsing, bytes);
            return Read(mail, place);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or IOException or InvalidOperationException or NotSupportedException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>The thread a mail is in, the mail last; <see langword="null"/> when the mail is of another chat, whatever its id.</summary>
    /// <param name="mail">Its headers suffice.</param>
    public MailThread? ThreadOf(MimeMessage mail, string id, ExternalChat chat)
        => WriterOf(mail)?.Chat == chat.ExternalId ? new MailThread(SubjectOf(mail.Subject), ReferencesOf(mail, id)) : null;

    private ReadMail? Read(MimeMessage mail, MailPlace place)
    {
        if (WriterOf(mail) is not var (from, address, identity, chat))
        {
            return null;
        }

        var body = EmailBody.Of(mail, options.MaxAttachments);
        var dedupe = DedupeOf(mail, body);
        var id = EmailIds.Of(mail.MessageId) ?? $"<{dedupe[..32]}@no-id.invalid>";
        var references = ReferencesOf(mail, id);
        var subject = SubjectOf(mail.Subject);
        return new ReadMail(
            new InboundMessage
            {
                Connection = place.Connection,
                DedupeKey = dedupe,
                Chat = new ExternalChat(chat, EmailIds.Key(references[0]), Title: subject.Length > 0 ? subject : null),
                Sender = new ExternalSender(identity, NameOf(from, address), LocaleOf(mail), EmailAutomation.IsAutomatic(mail, address)),
                ExternalMessageId = EmailIds.Key(id),
                Content = new InboundContent.Said(
                    TextOf(mail, body, subject),
                    [.. body.Files.Select(file => file.At(new EmailFile(place.Validity, place.Uid, file.Part, EmailIds.Key(id))))],
                    EmailIds.Of(mail.InReplyTo) is { } parent ? EmailIds.Key(parent) : null),
                SentAt = SentAt(mail, place.Now),
                IsAddressed = IsAddressed(mail),
            },
            subject,
            references);
    }

    /// <summary>Who wrote a mail, as far as that is proven, and the chat it is of; <see langword="null"/> when nobody can be answered.</summary>
    private (MailboxAddress From, string Address, string Identity, string Chat)? WriterOf(MimeMessage mail)
    {
        if (mail.From.Mailboxes.FirstOrDefault() is not { } from || EmailAddresses.Normal(from) is not { Length: > 0 } address || address == settings.Address)
        {
            return null;
        }

        var isProven = settings.AuthservId is not { } judge || EmailProof.IsProven(mail, judge, EmailAddresses.DomainOf(address));
        var identity = EmailAddresses.IdentityOf(address, isProven);
        return (from, address, identity, ChatOf(mail, address, identity, isProven));
    }

    // Where an answer is wanted elsewhere, only somebody who is proven to be who they say may name the place: otherwise whoever writes in
    // another's name would be sent what is meant for the other. And they name it for themselves: the chat stays theirs, whoever the place belongs to.
    private string ChatOf(MimeMessage mail, string address, string identity, bool isProven)
        => isProven && settings.AuthservId is not null && mail.ReplyTo.Mailboxes.FirstOrDefault() is { } elsewhere && EmailAddresses.Normal(elsewhere) is { Length: > 0 } wanted
            && wanted != address && wanted != settings.Address
                ? EmailAddresses.ChatElsewhere(identity, wanted)
                : identity;

    /// <summary>A copy for information is read and not answered. An alias, whose address we do not know, is.</summary>
    private bool IsAddressed(MimeMessage mail)
        => !mail.Cc.Mailboxes.Any(IsOwn) || mail.To.Mailboxes.Any(IsOwn);

    private bool IsOwn(MailboxAddress mailbox) => EmailAddresses.Normal(mailbox) == settings.Address;

    private static string TextOf(MimeMessage mail, EmailBody body, string subject)
    {
        var marked = OneLine(mail.Subject ?? "", MaxSubjectLength);
        var isAnswer = IsAnswer(mail, marked);
        var text = EmailQuotes.Strip(body.Text, isAnswer && !ForwardMark().IsMatch(marked));
        return EmailText.Bounded(isAnswer ? (text.Length > 0 || body.Files.Count > 0 ? text : subject) : WithSubject(subject, text, body));
    }

    // The subject of a reply was another's. Of a mail that answers nothing it was typed, often instead of a text; one of a single word only says
    // what the mail is about, and before what is said to the product itself it would make that something else.
    private static string WithSubject(string subject, string text, EmailBody body)
    {
        if (EmailQuotes.IsOnlyClosing(body.Text))
        {
            return body.Files.Count == 0 || !IsTitle(subject, body) ? subject : "";
        }

        return subject.Length == 0 || IsTitle(subject, body) || text.StartsWith(subject, StringComparison.OrdinalIgnoreCase) || PersonRequest.Find(text) is not null
            ? text
            : $"{subject}\n{text}";
    }

    /// <summary>Whether a subject says nothing by itself: it is one word, or what a file is called.</summary>
    private static bool IsTitle(string subject, EmailBody body)
        => OneWord().IsMatch(subject) || body.Files.Any(file => file.Name?.StartsWith(subject, StringComparison.OrdinalIgnoreCase) == true);

    // Some programs leave out what a mail answers, and say it in the subject only.
    private static bool IsAnswer(MimeMessage mail, string subject) => mail.InReplyTo is not null || mail.References.Count > 0 || AnswerMark().IsMatch(subject);

    /// <summary>Who began the thread comes first; of very long ones the middle is left out (RFC 5322, section 3.6.4, allows it).</summary>
    private static List<string> ReferencesOf(MimeMessage mail, string id)
    {
        var thread = new List<string>();
        foreach (var reference in mail.References.Append(mail.InReplyTo))
        {
            if (EmailIds.Of(reference) is { } known && known != id && !thread.Contains(known))
            {
                thread.Add(known);
            }
        }

        if (thread.Count >= MaxReferences)
        {
            thread.RemoveRange(1, thread.Count - MaxReferences + 1);
        }

        thread.Add(id);
        return thread;
    }

    // Ids are not unique in practice, and one mail comes once for each alias with other headers of transport: what it says is part of the key.
    private static string DedupeOf(MimeMessage mail, EmailBody body)
    {
        var said = new StringBuilder()
            .Append(mail.MessageId).Append('\0').Append(mail.From.Mailboxes.FirstOrDefault()?.Address).Append('\0').Append(mail.Headers[HeaderId.Date]).Append('\0')
            .Append(mail.Subject).Append('\0').Append(body.Text.ReplaceLineEndings("\n").Trim());
        foreach (var file in body.Files)
        {
            said.Append('\0').Append(file.Name).Append('\0').Append(file.MediaType);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(said.ToString())));
    }

    private static DateTimeOffset SentAt(MimeMessage mail, DateTimeOffset now)
        => mail.Date != DateTimeOffset.MinValue && mail.Date < now ? mail.Date.ToUniversalTime() : now;

    private static string NameOf(MailboxAddress from, string address)
    {
        var name = OneLine(from.Name ?? "", MaxNameLength);
        return name.Length > 0 ? name : address;
    }

    private static string? LocaleOf(MimeMessage mail)
        => mail.Headers[HeaderId.ContentLanguage]?.Split(',')[0].Trim() is { } tag && LanguageTag().IsMatch(tag) ? tag : null;

    private static string SubjectOf(string? subject)
    {
        var text = OneLine(subject ?? "", MaxSubjectLength);
        while (ReplyMark().Match(text) is { Success: true } mark)
        {
            text = text[mark.Length..];
        }

        return text;
    }

    private static string OneLine(string text, int max) => Legible.Cut(Spaces().Replace(text, " ").Trim(), max);

    [GeneratedRegex(@"^(re|aw|sv|antw|fw|fwd|wg|回复|答复|回覆|转发|轉寄)(\[[0-9]+\])?\s*[:：]\s*", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ReplyMark();

    [GeneratedRegex(@"^(re|aw|sv|antw|回复|答复|回覆)(\[[0-9]+\])?\s*[:：]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AnswerMark();

    [GeneratedRegex(@"^(fw|fwd|wg|转发|轉寄)(\[[0-9]+\])?\s*[:：]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ForwardMark();

    // A Chinese word has up to three characters.
    [GeneratedRegex(@"^(\p{IsCJKUnifiedIdeographs}{1,3}|[^\s\p{IsCJKUnifiedIdeographs}?？]{1,40})$")]
    private static partial Regex OneWord();

    [GeneratedRegex(@"[\s\p{Cc}\u200B\u200E\u200F\u202A-\u202E\u2066-\u2069]+")]
    private static partial Regex Spaces();

    [GeneratedRegex("^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,3}$")]
    private static partial Regex LanguageTag();
}
