using System.Collections.Concurrent;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

/// <summary>
/// What a session remembers of messages: whose each was, for when it is taken back, which Feishu reports without saying that; and which are ours, for when
/// one of them is answered. What a restart forgets is a convenience. Safe for concurrent use.
/// </summary>
internal sealed class FeishuRecent(int most)
{
    private readonly ConcurrentDictionary<string, Known> _said = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _ours = new(StringComparer.Ordinal);

    public void NoteSaid(InboundMessage message) => Note(_said, message.ExternalMessageId, new Known(message.Sender, message.Chat));

    public void NoteOurs(string message) => Note(_ours, message, true);

    public Known? Find(string message) => _said.GetValueOrDefault(message);

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
