using System.Text.Json;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Discord;

/// <summary>Receives commands and buttons by callback: verifies, parses, commits and answers, in this order.</summary>
/// <remarks>Discord tries the address with wrong signatures now and then, and takes one away that believes them.</remarks>
internal sealed class DiscordWebhook(DiscordSettings settings, DiscordReceiver receiver, DiscordOptions options, TimeProvider time)
{
    private const string Json = "application/json";

    private static readonly WebhookReply WrongMethod = new(405, "Discord posts.");
    private static readonly WebhookReply Unreadable = new(400, "This is not an interaction.");
    private static readonly WebhookReply Later = new(503, "The connection is not running.");
    private static readonly WebhookReply Pong = new(200, """{"type":1}""", Json);

    public async Task<WebhookReply> ReceiveAsync(WebhookRequest request, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (!Ed25519Proof.IsValid(request, settings.PublicKey, options.SignatureTolerance, time.GetUtcNow()))
        {
            return WebhookReply.Refused;
        }

        if (!string.Equals(request.Method, "POST", StringComparison.OrdinalIgnoreCase))
        {
            return WrongMethod;
        }

        if (DiscordEvents.Read(request.Body.Span, DiscordJson.Default.DiscordInteraction) is not { } interaction)
        {
            return Unreadable;
        }

        if (interaction.Type == DiscordInteractions.Ping)
        {
            return Pong;
        }

        try
        {
            var promise = await receiver.AcceptAsync(interaction, gateway, cancellationToken);
            return new WebhookReply(200, JsonSerializer.Serialize(DiscordInteractions.AnswerTo(interaction, promise), DiscordJson.Default.DiscordCallback), Json);
        }
        catch (ConnectionGoneException)
        {
            return Later;
        }
    }
}
