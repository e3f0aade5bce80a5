namespace Assistant.Domain.Ai.Embedded;

/// <summary>
/// Patterns of a time to come, as people put it before what they ask for: "in ten minutes, remind me …", "明天早上八点提醒我…". A fixed list: what
/// does not belong to a time ("he", "don't", 别, 取消) is in none of them, so that only a request begins like this.
/// </summary>
internal static class TimeWords
{
    private const string EnglishNumber =
        @"(?:\d{1,4}|an?|half\s+an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety|a\s+few|a\s+couple\s+of)";

    private const string Month = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}";

    /// <summary>One English time.</summary>
    public const string EnglishTime =
        @"(?:in\s+(?:about\s+)?" + EnglishNumber + @"\s*(?:secs?|seconds?|mins?|minutes?|h|hrs?|hours?|days?|weeks?|months?|years?)\b"
        + @"|(?:(?:on|by|before|next|this|every|each|until)\s+){0,2}(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b"
        + @"|(?:(?:next|this|every|each|the\s+next|in\s+the|at|first\s+thing\s+in\s+the)\s+)?(?:morning|noon|afternoon|evening|night|midnight)\b"
        + @"|(?:next|this|every|each)\s+(?:day|week|weekend|month|year)\b"
        + @"|(?:by\s+)?(?:today|tonight|tomorrow)\b|the\s+day\s+after\s+tomorrow\b|later\b|soon\b"
        + @"|(?:at|by|around|before|after)\s+(?:\d{1,2}(?:[:.]\d{2})?(?:\s*(?:[ap]\.?m\b\.?|o['’]?clock))?|" + EnglishNumber + @"(?:\s+o['’]?clock)?|noon|midnight|breakfast|lunch|dinner|work|school|bed)(?!\w)"
        + @"|(?:on\s+)?(?:the\s+)?\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?" + Month + @"\b|(?:on\s+)?" + Month + @"\s+\d{1,2}(?:st|nd|rd|th)?\b|on\s+the\s+\d{1,2}(?:st|nd|rd|th)\b)";

    private const string ChineseNumber = "[0-9０-９零〇一二两三四五六七八九十百半几]{1,6}";

    private const string ChineseTime =
        "(?:在|到|等到?|过)?(?:"
        + "大?后天|今[天早晚日]|明[天早晚日]|当天|每[天日周月年早晚]|(?:下+个?|这个?|本|每个?)?(?:周|星期|礼拜)[一二三四五六日天末]|(?:下+个?|这个?|本)(?:周|星期|礼拜|月)|月[初底末]|年底|周末"
        + "|早上|早晨|清晨|上午|中午|正午|下午|傍晚|晚上|夜里|半夜|凌晨"
        + "|" + ChineseNumber + "[:：]" + ChineseNumber + "|" + ChineseNumber + "[点时](?:" + ChineseNumber + "[分刻]?|钟|整)?"
        + "|" + ChineseNumber + "月(?:" + ChineseNumber + "[日号]?)?|" + ChineseNumber + "[日号]"
        + "|" + ChineseNumber + "个?半?(?:秒钟?|分钟?|刻钟|小时|钟头|天|周|星期|礼拜|月|年)半?(?:之后|以后|过后|后)"
        + "|(?:等|过)" + ChineseNumber + "个?半?(?:秒钟?|分钟?|刻钟|小时|钟头|天|周|星期|礼拜|月|年)半?"
        + "|(?:等|待|过)一?会儿?|一会儿?|等一?下|稍后|晚点儿?|晚些时候|回头|以后|之后|到时候?|届时"
        + "|(?:早饭|午饭|晚饭|饭|上班|下班|上学|放学|上课|下课|睡觉|出门|回家|起床)(?:之?前|之?后|以前|以后|时)"
        + ")(?:的?时候|之前|以前|前|左右|的)?[，,、\\s]*";

    /// <summary>One to six English times before what is asked for, in the group "when".</summary>
    public const string English = "(?<when>(?:" + EnglishTime + @"[\s,:;–-]+){1,6})";

    /// <summary>One to eight Chinese times before what is asked for, in the group "when".</summary>
    public const string Chinese = "(?<when>(?:" + ChineseTime + "){1,8})";
}
