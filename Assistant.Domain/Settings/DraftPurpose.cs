namespace Assistant.Domain.Settings;

/// <summary>What somebody's draft is meant for: a form knows whether what it shows is there already, a PUT does not.</summary>
public enum DraftPurpose
{
    /// <summary>Makes what is not there and replaces what is.</summary>
    Either,

    /// <summary>Makes something new: what has the name already stays as it is.</summary>
    Create,

    /// <summary>Changes what is there: what was deleted meanwhile stays deleted.</summary>
    Change,
}
