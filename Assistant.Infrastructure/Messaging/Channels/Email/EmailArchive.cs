using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using MimeKit;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

/// <summary>Looks into the mailbox beside the receiving, over a connection of its own: files, and the thread of a mail from before the start.</summary>
internal sealed class EmailArchive(EmailSettings settings, EmailDialer dialer, AccessTokens? tokens, EmailOptions options, TimeProvider time)
{
    /// <summary>Mails looked at, newest first, to find one by its id.</summary>
    private const int MaxFound = 100;

    private readonly EmailReader _reader = new(settings, options);

    /// <exception cref="AttachmentUnavailableException">The mail is gone, the file is too large, or the server cannot be reached.</exception>
    public async Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken)
    {
        if (EmailFile.Parse(attachment.Reference) is not { } file)
        {
            throw Final();
        }

        try
        {
            return await LookAsync((folder, patience) => ReadAsync(folder, file, patience), cancellationToken) ?? throw Final();
        }
        catch (Exception fault) when (fault is not AttachmentUnavailableException && EmailFaults.IsOfServer(fault) && !cancellationToken.IsCancellationRequested)
        {
            throw fault is MessageNotFoundException or FolderNotFoundException
                ? Final()
                : new AttachmentUnavailableException(EmailFaults.Explain(fault, settings.Imap.Host));
        }
    }

    /// <summary>The thread of the mail a message answers, as far as the mailbox still has it, of the same chat; <see langword="null"/> otherwise. Best effort.</summary>
    public async Task<MailThread?> FindThreadAsync(OutboundMessage message, CancellationToken cancellationToken)
    {
        if ((EmailIds.FromKey(message.ReplyToExternalId) ?? EmailIds.FromKey(message.Chat.ThreadId)) is not { } id)
        {
            return null;
        }

        try
        {
            return await LookAsync((folder, patience) => ReadThreadAsync(folder, id, message.Chat, patience.Token), cancellationToken);
        }
        catch (Exception fault) when (EmailFaults.IsOfServer(fault) && !cancellationToken.IsCancellationRequested)
        {
            // The reply then names what it answers, without the mails before that.
            return null;
        }
    }

    private static AttachmentUnavailableException Final() => new(Phrase.Of("channel.file-gone", ("name", "Email")), AttachmentFault.Final);

    private async Task<T> LookAsync<T>(Func<ImapFolder, Patience, Task<T>> look, CancellationToken cancellationToken)
    {
        using var patience = new Patience(options.CommandTimeout, time, cancellationToken);
        using var client = await dialer.OpenImapAsync(settings, tokens, patience.Token);
        var folder = (ImapFolder)await client.GetFolderAsync(settings.Folder, patience.Token);
        await folder.OpenAsync(FolderAccess.ReadOnly, patience.Token);
        return await look(folder, patience);
    }

    private async Task<Stream?> ReadAsync(ImapFolder folder, EmailFile file, Patience patience)
    {
        var uid = folder.UidValidity == file.Validity ? new UniqueId(file.Uid) : await FindNewestAsync(folder, file.MessageId, patience.Token);
        if (uid is null || (await folder.FetchAsync([uid.Value], MessageSummaryItems.BodyStructure, patience.Token)) is not [{ Body: { } body }, ..]
            || Find(body, file.Part) is not { } part)
        {
            return null;
        }

        // As it is sent, base64 mostly, which makes four characters of three bytes and line ends.
        if (part is BodyPartBasic { Octets: var octets } && octets / 1.4 > options.MaxAttachmentBytes)
        {
            throw new AttachmentUnavailableException(Phrase.Of("email.file-too-large", ("limit", $"{options.MaxAttachmentBytes}")), AttachmentFault.TooLarge);
        }

        return ContentOf(await folder.GetBodyPartAsync(uid.Value, file.Part, patience.Token, patience));
    }

    private static BodyPart? Find(BodyPart body, string part)
    {
        if (body is BodyPartMultipart several)
        {
            return several.BodyParts.Select(child => Find(child, part)).FirstOrDefault(found => found is not null);
        }

        return body.PartSpecifier == part || (body.PartSpecifier.Length == 0 && part == "1") ? body : null;
    }

    private static Stream? ContentOf(MimeEntity entity)
    {
        switch (entity)
        {
            case MimePart { Content: { } content }:
                return content.Open();
            case MessagePart { Message: { } forwarded }:
                var bytes = new MemoryStream();
                forwarded.WriteTo(bytes);
                bytes.Position = 0;
                return bytes;
            default:
                return null;
        }
    }

    private async Task<MailThread?> ReadThreadAsync(ImapFolder folder, string id, ExternalChat chat, CancellationToken cancellationToken)
    {
        // Whoever writes a mail chooses its id: one of the chat's may have several mails of other people behind it.
        foreach (var uid in await FindAsync(folder, id, cancellationToken))
        {
            var headers = await folder.GetHeadersAsync(uid, cancellationToken);
            using var bytes = new MemoryStream();
            headers.WriteTo(bytes, cancellationToken);
            bytes.Write("\r\n"u8);
            bytes.Position = 0;
            using var mail = await MimeMessage.LoadAsync(bytes, cancellationToken);
            if (_reader.ThreadOf(mail, id, chat) is { } thread)
            {
                return thread;
            }
        }

        return null;
    }

    private static async Task<UniqueId?> FindNewestAsync(ImapFolder folder, string id, CancellationToken cancellationToken)
        => (await FindAsync(folder, id, cancellationToken)) is [var newest, ..] ? newest : null;

    /// <summary>The mails of the very id, newest first.</summary>
    private static async Task<IReadOnlyList<UniqueId>> FindAsync(ImapFolder folder, string id, CancellationToken cancellationToken)
    {
        if (EmailIds.FromKey(id) is not { } known)
        {
            return [];
        }

        // A server finds whatever has the text anywhere in its id: a mail of somebody else, too.
        var found = await folder.SearchAsync(SearchQuery.HeaderContains("Message-ID", known.Trim('<', '>')), cancellationToken);
        if (found.Count == 0)
        {
            return [];
        }

        var mails = await folder.FetchAsync([.. found.Order().TakeLast(MaxFound)], MessageSummaryItems.UniqueId | MessageSummaryItems.Envelope, cancellationToken);
        return [.. mails.Where(mail => EmailIds.Of(mail.Envelope?.MessageId) == known).Select(mail => mail.UniqueId).OrderDescending()];
    }
}
