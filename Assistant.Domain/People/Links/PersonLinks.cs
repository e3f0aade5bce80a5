namespace Assistant.Domain.People.Links;

/// <summary>Reads links as a whole: who is together. Pure.</summary>
public static class PersonLinks
{
    /// <summary>Everybody who can be reached from a person over the links, the person first, then in the order they were reached.</summary>
    public static IReadOnlyList<PersonId> Together(PersonId person, IReadOnlyList<PersonLink> links)
    {
        if (links.Count == 0)
        {
            return [person];
        }

        List<PersonId> together = [person];
        for (var next = 0; next < together.Count; next++)
        {
            foreach (var link in links)
            {
                if ((link.First == together[next] || link.Second == together[next]) && !together.Contains(link.OtherThan(together[next])))
                {
                    together.Add(link.OtherThan(together[next]));
                }
            }
        }

        return together;
    }
}
