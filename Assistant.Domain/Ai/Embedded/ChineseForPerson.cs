using System.Buffers;
using System.Text.RegularExpressions;

namespace Assistant.Domain.Ai.Embedded;

/// <summary>Whether a Chinese text asks for a person. Simplified characters.</summary>
/// <remarks>
/// The words of the wish also say that one did not have it ("我没说要转人工") and tell of former ones ("昨天转人工等了一小时"). Each place is judged by
/// its clause, and who complains of not getting a person ("为什么不给我转人工") wants one: in doubt a person is called.
/// </remarks>
internal static partial class ChineseForPerson
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline;

    /// <summary>Characters on either side that are looked at, which bounds what a long text costs.</summary>
    private const int Around = 40;

    /// <summary>Stands where the words of the wish begin.</summary>
    private const string Begin = "\u0001";

    /// <summary>Stands where they end.</summary>
    private const string End = "\u0002";

    /// <summary>Who answers for the other side. A manager is one only as theirs: "我要找经理谈加薪" is about one's own.</summary>
    private const string People =
        "(?:(?:一[个位名下]|个|位)?(?:你们的?)?(?:人工|真人|活人|客服(?:人员|[专專]员)?|[专專]员|工作人员|管理员|负责人|运营人员)(?!智能|智慧)"
        + "|你们的?(?:[总總店]?[经經]理|老[板闆]|主管|[领領]导|店[长長]|上司))";

    /// <summary>Where a clause begins: what names nobody in particular asks only there, and "家里来个人修空调" does not.</summary>
    private const string ClauseBegin = @"(?<=^|[，,。；;！!？?\s])(?>(?:请|麻烦你?|拜托|你们?|快点?|赶紧|赶快|马上|现在|立刻|就|帮我|给我|能不能|可不可以|可以|能)*)";

    private const string Whom = "(?:你们?|您|他们?|她们?|它|我们?|谁|别人|人|要|想|去|给|帮|再|来|先|主动|过)*";

    /// <summary>It ends as a question, which asks for what it denies: "没转人工吗？".</summary>
    private const string Doubts = "[^，,]*[吗么嘛](?:[，,]|$)";

    private static readonly SearchValues<char> ClauseEnds = SearchValues.Create("，,。；;！!？?\n");

    private static readonly SearchValues<char> SentenceEnds = SearchValues.Create("。；;！!？?\n");

    public static bool IsAsked(string text)
    {
        if (IsAskedIn(text))
        {
            return true;
        }

        // 转 人 工 is typed to get past a machine, but a space may also part two clauses.
        return Gap().IsMatch(text) && IsAskedIn(Gap().Replace(text, string.Empty));
    }

    private static bool IsAskedIn(string text)
    {
        if (Wonders().IsMatch(text))
        {
            return false;
        }

        for (var found = ForPerson().Match(text); found.Success; found = found.NextMatch())
        {
            if (IsMeant(text, found))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsMeant(string text, Match found)
    {
        var before = text.AsSpan(0, found.Index);
        before = before[(before.LastIndexOfAny(ClauseEnds) + 1)..];
        before = before[Math.Max(0, before.Length - Around)..];
        var wish = found.ValueSpan.TrimEnd("，,。；;！!？? \n");
        var after = text.AsSpan(found.Index + wish.Length);
        after = after[..Math.Min(after.Length, Around)];
        after = after.IndexOfAny(SentenceEnds) is >= 0 and var end ? after[..end] : after;
        return !Refusal().IsMatch($"{before}{wish}") && !Telling().IsMatch($"{before}{Begin}{wish}{End}{after}");
    }

    [GeneratedRegex(
        "转(?:接通?|到|去|给|至)?(?:一下)?" + People + "|(?:找|要|叫|联系|联络|呼叫|换|接通?)" + People + @"(?:服务|客服|坐席)?(?:来|聊|谈|说|问|咨询|处理|帮|[跟和与]我|吧|啊|呢|吗|么|嘛|[，,。！!？?\s]|$)"
        + @"|(?:talk|speak|chat)\s*(?:to|with)\s*" + People
        + "|(?:让|叫|请|派|安排)" + People + "(?:尽快|马上|赶紧|来)?(?:(?:联系|联络|回复|打(?:[电電]话)?给|[跟和与给])我|回[电電])(?![了过])"
        + "|" + ClauseBegin + @"(?:来一?[个位](?:活|真)?人|(?:叫|派|喊|换)(?:一?[个位])?(?:活|真)?人过?来|派(?:一?[个位])(?:活|真)?人)(?:啊|呀|吧|吗|么|嘛|行吗|帮|[跟和与]我|回|处理|解决|\W|$)"
        + @"|" + ClauseBegin + @"(?:我?[想要])?找一?[个位]人(?:来)?(?:聊聊?|谈谈?|说说?话?|咨询|问问|处理|帮忙)(?:一下)?\W*$"
        + @"|^(?:你们?|这里|这边|这儿|那边)?(?:还|到底|究竟)?有没有人(?:在|管|理我?|回我?|能帮我?)?(?:吗|么|嘛|呢|啊|呀)?\W*$"
        + "|(?:跟|和|与|同)" + People + "(?:客服)?(?:聊|谈|说|讲|沟通|对话|通话)"
        + "|^(?:请问|想问)?[，,\\s]*(?:你们?|这里|这边|这儿|那边)?还?(?:有没有" + People + "(?:客服|服务|坐席)?在?(?:吗|么|嘛|呢|啊)?|有" + People + @"(?:客服|服务|坐席)?在?(?:吗|么|嘛|呢))\W*$"
        + @"|^(?:人工|真人|客服)(?:客服|服务|坐席|人员|专员)?(?:在吗|呢|啊|来)?\W*$", Options)]
    private static partial Regex ForPerson();

    [GeneratedRegex(@"(?<=[\u3400-\u9fff])[ \t\u3000]+(?=[\u3400-\u9fff])", Options)]
    private static partial Regex Gap();

    /// <summary>Asks what it is, or why it would be done, but not why it is not.</summary>
    [GeneratedRegex("是什么|什么意思|为什么(?![^，,。！!？?]{0,8}[不没])", Options)]
    private static partial Regex Wonders();

    [GeneratedRegex("(?:不要|不用|不想|不需要|无需|(?<!特)别|不必)[^，,。！!？?]{0,4}(?:转|找|联系|联络|叫|跟|和|与|人工|真人|客服|工作人员|[专專]员)", Options)]
    private static partial Regex Refusal();

    [GeneratedRegex(
        "^(?![^" + Begin + "]*(?:怎么|咋|为什么|为啥|为何|凭什么|干嘛|干吗))[^" + Begin + "]*?(?:"
        // 我没转人工, 没让你转人工, 不是要转人工; but 你没转人工 and 还没转人工 complain.
        + "(?:(?<![有你您还]|[你您]们)没有?(?:(?:让|叫|请|要求|要|想|说|打算|同意|答应|允许|准|需要|必要)" + Whom + ")?(?:去|再|主动)?"
        + "|(?<![是你您])不是(?:(?:要|想|让|叫|请|说|来)" + Whom + ")?)" + Begin + "(?!" + Doubts + ")"
        + "|(?<=我|我们)还没有?" + Begin + "(?![转接])"
        // 先不转人工, 能不能不转人工; but 不转人工我就投诉.
        + "|(?:^|我们?|先|暂时|那|请|咱们?)不" + Begin + "(?!.*(?:就|的话))"
        + "|(?:能不能|可不可以|(?<!不)能否?|(?<!不)可以|可否)(?:请|先|就|暂时)?不" + Begin
        + "|谁(?:让|叫|说|要|请|允许)" + Whom + Begin
        + "|" + Begin + "[^，,]*" + End + "[^，,]?(?:就不[用必]|不[用必]了)"
        // It is over, unless nobody came.
        + "|(?:昨[天晚日]|前[天晚]|前[几两]天|上次|上回|上周|上个?(?:月|星期|礼拜)|去年|那天|那次|当时|之前|以前)[^" + Begin + "]*" + Begin + "[^" + End + "]*" + End
        + "(?:等|排队?|聊|谈|说|讲|问|用|花|处理|解决|也|就|都|才|又)*[了过](?!解)(?!.*(?:怎么|为什么|为啥|还没|还不|没人))"
        + "|" + Begin + "[^" + End + "]*(?:聊|谈|说|讲|问|咨询|沟通|对话|通话)" + End + "[了过](?![解来去])"
        // 小王转到客服部了 works there now.
        + "|" + Begin + "转[^" + End + "]*" + End + "(?:部门?|中心|岗位?|组|团队)(?:工作|上班|任职)?了"
        + ")", Options)]
    private static partial Regex Telling();
}
