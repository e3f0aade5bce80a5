using Assistant.Domain.Conversations;
using Assistant.Domain.Memory;
using Assistant.Domain.Tenancy;

namespace Assistant.Domain.People.Links;

/// <summary>Memory of a human being rather than of one of their persons: what was said on one messenger is known on the others.</summary>
/// <remarks>
/// Each person's memory is asked by itself, under that person's key, and the answers are put together: nothing is stored anew, so when a link ends, so
/// does what it opened. Most people have one person, and then this costs one look for links.
/// </remarks>
public sealed class LinkedRecall(IRecall inner, IPersonLinkStore links) : IRecall
{
    public async Task<Recalled> RecallAsync(
        TenantId tenant, PersonId person, string query, ConversationId current, long beforeSeq, bool onlyHere, int limit, int factLimit, CancellationToken cancellationToken)
    {
        var together = await TogetherAsync(tenant, person, cancellationToken);
        if (together.Count == 1)
        {
            return await inner.RecallAsync(tenant, person, query, current, beforeSeq, onlyHere, limit, factLimit, cancellationToken);
        }

        var recalled = new List<Recalled>(together.Count);
        foreach (var one in together)
        {
            recalled.Add(await inner.RecallAsync(tenant, one, query, current, beforeSeq, onlyHere, limit, factLimit, cancellationToken));
        }

        // Places of different persons' lists cannot be compared otherwise than by rank.
        var found = Interleave([.. recalled.Select(one => one.Found.Where(thing => thing.IsFact).ToList())])
            .Concat(Interleave([.. recalled.Select(one => one.Found.Where(thing => !thing.IsFact).ToList())]));
        return new Recalled(RecallPlaces.Share(query, found, limit), Newest(recalled.SelectMany(one => one.Facts), factLimit));
    }

    public async Task<IReadOnlyList<Fact>> ListFactsAsync(TenantId tenant, PersonId person, int limit, CancellationToken cancellationToken)
    {
        var facts = new List<Fact>();
        foreach (var one in await TogetherAsync(tenant, person, cancellationToken))
        {
            facts.AddRange(await inner.ListFactsAsync(tenant, one, limit, cancellationToken));
        }

        return Newest(facts, limit);
    }

    private async Task<IReadOnlyList<PersonId>> TogetherAsync(TenantId tenant, PersonId person, CancellationToken cancellationToken)
        => PersonLinks.Together(person, await links.ListOfAsync(tenant, person, cancellationToken));

    private static List<Fact> Newest(IEnumerable<Fact> facts, int limit) => [.. facts.OrderByDescending(fact => fact.StatedAt).Take(limit)];

    private static IEnumerable<Recollection> Interleave(IReadOnlyList<List<Recollection>> lists)
    {
        for (var rank = 0; rank < lists.Max(list => list.Count); rank++)
        {
            foreach (var list in lists)
            {
                if (rank < list.Count)
                {
                    yield return list[rank];
                }
            }
        }
    }
}
