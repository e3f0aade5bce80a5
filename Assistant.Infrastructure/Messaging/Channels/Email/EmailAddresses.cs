using System.Diagnostics.CodeAnalysis;
using Assistant.Domain.Messaging;
using MimeKit;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

/// <summary>Addresses as identities. Dots and plus-tags stay: whether they mean the same mailbox is the receiving server's affair.</summary>
internal static class EmailAddresses
{
    /// <summary>Stands before an address nobody vouches for, so that it is somebody else than the one it claims to be.</summary>
    private const string Unproven = "unproven:";

    /// <summary>Longest address taken, in characters: what identities have room for.</summary>
    private const int MaxLength = 180;

    /// <summary>The address in the form it is compared in; empty when it is none.</summary>
    public static string Normal(string? address)
        => address is { Length: <= MaxLength } && MailboxAddress.TryParse(address.Trim(), out var parsed) ? Normal(parsed) : "";

    /// <inheritdoc cref="Normal(string?)"/>
    public static string Normal(MailboxAddress mailbox)
    {
        var address = mailbox.Address;
        var at = address.LastIndexOf('@');
        return at > 0 && at < address.Length - 1 && address.Length <= MaxLength && !address.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
            ? address.ToLowerInvariant()
            : "";
    }

    /// <summary>Who an address is, and the chat with them.</summary>
    public static string IdentityOf(string address, bool isProven) => isProven ? address : Unproven + address;

    public static string DomainOf(string address) => address[(address.LastIndexOf('@') + 1)..];

    /// <summary>The address behind a chat.</summary>
    public static bool TryParse(ExternalChat chat, [NotNullWhen(true)] out MailboxAddress? mailbox)
    {
        var address = chat.ExternalId.StartsWith(Unproven, StringComparison.Ordinal) ? chat.ExternalId[Unproven.Length..] : chat.ExternalId;
        mailbox = Normal(address) is { Length: > 0 } normal && MailboxAddress.TryParse(normal, out var parsed) ? new MailboxAddress("", parsed.Address) : null;
        return mailbox is not null;
    }
}
