using System.Security.Cryptography;
using System.Text;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

/// <summary>Message ids, with their angle brackets.</summary>
internal static class EmailIds
{
    /// <summary>What storage has room for.</summary>
    private const int MaxKeyLength = 190;

    /// <summary>Longest id that is still one: a header's line ends at 998 (RFC 5322, section 2.1.1).</summary>
    private const int MaxLength = 900;

    /// <summary>The id as it is written, or <see langword="null"/> when the text is none.</summary>
    public static string? Of(string? id)
        => id?.Trim().Trim('<', '>') is { Length: > 0 and <= MaxLength } bare && !bare.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '<' or '>') ? $"<{bare}>" : null;

    /// <summary>The id as it is stored: one that is too long stands for itself by its hash, and can no longer be written into a mail.</summary>
    public static string Key(string id) => id.Length <= MaxKeyLength ? id : "#" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)));

    /// <summary>The id behind a stored one; <see langword="null"/> when only its hash is known.</summary>
    public static string? FromKey(string? key) => key is null || key.StartsWith('#') ? null : EmailIds.Of(key);

    /// <summary>
    /// The id of a mail of ours: the same for every attempt, so that whoever keeps mails by their ids keeps it once; and in the order in which
    /// messages were decided.
    /// </summary>
    public static string ForSending(OutboundMessage message, EmailSettings settings) => $"<{message.Id:N}@{EmailAddresses.DomainOf(settings.Address)}>";
}
