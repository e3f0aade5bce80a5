using System.Text.RegularExpressions;

namespace Assistant.Domain.Ai.Embedded;

/// <summary>Whether a text ends in a question mark, as people type it in a messenger: of either width, and with a smile behind it.</summary>
internal static partial class QuestionMark
{
    /// <summary>What may stand behind the mark: spaces, symbols and emoji, exclamation marks, smiles made of letters. No closing quote: there it is somebody else's question.</summary>
    public const string Behind = @"(?:[\s\p{S}\p{Mn}\p{Cf}\p{Cs}!！]|[:;]-?[)(DPp])*$";

    public static bool Ends(string text) => Ending().IsMatch(text);

    /// <summary>The text without its question mark and what stands behind it.</summary>
    public static string Strip(string text) => Ending().Replace(text, string.Empty).TrimEnd();

    [GeneratedRegex("[?？]+" + Behind, RegexOptions.CultureInvariant)]
    private static partial Regex Ending();
}
