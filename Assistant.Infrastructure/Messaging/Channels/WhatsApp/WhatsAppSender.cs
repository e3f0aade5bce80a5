using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Meta;

namespace Assistant.Infrastructure.Messaging.Channels.WhatsApp;

/// <summary>Shows messages. What to do about a failure is said in the outcome. Safe for concurrent use.</summary>
internal sealed class WhatsAppSender(WhatsAppApi api, WhatsAppSettings settings)
{
    private const int MaxRemembered = 5_000;

    private readonly GraphParts _parts = new(WhatsAppChannel.Name, WhatsAppFaults.All, api.SendAsync, IdOf);

    // Typing is shown as the answer to a message, by its id.
    private readonly ConcurrentDictionary<string, string> _lastReceived = new(StringComparer.Ordinal);

    /// <summary>Somebody wrote in a chat.</summary>
    public void NoteReceived(string chat, string messageId)
    {
        if (_lastReceived.Count > MaxRemembered)
        {
            _lastReceived.Clear(); // what is lost is the sign of typing for one answer
        }

        _lastReceived[chat] = messageId;
    }

    public async Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
        => WhatsAppIds.IsChat(message.Chat)
            ? await _parts.SendAsync(message.Id, WhatsAppBodies.Of(message, settings.ListLabel), cancellationToken)
            : SessionReports.NoSuchChat(WhatsAppChannel.Name, message.Chat);

    /// <summary>Sends what was made for a message.</summary>
    public Task<SendOutcome> SendAsync(OutboundMessage message, JsonObject body, CancellationToken cancellationToken)
        => _parts.SendAsync(message.Id, [body], cancellationToken);

    /// <summary>Marks what the person wrote last as read, as WhatsApp wants it to be, and shows typing for up to 25 seconds.</summary>
    public async Task ShowTypingAsync(ExternalChat chat, CancellationToken cancellationToken)
    {
        if (_lastReceived.TryGetValue(chat.ExternalId, out var received))
        {
            await api.SendAsync(
                new JsonObject
                {
                    ["messaging_product"] = "whatsapp", ["status"] = "read", ["message_id"] = received, ["typing_indicator"] = new JsonObject { ["type"] = "text" },
                },
                cancellationToken);
        }
    }

    private static string? IdOf(byte[] answer)
        => GraphApi.Read(answer, WhatsAppJson.Default.WhatsAppSent)?.Messages is [{ Id: { Length: > 0 } id }, ..] ? id : null;
}
