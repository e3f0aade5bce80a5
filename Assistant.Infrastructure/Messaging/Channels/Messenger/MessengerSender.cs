using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Meta;

namespace Assistant.Infrastructure.Messaging.Channels.Messenger;

/// <summary>Shows messages. What to do about a failure is said in the outcome. Safe for concurrent use.</summary>
internal sealed class MessengerSender(MessengerApi api)
{
    private const int MaxRemembered = 5_000;

    private readonly GraphParts _parts = new(MessengerChannel.Name, MessengerFaults.All, api.SendAsync, IdOf);
    private readonly ConcurrentDictionary<Guid, string> _sent = new();

    /// <summary>Messenger's id of a message of ours, while it is remembered.</summary>
    public string? FindSent(Guid message) => _sent.GetValueOrDefault(message);

    public async Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
    {
        if (!MessengerIds.IsPerson(message.Chat.ExternalId))
        {
            return SessionReports.NoSuchChat(MessengerChannel.Name, message.Chat);
        }

        var outcome = await _parts.SendAsync(message.Id, MessengerBodies.Of(message), cancellationToken);
        if (outcome is SendOutcome.Delivered delivered && message.Body.Buttons.Count > 0)
        {
            Remember(message.Id, delivered.ExternalId);
        }

        return outcome;
    }

    public async Task ShowTypingAsync(ExternalChat chat, CancellationToken cancellationToken)
    {
        if (MessengerIds.IsPerson(chat.ExternalId))
        {
            await api.SendAsync(new JsonObject { ["recipient"] = new JsonObject { ["id"] = chat.ExternalId }, ["sender_action"] = "typing_on" }, cancellationToken);
        }
    }

    /// <summary>How a send of one part ended.</summary>
    public static SendOutcome Judge(CallOutcome answer)
        => MessengerFaults.All.OutcomeOf(answer)
            ?? (IdOf(((CallOutcome.Answered)answer).Body) is { } id
                ? new SendOutcome.Delivered(id)
                : new SendOutcome.Uncertain(Phrase.Of("channel.unreadable", ("name", MessengerChannel.Name))));

    private void Remember(Guid message, string id)
    {
        if (_sent.Count > MaxRemembered)
        {
            _sent.Clear(); // a press then names the message by our id
        }

        _sent[message] = id;
    }

    private static string? IdOf(byte[] answer) => GraphApi.Read(answer, MessengerJson.Default.MessengerSent)?.MessageId is { Length: > 0 } id ? id : null;
}
