using System.Text.Json;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Webhook;

/// <summary>Whether a callback comes from the platform.</summary>
internal sealed class WebhookProof(WebhookSettings settings, TimeProvider time)
{
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>Whether the body has to be parsed to find the proof.</summary>
    public bool IsInBody => settings.ProofKind == "body";

    /// <summary>Whether a callback carries the proof, outside of its body.</summary>
    public bool IsGiven(WebhookRequest request)
    {
        var given = request.Headers.GetValueOrDefault(settings.ProofHeader);
        if (settings.ProofKind == "header")
        {
            return CallbackProof.IsText(given, settings.Secret);
        }

        var timestamp = settings.TimestampHeader is { } name ? request.Headers.GetValueOrDefault(name) : "";
        return timestamp is not null
            && (settings.TimestampHeader is null || CallbackProof.IsFresh(timestamp, Tolerance, time.GetUtcNow()))
            && settings.Rule.IsSigned(given, settings.Secret, request.Body.Span, timestamp);
    }

    /// <summary>Whether the body carries it.</summary>
    public bool IsGiven(JsonElement? body) => body is { } root && CallbackProof.IsText(settings.BodyProof?.TextIn(root), settings.Secret);
}
