using System.Text.RegularExpressions;

namespace Assistant.Domain.Ai.Embedded;

/// <summary>Whether an English text asks for a person.</summary>
/// <remarks>
/// A wish fills a clause: "My card was stolen, I need to speak to a human. Thanks" asks, "I want to talk to a human is what he said" tells. What names no
/// one who wishes ("talk to someone", "an operator") is one only as the whole text, or with a please: else it is a piece of advice or of a list.
/// </remarks>
internal static partial class EnglishForPerson
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline;

    /// <summary>Characters on either side that are looked at, which bounds what a long text costs.</summary>
    private const int Around = 40;

    private const string Soon = "please|pls|plz|now|asap|today|tonight|already|immediately|urgently|directly|right\\s+(?:now|away)|at\\s+once|as\\s+soon\\s+as\\s+possible|if\\s+possible";

    private const string Nouns =
        "human|person|people|agent|operator|someone|somebody|representative|rep|support|staff|colleague|employee|manager|supervisor";

    private const string Person =
        @"(?:(?:a|an|the|some|your|another)\s+)?(?:(?:real|live|actual|human)\s+)*"
        + "(?:" + Nouns + @"|customer\s+(?:service|support|care))"
        + @"(?:[\s,]+(?:being|agent|operator|real|person|else|instead|here|team|" + Soon + "))*"
        + @"(?:\s+(?:from|of|on|in)\s+(?:your|the)\s+(?:(?:customer|support|service)\s+)*(?:team|support|service|staff))?";

    private const string Human = @"(?:human(?:\s+(?:being|agent|operator|support|help))?|operator|agent|representative|real\s+(?:person|people)|live\s+person)";

    /// <summary>The beginning of a clause, and what people begin it with.</summary>
    private const string Begin =
        @"(?:^|[.!?,;:…\n(]|\s[-–—]+\s|\s(?=(?:and|but|so)\s))(?>\s*)(?>(?:(?:hi|hello|hey|please|pls|ok|okay|so|and|but|then|well|now|also|yes|yeah|no|sorry|anyway|thanks)\b[\s,]*)*)";

    /// <summary>The end of a clause, or what is said of the wish. Not a closing quote: there somebody else wishes.</summary>
    private const string End =
        @"(?:[\s,]+(?:not|instead\s+of|(?:rather\s+)?than)\s+(?:(?:talk|speak|chat)(?:ing)?\s+)?(?:(?:to|with)\s+)?(?:(?:a|an|the|this|some|another)\s+)?(?:bots?|chatbots?|robots?|machines?|ai|computers?|programs?|assistants?|you)\b)?"
        + @"(?=\s+(?:about|who|regarding|concerning|because|cause|cos|since|as|and|but|so)\b|\s+[-–—]|\s*[.!?,;…\n()\p{So}\p{Cs}]|[^\w""”'’»]*$)";

    private const string Wish =
        @"(?:i\s*(?:(?:really|just|also|still)\s+)*(?:want|need|wish|['’]?d\s+like|would\s+like|['’]?d\s+rather|would\s+rather|prefer|have|must)\s+(?:to\s+)?"
        + @"|(?:can|could|may)\s+(?:i|we)\s+(?:please\s+)?|why\s+can(?:['’]?t|not)\s+(?:i|we)\s+|i\s+wish\s+i\s+could\s+|let\s+me\s+|how\s+(?:do|can)\s+i\s+|is\s+it\s+possible\s+to\s+)";

    private const string Talk = @"(?:talk|speak|chat)(?:ing)?\s+(?:to|with)\s+" + Person;

    public static bool IsAsked(string text)
    {
        if (!Named().IsMatch(text))
        {
            return false;
        }

        if (Alone().IsMatch(text))
        {
            return true;
        }

        for (var found = Wished().Match(text); found.Success; found = found.NextMatch())
        {
            var after = found.Index + found.Length;
            if (!Told().IsMatch(text[Math.Max(0, found.Index - Around)..found.Index]) && !Taken().IsMatch(text[after..Math.Min(text.Length, after + Around)]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A text without any of these words asks for nobody: most texts, and seen far sooner than by reading their clauses. "Reply" is not a rep.</summary>
    [GeneratedRegex(@"\b(?:" + Nouns + @"|customer)\b", Options)]
    private static partial Regex Named();

    [GeneratedRegex(
        Begin + "(?:" + Wish + Talk + End
        + @"|(?:(?:can|could|would|will)\s+you\s+(?:please\s+)?)?(?:connect|transfer|put|switch|hand|pass|get|give|send|escalate|forward)\s+"
        + @"(?:me|us|this)(?:\s+(?:over|through|up|back))?(?:\s+(?:to|with))?\s+" + Person + End
        + @"|(?:i\s*(?:(?:really|just|also|still)\s+)*(?:want|need|demand|prefer|would\s+like|['’]?d\s+like)|is\s+there|are\s+there|(?:can|could|may)\s+(?:i|we)\s+(?:please\s+)?(?:get|have|reach))\s+"
        + @"(?:(?:a|an|the|any)\s+)?(?:(?:real|live)\s+)?" + Human + @"(?:[\s,]+(?:here|there|around|available|i\s+can\s+(?:talk|speak)\s+(?:to|with)|" + Soon + "))*" + End
        + @"|(?:(?:a|an|the|any)\s+)?(?:(?:real|live)\s+)?" + Human + @"(?:[\s,]+(?:" + Soon + @"))+(?=\s*(?:[.!?,;…\n]|$)))"
        + @"|[.!?\n]\s*" + Human + @"\s*!", Options)]
    private static partial Regex Wished();

    [GeneratedRegex(
        "^(?:" + Talk + End + @"|(?:(?:a|an|the|any)\s+)?(?:(?:real|live)\s+)?" + Human + @"(?:\s+(?:here|there|around|available|" + Soon + @"))*\W*$)", Options)]
    private static partial Regex Alone();

    /// <summary>Somebody else said so, or one did not: "he said, I want …", "I never said, I want …"; but "I said, I want …" insists.</summary>
    [GeneratedRegex(
        @"(?<!\bi\s+(?:(?:already|just|have)\s+)*)\b(?:said|says?|saying|wrote|writes|writing|shout(?:s|ed)|yell(?:s|ed)|ask(?:s|ed)|(?:told|tells?|telling)\s+\w+|means?|words|called|titled)[\s:,""“-]*$", Options)]
    private static partial Regex Told();

    /// <summary>It is taken back, or turns out to be told: "…, he said", "…, is what he said", "… Never mind."</summary>
    [GeneratedRegex(
        @"^\W*(?:(?:he|she|they|somebody|someone|everyone|(?:my|the|a|your|his|her)\s+\w+)\s+(?:said|says|say|wrote|writes|shouts|shouted|yelled|asked|told)\b|(?:is|was)\s+(?:what|how|all)\b|(?:said|says)\s+\w|never\s*mind\b|forget\s+(?:it|that)\b|just\s+kidding\b)", Options)]
    private static partial Regex Taken();
}
