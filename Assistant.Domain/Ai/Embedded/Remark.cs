using System.Text.RegularExpressions;

namespace Assistant.Domain.Ai.Embedded;

/// <summary>Words about the conversation rather than the world: "that's wrong", "错了", "/stop", "write me a poem". They tell nothing, and nothing is looked up for them.</summary>
internal static partial class Remark
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline;

    /// <summary>Longer texts tell something, and would cost much to read.</summary>
    private const int MaxChars = 1_000;

    private const string Judged =
        "(?:wrong|right|correct|incorrect|true|untrue|false|great|good|nice|bad|sad|funny|weird|strange|odd|ok|okay|fine|enough|useless|stupid|dumb|silly|annoying|rubbish|nonsense|a\\s+pity|a\\s+shame|it|all)";

    public static bool IsOne(string text)
    {
        text = text.Trim();
        return text.StartsWith('/') || !text.Any(char.IsLetterOrDigit)
            || text.Length <= MaxChars && (English().IsMatch(text) || Chinese().IsMatch(TraditionalForms.Fold(text)));
    }

    [GeneratedRegex(
        @"^(?:(?:no|nope|nah|hm+|oh|ah|ugh|oops|well|wow|ok|okay|but|sorry)[\s,.!…]+){0,3}(?:"
        + @"no+|nope|nah|wrong|right|not\s+(?:(?:really|quite|true|right|sure|yet|now|me)|th(?:at|is)(?:\s+one)?)"
        + @"|(?:that|this|it)(?:['’]?s|\s+is|\s+was|\s+isn['’]?t|\s+wasn['’]?t)\s+(?:(?:not|all|so|very|really|totally|completely|just|quite|too|still)\s+){0,2}" + Judged
        + @"|(?:you(?:['’]?re|\s+are|\s+were)|(?:that|how|so|too|very))\s+(?:(?:so|very|really|totally|completely|still|being)\s+){0,2}" + Judged
        + @"|you\s+(?:got|have|had)\s+(?:that|this|it)\s+(?:all\s+)?wrong|i\s+(?:already\s+|just\s+)?(?:told\s+you|said|did)(?:\s+(?:so|that|this|it|already|before))*"
        + @"|i\s+(?:don['’]?t|do\s+not)\s+(?:know|remember|care|mind|understand|get\s+it)(?:\s+(?:it|that|this|either|yet|exactly))*|no\s+(?:idea|clue|way|problem|matter)|me\s+(?:neither|too)"
        + @"|stop(?:\s+(?:it|that|this))?|wait|hold\s+on|(?:one|just\s+a)\s+(?:moment|second|minute|sec)|let\s+me\s+(?:think|look|see|check|ask)(?:\s+(?:it|that))?|later|hm+|wow|oh|ah|ugh|oops|sorry|damn"
        + @"|(?:ha|he){2,}h?|lol|lmao|rofl|omg|wtf|test(?:ing)?|really|seriously|never|what\s+a\s+(?:pity|shame)|nice\s+(?:one|try|work)|well\s+done|never\s*mind"
        + @"|(?:please\s+|pls\s+)?(?:write|give|show|send|make|draw|sing|tell|play|explain|translate|read)\s+(?:me|us)\b.*|(?:please\s+)?ignore\s+(?:all|any|your|the|previous|every)\b.*"
        + @")[^\w?？]*$", Options)]
    private static partial Regex English();

    [GeneratedRegex(
        @"^(?:[不唉哎啊哦嗯噢呃额][，,。.！!…\s]*){0,3}(?:"
        + @"不(?:是|对|行|好|要|会吧|是吧|客气)?|(?:不是|不要)?(?:这|那)(?:个|样|条)(?:吗)?|(?:你|这|那|这个|那个|又|都|全)*(?:说|弄|搞|记|答|听|理解)?错[了啦]|(?:你|这|那|这个|那个)*(?:不对|是错的|不是真的|没用|真?笨)"
        + @"|(?:哈|呵|嘿|嘻){1,9}|唉|哎呀?|呃|额|啊|哇|天[哪啊]|真的|真?(?:可惜|遗憾|糟糕|厉害|不错|无聊|没劲)|笨蛋|停|停下|停止|闭嘴|等等|等一?下|稍等"
        + @"|我?也?(?:不知道|不记得|不清楚|不确定|没印象)|忘了|我?(?:已经|刚才|之前|都)*(?:说过|告诉过?你|跟你说过)|(?:我|让我)?(?:看看|想想|想一?下|看一?下|查查|查一?下|问问|找找)|测试(?:一?下)?|回头再说|以后再说"
        + @"|(?:请|麻烦|你|帮我|给我|替我)*(?:给我|帮我|替我)(?:写|画|讲|唱|翻译|查|搜|算|做|推荐|解释)[^？?]*"
        + @")[了啦啊呀吧哦呢哈]*[^\w?？]*$", Options)]
    private static partial Regex Chinese();
}
