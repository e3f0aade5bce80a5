using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

/// <summary>What a reply needs of the mail it answers.</summary>
/// <param name="References">The thread so far, the answered mail last.</param>
internal sealed record MailThread(string Subject, IReadOnlyList<string> References);

// Whoever writes a mail chooses its id and the ids it names, those of other people's mails too. What is known by an id is therefore known within
// a chat only: nobody is told of a thread, or has a word in one, because they name it.

/// <summary>Threads of chats seen lately, by the mail answered and by their beginning. Safe for concurrent use.</summary>
internal sealed class EmailThreads
{
    private const int Capacity = 2_000;

    private readonly Lock _gate = new();
    private Dictionary<(string Chat, string Name), MailThread> _young = [];
    private Dictionary<(string Chat, string Name), MailThread> _old = [];

    /// <summary>Notes what a mail's thread is in its chat, under each of the names.</summary>
    public void Note(ExternalChat chat, MailThread thread, params ReadOnlySpan<string?> names)
    {
        lock (_gate)
        {
            foreach (var name in names)
            {
                if (name is not null)
                {
                    Keep((chat.ExternalId, name), thread);
                }
            }
        }
    }

    /// <summary>The thread of the answered mail, else as its beginning is known; <see langword="null"/> when neither was seen lately.</summary>
    public MailThread? Find(OutboundMessage message)
    {
        lock (_gate)
        {
            return Known(message.Chat, message.ReplyToExternalId) ?? Known(message.Chat, message.Chat.ThreadId);
        }
    }

    /// <summary>The beginning of the chat's thread a mail is known to be in; the mail's own name when it is not known. Some programs name the answered mail only.</summary>
    public string RootOf(ExternalChat chat, string id)
    {
        lock (_gate)
        {
            return Known(chat, id) is { References: [var root, ..] } ? EmailIds.Key(root) : id;
        }
    }

    private MailThread? Known(ExternalChat chat, string? name)
        => name is null ? null : _young.TryGetValue((chat.ExternalId, name), out var thread) || _old.TryGetValue((chat.ExternalId, name), out thread) ? thread : null;

    private void Keep((string Chat, string Name) name, MailThread thread)
    {
        if (_young.Count >= Capacity)
        {
            (_old, _young) = (_young, []);
        }

        _young[name] = thread;
    }
}
