using System.Text.RegularExpressions;

namespace Assistant.Domain.Ai.Embedded;

/// <summary>Whose things a text is about: "我的电话" is not "我弟的电话", nor what somebody else calls theirs, though they share every word of the question.</summary>
internal static partial class Belonging
{
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    private const string Relative =
        "我们?家?的?(?<who>弟|哥|爸|[妈媽]|姐|妹|[叔伯舅嫂]|姑(?!且)|姨|老婆|老公|媳[妇婦]|妻子|太太|丈夫|先生|[爱愛]人|对象|男朋友|女朋友|男友|女友|儿子|女儿|孩子|[宝寶][宝寶]"
        + "|孙子|[孫孙]女|[爷爺][爷爺]|奶奶|外公|外婆|姥姥|姥[爷爺]|公公|婆婆|岳父|岳母|父[亲親]|母[亲親]|同事|同学|朋友|室友|老[师師]|老[板闆])";

    /// <summary>Whether the one is about the speaker's own and the other about a relative's, or each about another's.</summary>
    public static bool Differs(string question, string statement)
    {
        var (asked, told) = (TraditionalForms.Fold(question), TraditionalForms.Fold(statement));
        if (Named().Match(asked) is { Success: true } whose)
        {
            return !told.Contains(whose.Groups["who"].Value, StringComparison.Ordinal) && (Own().IsMatch(told) || Subject().IsMatch(told));
        }

        return Own().IsMatch(asked) && !Own().IsMatch(told)
            && Subject().Match(told) is { Success: true } other && !asked.Contains(other.Groups["who"].Value, StringComparison.Ordinal);
    }

    /// <summary>Whether a question is about what is the asker's own: not "can I open it?" nor "tell me", which merely ask.</summary>
    public static bool IsOwn(string question) => Asker().IsMatch(TraditionalForms.Fold(question));

    [GeneratedRegex(Relative, Options)]
    private static partial Regex Named();

    /// <summary>Where a clause begins with them: "钥匙在我妈那里" is about a key.</summary>
    [GeneratedRegex(@"(?<=^|[，,。；;！!：:\s]|记住|记一下|记下来?|别忘了)" + Relative, Options)]
    private static partial Regex Subject();

    [GeneratedRegex("(?!" + Relative + ")我(?!们)", Options)]
    private static partial Regex Own();

    [GeneratedRegex(
        @"\b(?:my|mine|myself)\b|(?<!\b(?:can|could|may|might|must|shall|should|would)\s+)\bi\b|(?<!告诉|帮|给|跟|对|让|提醒|问)我(?!们|可以|应该|[能该要想])",
        Options | RegexOptions.IgnoreCase)]
    private static partial Regex Asker();
}
