using Assistant.Domain.Tenancy;

namespace Assistant.Domain.Attachments;

/// <summary>What an address opens.</summary>
/// <param name="Until">When it opens nothing any more.</param>
public sealed record FileTicket(TenantId Tenant, AttachmentId File, DateTimeOffset Until);

/// <summary>
/// Addresses at which a messenger fetches one file that goes out, without signing in: nobody can guess or alter one, and nothing can be read from it.
/// Nothing is stored. Safe for concurrent use.
/// </summary>
public interface IFileAddresses
{
    /// <summary>Whether this installation has a public https address; without one nothing can be fetched from it.</summary>
    bool IsReachable { get; }

    /// <summary>A picture of ours that stands for a file that has none, a PNG of a few kilobytes; <see langword="null"/> where <see cref="IsReachable"/> is not.</summary>
    Uri? StandIn { get; }

    /// <summary>A new address of a file; <see langword="null"/> where <see cref="IsReachable"/> is not.</summary>
    /// <param name="mediaType">Gives the address its ending, which some messengers look at; it says nothing else of the file.</param>
    /// <param name="lifetime">How long it opens the file, in whole seconds.</param>
    Uri? Of(TenantId tenant, AttachmentId file, string mediaType, TimeSpan lifetime);

    /// <summary>What the part of an address says that is ours alone, whether or not its time is over.</summary>
    /// <returns><see langword="null"/> for what this installation has not made, to the last character.</returns>
    FileTicket? Read(string token);
}
