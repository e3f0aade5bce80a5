using System.Buffers.Binary;

namespace Assistant.Infrastructure.Messaging.Channels.Mattermost;

/// <summary>The identifiers of Mattermost: small letters and digits. Pure.</summary>
internal static class MattermostIds
{
    public static bool IsId(string? id) => id is { Length: > 0 and <= 64 } && id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c));

    /// <summary>When an id of ours was made: version 7 begins with the time in milliseconds.</summary>
    public static long TimeOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return (long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16);
    }
}
