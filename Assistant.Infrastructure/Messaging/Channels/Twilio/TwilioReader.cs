using System.Globalization;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Twilio;

/// <summary>What became of a message of ours.</summary>
/// <param name="ErrorCode">0 when there is none.</param>
internal sealed record TwilioStatus(string Status, int ErrorCode);

/// <summary>Translates callbacks and entries of Twilio's own list. Pure, and total: any fields give a message or none.</summary>
internal sealed class TwilioReader(ConnectionId connection, string accountSid)
{
    /// <summary>Twilio takes at most ten files with a message.</summary>
    private const int MostFiles = 10;

    /// <summary>Words by which people leave and come back: Twilio answers them itself, and whoever has left cannot be answered.</summary>
    /// <remarks>https://help.twilio.com/articles/223134027. YES brings back as well, and is too often an answer to be taken for that.</remarks>
    private static readonly HashSet<string> TakenByTwilio = new(
        ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "START", "UNSTOP"], StringComparer.OrdinalIgnoreCase);

    /// <summary>The message in a callback; <see langword="null"/> for what is nothing for the assistant.</summary>
    /// <param name="now">When it came: a callback says no time.</param>
    public InboundMessage? Read(IReadOnlyDictionary<string, string> fields, DateTimeOffset now)
    {
        if (fields.GetValueOrDefault("AccountSid") != accountSid || IsTakenByTwilio(fields)
            || fields.GetValueOrDefault("SmsStatus") is not (null or "received"))
        {
            return null;
        }

        return New(
            fields.GetValueOrDefault("MessageSid"), fields.GetValueOrDefault("From"), fields.GetValueOrDefault("To"), fields.GetValueOrDefault("Body"), FilesIn(fields), now);
    }

    /// <summary>Whether a callback brings a word by which people leave or come back, the account's own among them. Twilio's list does not tell these.</summary>
    public static bool IsTakenByTwilio(IReadOnlyDictionary<string, string> fields) => fields.GetValueOrDefault("OptOutType") is "STOP" or "START";

    /// <summary>What a callback says about a message of ours; <see langword="null"/> when it is about none.</summary>
    public static TwilioStatus? ReadStatus(IReadOnlyDictionary<string, string> fields)
        => fields.GetValueOrDefault("MessageStatus") is { Length: > 0 } status and not "received"
            ? new TwilioStatus(status, int.TryParse(fields.GetValueOrDefault("ErrorCode"), NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : 0)
            : null;

    /// <summary>The same message, found in Twilio's list of messages.</summary>
    public InboundMessage? Read(TwilioMessage message, IReadOnlyList<Attachment> files)
        => message.Direction == "inbound" && message.AccountSid == accountSid && message.SentAt is { } sentAt
            ? New(message.Sid, message.From, message.To, message.Body, files, sentAt)
            : null;

    private InboundMessage? New(string? sid, string? from, string? to, string? body, IReadOnlyList<Attachment> files, DateTimeOffset sentAt)
    {
        var text = body?.Trim() ?? "";
        if (TakenByTwilio.Contains(text) || sid is not { Length: > 0 } || from is null || to is null || !TwilioAddress.IsNumber(from) || !TwilioAddress.IsNumber(to) || (text.Length == 0 && files.Count == 0))
        {
            return null;
        }

        return new InboundMessage
        {
            Connection = connection,
            DedupeKey = sid,
            Chat = new TwilioAddress(to, from).ToChat(),
            Sender = new ExternalSender(from, from),
            ExternalMessageId = sid,
            Content = new InboundContent.Said(text, files),
            SentAt = sentAt,
        };
    }

    private static List<Attachment> FilesIn(IReadOnlyDictionary<string, string> fields)
    {
        var files = new List<Attachment>();
        _ = int.TryParse(fields.GetValueOrDefault("NumMedia"), NumberStyles.None, CultureInfo.InvariantCulture, out var count);
        for (var i = 0; i < Math.Min(count, MostFiles); i++)
        {
            if (fields.GetValueOrDefault(string.Create(CultureInfo.InvariantCulture, $"MediaUrl{i}")) is { Length: > 0 } address)
            {
                files.Add(FileOf(address, fields.GetValueOrDefault(string.Create(CultureInfo.InvariantCulture, $"MediaContentType{i}"))));
            }
        }

        return files;
    }

    /// <summary>A file by its address and type.</summary>
    public static Attachment FileOf(string address, string? mediaType) => new(
        mediaType?.Split('/')[0] switch
        {
            "image" => "image",
            "video" => "video",
            "audio" => "audio",
            _ => "file",
        },
        address, MediaType: string.IsNullOrWhiteSpace(mediaType) ? null : mediaType);
}

/// <summary>Two numbers that write to each other: Twilio's accounts may have many.</summary>
internal readonly record struct TwilioAddress(string Ours, string Theirs)
{
    private const int LongestNumber = 16;

    public ExternalChat ToChat() => new($"{Ours}/{Theirs}");

    /// <returns><see langword="null"/> when a chat's name is none of ours.</returns>
    public static TwilioAddress? Read(ExternalChat chat)
        => chat.ExternalId.Split('/') is [var ours, var theirs] && IsNumber(ours) && IsNumber(theirs) ? new TwilioAddress(ours, theirs) : null;

    /// <summary>A phone number with its country, or a short code.</summary>
    public static bool IsNumber(string text) => text.Length is > 2 and <= LongestNumber && text.AsSpan(text[0] == '+' ? 1 : 0) is var digits
        && !digits.ContainsAnyExceptInRange('0', '9') && digits.Length > 2;
}
