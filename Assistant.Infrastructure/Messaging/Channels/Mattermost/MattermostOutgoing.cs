using System.Globalization;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Mattermost;

/// <summary>
/// Reads the calls of an outgoing webhook, which tell of posts in public channels; the same post over the socket has the same key. Their proof is a token in
/// the body, which covers nothing else. Pure, and total: any bytes give a message or <see langword="null"/>.
/// </summary>
internal static class MattermostOutgoing
{
    private const long LastSecond = 253_402_300_799;

    /// <summary>Whether the call carries the token. An empty one is none.</summary>
    public static bool IsProven(IReadOnlyDictionary<string, string> call, string token) => CallbackProof.IsText(call.GetValueOrDefault("token"), token);

    /// <summary>The fields of a call, be it a form or JSON.</summary>
    public static IReadOnlyDictionary<string, string> FieldsOf(ReadOnlyMemory<byte> body)
    {
        if (LooseJson.Parse(body) is not { IsObject: true } json)
        {
            return FormBody.Read(body.Span);
        }

        var fields = new Dictionary<string, string>();
        foreach (var (name, value) in json.Members)
        {
            fields[name] = value.Text ?? value.Number?.ToString(CultureInfo.InvariantCulture) ?? "";
        }

        return fields;
    }

    /// <summary>What was said, or <see langword="null"/> when it is nothing for the assistant.</summary>
    public static InboundMessage? Read(IReadOnlyDictionary<string, string> call, ConnectionId connection, string botName, GroupRule groups, DateTimeOffset now)
    {
        var (post, user, channel) = (call.GetValueOrDefault("post_id"), call.GetValueOrDefault("user_id"), call.GetValueOrDefault("channel_id"));
        var text = MattermostText.WithoutName(call.GetValueOrDefault("text", ""), botName);
        if (!MattermostIds.IsId(post) || !MattermostIds.IsId(user) || !MattermostIds.IsId(channel) || text.Length == 0)
        {
            return null;
        }

        var name = call.GetValueOrDefault("user_name", "");
        return new InboundMessage
        {
            Connection = connection,
            DedupeKey = post!,
            Chat = new ExternalChat(channel!, IsGroup: true, Title: call.GetValueOrDefault("channel_name")),
            Sender = ExternalSender.Named(user!, name, user!),
            ExternalMessageId = post!,
            Content = new InboundContent.Said(text),
            SentAt = TimeOf(call.GetValueOrDefault("timestamp"), now),

            // Somebody made the webhook for the words that set it off.
            IsAddressed = groups.IsAddressed(isGroup: true, isMentioned: true),
        };
    }

    // Some versions say seconds, others milliseconds.
    private static DateTimeOffset TimeOf(string? timestamp, DateTimeOffset now)
        => !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var at) || at > LastSecond * 1_000 ? now
            : at > 100_000_000_000 ? DateTimeOffset.FromUnixTimeMilliseconds(at) : DateTimeOffset.FromUnixTimeSeconds(at);
}
