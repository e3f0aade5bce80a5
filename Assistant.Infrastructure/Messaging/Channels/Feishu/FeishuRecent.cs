using System.Collections.Concurrent;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

/// <summary>
/// What a session remembers of messages: whose each was, for when it is taken back, which Feishu reports without saying that; which are ours, for when
/// one of them is answered; and where each stands, for when somebody reacts to it. What a restart forgets is a convenience. Safe for concurrent use.
/// </summary>
internal sealed class FeishuRecent(int most)
{
    private readonly ConcurrentDictionary<string, Known> _said = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ExternalChat> _ours = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ExternalChat> _places = new(StringComparer.Ordinal);

    public void NoteSaid(InboundMessage message) => Note(_said, message.ExternalMessageId, new Known(message.Sender, message.Chat));

    public void NoteOurs(string message, ExternalChat chat) => Note(_ours, message, chat);

    /// <summary>Keeps what was found out about a message that is not remembered.</summary>
    public void NotePlace(string message, ExternalChat chat) => Note(_places, message, chat);

    public Known? Find(string message) => _said.GetValueOrDefault(message);

    /// <summary>Where a message stands, people's or ours.</summary>
    public ExternalChat? FindChat(string message) => _ours.GetValueOrDefault(message) ?? Find(message)?.Chat ?? _places.GetValueOrDefault(message);

    public bool IsOurs(string? message) => message is not null && _ours.ContainsKey(message);

    private void Note<T>(ConcurrentDictionary<string, T> notes, string message, T note)
    {
        if (notes.Count >= most)
        {
            notes.Clear();
        }

        notes[message] = note;
    }

    /// <summary>Whose a message was, and where it stood.</summary>
    internal sealed record Known(ExternalSender Sender, ExternalChat Chat);
}
