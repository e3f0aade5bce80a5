using System.Text.Json;
using System.Text.Json.Serialization;

namespace Assistant.Infrastructure.Messaging.Channels.Signal;

// What the daemon says and takes, as far as it is used: https://github.com/AsamK/signal-cli/blob/master/man/signal-cli-jsonrpc.5.adoc

/// <summary>An event, in any of the three covers it comes in.</summary>
internal sealed record SignalEvent(SignalEnvelope? Envelope, SignalEvent? Params, SignalEvent? Result);

internal sealed record SignalEnvelope(
    string? SourceNumber, string? SourceUuid, string? Source, string? SourceName, long Timestamp, SignalWords? DataMessage, SignalEdit? EditMessage);

internal sealed record SignalEdit(long TargetSentTimestamp, SignalWords? DataMessage);

internal sealed record SignalWords(
    long Timestamp, string? Message, SignalGroup? GroupInfo, SignalQuote? Quote, IReadOnlyList<SignalMention?>? Mentions,
    IReadOnlyList<SignalAttachment?>? Attachments, SignalRemoteDelete? RemoteDelete, SignalReaction? Reaction);

internal sealed record SignalGroup(string? GroupId, string? GroupName);

internal sealed record SignalQuote(long Id, string? AuthorNumber, string? AuthorUuid);

internal sealed record SignalMention(string? Name, string? Number, string? Uuid, int Start, int Length);

internal sealed record SignalAttachment(string? ContentType, string? Filename, string? Id, long? Size);

internal sealed record SignalRemoteDelete(long Timestamp);

internal sealed record SignalReaction(string? Emoji, string? TargetAuthorUuid, string? TargetAuthorNumber, long TargetSentTimestamp, bool IsRemove);

/// <summary>What a command is told; what it does not know stays away.</summary>
internal sealed record SignalParams(string Account)
{
    public IReadOnlyList<string>? Recipient { get; init; }

    public string? GroupId { get; init; }

    public string? Message { get; init; }

    public IReadOnlyList<string>? TextStyle { get; init; }

    public IReadOnlyList<string>? Attachment { get; init; }

    public long? QuoteTimestamp { get; init; }

    public string? QuoteAuthor { get; init; }

    public string? QuoteMessage { get; init; }

    public string? Number { get; init; }

    public string? Id { get; init; }
}

internal sealed record SignalRequest(string Id, string Method, SignalParams Params)
{
    public string Jsonrpc { get; } = "2.0";
}

internal sealed record SignalReply<T>(T? Result, SignalError? Error);

internal sealed record SignalError(int Code, string? Message, SignalRefusal? Data);

internal sealed record SignalRefusal(SignalSent? Response);

internal sealed record SignalSent(long Timestamp, IReadOnlyList<SignalSentTo?>? Results);

/// <param name="Token">Of a challenge: an operator has to show that a person is behind the account.</param>
internal sealed record SignalSentTo(string? Type, string? Token, long? RetryAfterSeconds);

internal sealed record SignalIdentity(string? Number, string? Uuid);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SignalEvent))]
[JsonSerializable(typeof(SignalRequest))]
[JsonSerializable(typeof(SignalReply<SignalSent>))]
[JsonSerializable(typeof(SignalReply<IReadOnlyList<SignalIdentity?>>))]
[JsonSerializable(typeof(SignalReply<JsonElement?>))]
internal sealed partial class SignalJson : JsonSerializerContext;
