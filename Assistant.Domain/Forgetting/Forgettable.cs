using System.Collections.Immutable;
using System.Text.Json;

namespace Assistant.Domain.Forgetting;

/// <summary>Kinds of things that hold something of somebody, in the order in which they are shown.</summary>
public enum Forgettable
{
    Persons,
    Identities,
    Standings,
    PairingRequests,
    Conversations,
    Messages,
    Notes,
    /// <summary>What came with messages, kept or not.</summary>
    Files,
    /// <summary>Sealed pieces of kept files.</summary>
    FilePieces,
    /// <summary>Reactions to messages: one of a person and a message each.</summary>
    Reactions,
    Facts,
    Turns,
    ReadMarks,
    /// <summary>Events of the inbox.</summary>
    Received,
    /// <summary>Rows of the outbox: sent, waiting, held, given up.</summary>
    Sends,
    SearchEntries,
    SearchPostings,
    /// <summary>Requests for proof, which name whom an act was about.</summary>
    Proofs,
    /// <summary>Answers of the API kept for repeated requests; they do not say whom they are about, so all of the tenant's are emptied.</summary>
    KeptAnswers,
    /// <summary>Which account is theirs; the account itself stays.</summary>
    AccountLinks,
    /// <summary>Offers of an account, made for them.</summary>
    AccountInvitations,
    /// <summary>Codes by which they were linked with an account.</summary>
    AccountCodes,
    /// <summary>What they asked for behind a link.</summary>
    Acts,
    /// <summary>With which other persons they were one human being; those stay.</summary>
    PersonLinks,
    /// <summary>Codes by which they were linked with another person.</summary>
    PersonCodes,
}

/// <summary>How many of each kind.</summary>
public sealed class ErasureCounts : IEquatable<ErasureCounts>
{
    private readonly ImmutableSortedDictionary<Forgettable, long> _counts;

    private ErasureCounts(ImmutableSortedDictionary<Forgettable, long> counts) => _counts = counts;

    public static ErasureCounts None { get; } = new(ImmutableSortedDictionary<Forgettable, long>.Empty);

    /// <summary>Kinds that change by what people do. The others follow by themselves, so nobody is asked again because of them.</summary>
    public static IReadOnlySet<Forgettable> Decisive { get; } = new HashSet<Forgettable>
    {
        Forgettable.Persons, Forgettable.Identities, Forgettable.Conversations, Forgettable.Messages, Forgettable.Notes, Forgettable.Facts,
    };

    /// <summary>Kinds that occur, in their order.</summary>
    public IEnumerable<KeyValuePair<Forgettable, long>> All => _counts;

    /// <summary>Of all kinds together.</summary>
    public long Total => _counts.Values.Sum();

    public long this[Forgettable kind] => _counts.GetValueOrDefault(kind);

    /// <summary>These and so many more.</summary>
    public ErasureCounts Plus(Forgettable kind, long count) => count == 0 ? this : new(_counts.SetItem(kind, this[kind] + count));

    public ErasureCounts Plus(ErasureCounts more) => more._counts.Aggregate(this, (sum, one) => sum.Plus(one.Key, one.Value));

    /// <summary>Only the kinds of <see cref="Decisive"/>.</summary>
    public ErasureCounts OnlyDecisive() => new(_counts.Where(one => Decisive.Contains(one.Key)).ToImmutableSortedDictionary());

    /// <summary>The stored form: a JSON object.</summary>
    public override string ToString() => JsonSerializer.Serialize(_counts.ToDictionary(one => Name(one.Key), one => one.Value));

    /// <summary>Reads <see cref="ToString"/>.</summary>
    public static ErasureCounts Parse(string stored)
        => (JsonSerializer.Deserialize<Dictionary<string, long>>(stored) ?? []).Aggregate(
            None, (sum, one) => sum.Plus(Enum.Parse<Forgettable>(one.Key, ignoreCase: true), one.Value));

    /// <summary>The kind's stable name, in camel case.</summary>
    public static string Name(Forgettable kind) => JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());

    public bool Equals(ErasureCounts? other) => other is not null && _counts.SequenceEqual(other._counts);

    public override bool Equals(object? obj) => Equals(obj as ErasureCounts);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}
