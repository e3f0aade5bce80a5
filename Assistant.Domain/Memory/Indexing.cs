namespace Assistant.Domain.Memory;

/// <summary>What of a tenant's messages and facts may be put into the search index.</summary>
/// <remarks>Closed on purpose: each choice is one a tenant can judge without knowing how the index works.</remarks>
public enum Indexing
{
    /// <summary>All of it: recall and the search box find what was said.</summary>
    Everything,

    /// <summary>Nothing: there is no index. The assistant goes by the conversation's own history and by facts; the search box finds names.</summary>
    Nothing,
}
