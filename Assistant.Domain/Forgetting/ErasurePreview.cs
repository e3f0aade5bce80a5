using System.Security.Cryptography;
using System.Text;

namespace Assistant.Domain.Forgetting;

/// <summary>Everything that would go, and what would stay.</summary>
/// <param name="Name">Whom or what it is about, in words: for the one who decides, never kept with the erasure.</param>
/// <param name="Counts">What would go.</param>
/// <param name="KeptEvents">Audit events about it: they stay, and hold ids alone.</param>
/// <param name="NamedEvents">Those of them that were written by an earlier version, with the person's name: the chain forbids to change them.</param>
/// <param name="Places">The conversations with how far each has come: two previews are of the same only if these are the same.</param>
public sealed record ErasurePreview(
    ErasureScope Scope, string Name, ErasureCounts Counts, long KeptEvents, long NamedEvents, IReadOnlyList<(Guid Conversation, long LastSeq)> Places)
{
    /// <summary>What somebody agrees to who agrees to this preview: SHA-256 over scope, decisive counts and places, in hexadecimal.</summary>
    public string Digest => DigestOf(Scope, Counts, Places);

    /// <inheritdoc cref="Digest"/>
    public static string DigestOf(ErasureScope scope, ErasureCounts counts, IReadOnlyList<(Guid Conversation, long LastSeq)> places)
    {
        var text = new StringBuilder("assistant erasure v1\n").Append(scope.Subject).Append('\n').Append(counts.OnlyDecisive()).Append('\n');
        // What is said around a message does not change what goes with it.
        foreach (var (conversation, lastSeq) in places.Where(_ => scope.Kind != ErasureKind.Message).OrderBy(place => place.Conversation))
        {
            text.Append(conversation).Append('/').Append(lastSeq).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>How the decisive counts differ in a later preview: kind, then, now.</summary>
    public IReadOnlyList<(Forgettable Kind, long Then, long Now)> ChangesTo(ErasurePreview now)
        => [.. ErasureCounts.Decisive.Order().Select(kind => (kind, Counts[kind], now.Counts[kind])).Where(change => change.Item2 != change.Item3)];
}
