using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Assistant.Infrastructure.Messaging.Channels.Twilio;

// What Twilio answers, as far as it is used: https://www.twilio.com/docs/messaging/api/message-resource

internal sealed record TwilioAccount(string? FriendlyName, string? Status);

internal sealed record TwilioNumbers(IReadOnlyList<JsonElement>? IncomingPhoneNumbers);

internal sealed record TwilioMessages(IReadOnlyList<TwilioMessage?>? Messages, string? NextPageUri);

internal sealed record TwilioMessage(
    string? Sid, string? AccountSid, string? MessagingServiceSid, string? Direction, string? From, string? To, string? Body, string? DateSent, string? DateCreated, string? NumMedia)
{
    /// <summary>When it was sent; <see langword="null"/> when that cannot be read.</summary>
    public DateTimeOffset? SentAt
        => DateTimeOffset.TryParse(DateSent ?? DateCreated, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at.ToUniversalTime() : null;

    public bool HasFiles => NumMedia is { Length: > 0 } and not "0";
}

internal sealed record TwilioMedia(IReadOnlyList<TwilioFile?>? MediaList);

internal sealed record TwilioFile(string? Sid, string? ContentType);

internal sealed record TwilioError(int Code, string? Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TwilioAccount))]
[JsonSerializable(typeof(TwilioNumbers))]
[JsonSerializable(typeof(TwilioMessages))]
[JsonSerializable(typeof(TwilioMessage))]
[JsonSerializable(typeof(TwilioMedia))]
[JsonSerializable(typeof(TwilioError))]
internal sealed partial class TwilioJson : JsonSerializerContext;
