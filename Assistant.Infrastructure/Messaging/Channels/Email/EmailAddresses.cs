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

    /// <summary>Stands between who writes and where they want the answer. No address that is taken has one.</summary>
    private const char Elsewhere = '>';

    /// <summary>Longest chat, in characters; storage has room for it.</summary>
    private const int MaxChatLength = 200;

    /// <summary>The address in the form it is compared in; empty when it is none.</summary>
    public static string Normal(string? address)
        => address is { Length: <= MaxLength } && MailboxAddress.TryParse(address.Trim(), out var parsed) ? Normal(parsed) : "";

    /// <inheritdoc cref="Normal(string?)"/>
    public static string Normal(MailboxAddress mailbox)
    {
        var address = mailbox.Address;
        var at = address.LastIndexOf('@');
        return at > 0 && at < address.Length - 1 && address.Length <= MaxLength && !address.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '<' or Elsewhere)
            ? address.ToLowerInvariant()
            : "";
    }

    /// <summary>Who an address is, and the chat with them.</summary>
    public static string IdentityOf(string address, bool isProven) => isProven ? address : Unproven + address;

    /// <summary>
    /// The chat with somebody who wants answers at another address. It names both: the other address alone is the chat with whoever owns it. Where there
    /// is no room for both, answers go to who wrote.
    /// </summary>
    public static string ChatElsewhere(string identity, string wanted)
        => identity.Length + 1 + wanted.Length <= MaxChatLength ? $"{identity}{Elsewhere}{wanted}" : identity;

    public static string DomainOf(string address) => address[(address.LastIndexOf('@') + 1)..];

    /// <summary>The address answers in a chat go to.</summary>
    public static bool TryParse(ExternalChat chat, [NotNullWhen(true)] out MailboxAddress? mailbox)
    {
        var wanted = chat.ExternalId[(chat.ExternalId.LastIndexOf(Elsewhere) + 1)..];
        var address = wanted.StartsWith(Unproven, StringComparison.Ordinal) ? wanted[Unproven.Length..] : wanted;
        mailbox = Normal(address) is { Length: > 0 } normal && MailboxAddress.TryParse(normal, out var parsed) ? new MailboxAddress("", parsed.Address) : null;
        return mailbox is not null;
    }
}
