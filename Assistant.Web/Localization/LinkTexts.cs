using Assistant.Domain.People.Links;

namespace Assistant.Web.Localization;

/// <summary>Phrases about persons who are one human being.</summary>
internal static class LinkTexts
{
    private static readonly Phrasebook Book = new("Links");

    public static string Title => Book.Say();
    public static string None => Book.Say();
    public static string What => Book.Say();
    public static string Unlink => Book.Say();
    public static string Add => Book.Say();
    public static string Find => Book.Say();
    public static string FindButton => Book.Say();
    public static string Nobody => Book.Say();
    public static string Who => Book.Say();
    public static string Reason => Book.Say();
    public static string ReasonHelp => Book.Say();
    public static string Link => Book.Say();
    public static string ReasonMissing => Book.Say();
    public static string WhoMissing => Book.Say();
    public static string TooMany => Book.Say();
    public static string Gone => Book.Say();

    /// <summary>By what it is known.</summary>
    public static string ProofOf(LinkProof proof) => proof switch
    {
        LinkProof.Code => Book.Say("ByCode"),
        LinkProof.Operator => Book.Say("ByOperator"),
        _ => throw new ArgumentOutOfRangeException(nameof(proof), proof, null),
    };
}
