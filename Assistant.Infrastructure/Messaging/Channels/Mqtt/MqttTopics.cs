using System.Buffers;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Mqtt;

// {root}/in/{user}                 what a user says
// {root}/in/{user}/{conversation}  the same, in a conversation of its own
// {root}/out/{user}[/{conversation}]   what the assistant answers
// {root}/status                    "online" or "offline", retained
//
// Who speaks is a part of the topic and nothing in the payload, because the topic is what a broker guards: with "pattern write {root}/in/%u"
// nobody but lin can publish to {root}/in/lin.

/// <summary>The topics of one connection. Pure.</summary>
internal sealed class MqttTopics(string root)
{
    private const int MaxSegment = 128;

    private static readonly SearchValues<char> Forbidden = SearchValues.Create("+#/\0");

    /// <summary>Where it is told whether the assistant listens.</summary>
    public string Status => $"{root}/status";

    /// <summary>What the assistant subscribes to.</summary>
    public IReadOnlyList<string> Inbound => [$"{root}/in/+", $"{root}/in/+/+"];

    /// <summary>Whether a text can be the beginning of all topics.</summary>
    public static bool IsRoot(string root) => root.Length <= MaxSegment && !root.StartsWith('$') && root.Split('/').All(IsSegment);

    /// <summary>Whether a text can be one level of a topic.</summary>
    public static bool IsSegment(string? text)
        => text is { Length: > 0 and <= MaxSegment } && !text.AsSpan().ContainsAny(Forbidden) && !text.Any(char.IsControl);

    /// <summary>Who speaks, and in which conversation; <see langword="null"/> for a topic that is none of ours.</summary>
    public ExternalChat? ChatOf(string topic)
    {
        var prefix = $"{root}/in/";
        return !topic.StartsWith(prefix, StringComparison.Ordinal) ? null : topic[prefix.Length..].Split('/') switch
        {
            [var user] when IsSegment(user) => new ExternalChat(user),
            [var user, var conversation] when IsSegment(user) && IsSegment(conversation) => new ExternalChat(user, conversation),
            _ => null,
        };
    }

    /// <summary>Where a user speaks.</summary>
    public string In(string user) => $"{root}/in/{user}";

    /// <summary>Where answers of a chat go; <see langword="null"/> for a chat that is none of ours.</summary>
    public string? Out(ExternalChat chat)
        => !IsSegment(chat.ExternalId) ? null
            : chat.ThreadId is null ? $"{root}/out/{chat.ExternalId}"
            : IsSegment(chat.ThreadId) ? $"{root}/out/{chat.ExternalId}/{chat.ThreadId}"
            : null;
}
