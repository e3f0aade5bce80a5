using System.Text.RegularExpressions;

namespace Assistant.Domain.Ai.Embedded;

/// <summary>Chinese ways of asking. Without word boundaries a pattern says what must not follow (人工 but not 人工智能). Traditional characters and 您 are folded before.</summary>
internal static partial class ChinesePatterns
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline;

    private const string Polite = @"(?>请问|请你|请|麻烦你|麻烦|拜托你|拜托|劳驾|帮忙|帮我|替我|给我|能不能|可不可以|可以|能|你|助手|那|嗯|好的|一定要|一定|千[万萬]|可(?=别|不要)|要|也|还有)[，,、\s]*";

    private const string BeforeRemind = "(?:" + Polite + @"|(?>记得|别忘了|别忘记|不要忘了|不要忘记|务必|再|就)[，,、\s]*)*";

    private const string Verb =
        "(?:记住|记下来|记下|记一下|记一记|记着|记好|牢记|记录一下|记录下来|备忘(?!录)(?:一下)?|备忘录(?=\\s*[：:，,]|\\s+\\S)|别忘了|别忘记|别忘|不要忘了|不要忘记|记(?=[：:，,\\s])"
        + "|记一?[个件]事[情儿]?(?=[：:，,。\\s]|$)|记一?[个条]?笔记(?=[：:，,\\s])|(?:存|保存)一下|(?:记录|笔记|记[账帳賬]|存|保存)(?=\\s*[：:]))";

    /// <summary>"别忘啦", "记着点，…"; but 啦啦队 and 点心 are remembered.</summary>
    private const string AfterVerb = @"(?:了|哦|啊|吧|哈|呀|啦(?!啦)|点儿?(?=[：:，,。、！!\s]|$))?";

    /// <summary>将 stands for 把, but not in 将来.</summary>
    private const string Taking = "(?:把|[将將](?!来|近|要|会|军))";

    /// <summary>What points back at the clause before: "我叫李雷，请记住我的名字".</summary>
    private const string Said = "(?:我的?|这[个些条]?)(?:名字|姓名|称呼|电话|电话号[码碼]|手机号[码碼]?|号[码碼]|地址|住址|邮箱|生日|话)";

    private const string Interrogative = "什么|多少|哪(?![吒怕])|谁|几点|几号|几个|几岁|多大|多久|怎么|怎样|为啥|啥|咋|记不记得|是否|有没有|是不是|何时|何地";

    private const string InClause = "[^，,。；;！!？?\\n]";

    /// <summary>What the assistant was told is named so; "密码", "买牛奶" is what one has forgotten oneself.</summary>
    private const string Told = "(?:关于|有关)?(?:我|咱|你|您|这|那|它|他|她|刚才|刚刚|之前|以前|先前|前面|上面|以上|所有|全部|一切)";

    /// <summary>What the assistant keeps: "你记住的那条", "我说过的话".</summary>
    private const string Noted =
        "(?:我|你|刚才|刚刚|之前|以前|上面|前面|说过?|讲过?|告诉|记[住下着]?过?|的|这|那|一|所有|全部|了|[条條个件些句]|记录|笔记|备忘录?|记忆|消息|信息|内容|东西|数据|资料|话|事情?|它){0,8}";

    private const string Ended = "(?<![好算得行])了[吗么嘛呢啊呀哦噢啦哎唉]?";

    private const string ClauseEnd = "(?:[\\s，,。；;！!？?~～…]|$)";

    /// <summary>It has happened: "忘记密码了", "把密码忘记了", but not "忘了他好了", "把他忘记了吧". And "忘了车停在哪" wonders.</summary>
    private const string HasForgotten =
        "(?:把" + InClause + "{1,200}忘[记掉]" + InClause + "{0,200}" + Ended + ClauseEnd
        + "|忘[记掉了]" + InClause + "{0,200}" + Ended + "吧?" + ClauseEnd
        + "|(?:把" + InClause + "{1,200})?忘了" + InClause + "{0,200}(?:" + Interrogative + "))";

    public static SpokenRequest Read(string text)
    {
        var folded = TraditionalForms.Fold(text);
        if (Greeting().IsMatch(folded))
        {
            return new SpokenRequest.Greeting();
        }

        var opening = Opening().Match(folded).Length;
        (text, folded) = (text[opening..], folded[opening..]);
        if ((Memory(folded, text) ?? SmallTalk(folded)) is { } request)
        {
            return request;
        }

        if (ChineseForPerson.IsAsked(folded))
        {
            return new SpokenRequest.AskForPerson();
        }

        return IsQuestion(folded) ? new SpokenRequest.Recall(text) : new SpokenRequest.Other();
    }

    /// <param name="original">What <paramref name="text"/> was folded from: statements are cut out of it.</param>
    private static SpokenRequest? Memory(string text, string original)
    {
        if (Dismissal().IsMatch(text))
        {
            return new SpokenRequest.Dismissal();
        }

        if (ListFacts().IsMatch(text))
        {
            return new SpokenRequest.ListFacts();
        }

        if (IsKept().IsMatch(text))
        {
            return new SpokenRequest.ListFacts();
        }

        if (DoNotRemember().IsMatch(text))
        {
            return new SpokenRequest.DoNotRemember();
        }

        if (Ability().IsMatch(text))
        {
            return new SpokenRequest.Help();
        }

        if (Remind().Match(text) is { Success: true } remind)
        {
            return RemindOrRecall(remind, original);
        }

        if (IsKeptOf().IsMatch(text))
        {
            return new SpokenRequest.Recall(original);
        }

        if (Remember().Match(text) is { Success: true } told)
        {
            return RememberOrRecall(told, original);
        }

        return Forget().IsMatch(text) || Delete().IsMatch(text) ? new SpokenRequest.Forget() : RememberBefore(text, original);
    }

    /// <summary>"提醒我开会是几点" and "提醒我开会了吗" ask; "能提醒我开会吗", "提醒我问他几点来" and what begins with a time tell.</summary>
    private static SpokenRequest RemindOrRecall(Match match, string original)
    {
        var (when, statement) = (Cut(match.Groups["when"], original), Clean(Cut(match.Groups["s"], original)));
        var folded = TraditionalForms.Fold(statement);
        var isQuestion = QuestionEnd().IsMatch(folded);
        var asks = when.Length == 0 && Asked().Match(folded) is { Success: true } asked && !Errand().IsMatch(folded[..asked.Index]);
        if (asks || isQuestion && !IsAsked(match))
        {
            return new SpokenRequest.Recall(original);
        }

        statement = CutOff(statement, QuestionEnd());
        return new SpokenRequest.Remind(statement.Length == 0 ? statement : when + statement);
    }

    /// <summary>"你记住了几个电话" asks; "记住几个要点" and "记住了几点：…" tell.</summary>
    private static bool AsksHowMany(Match match)
        => match.Value[..match.Groups["s"].Index].EndsWith('了') && HowMany().IsMatch(match.Groups["s"].Value);

    private static bool IsAsked(Match match) => Modal().IsMatch(match.Value[..match.Groups["s"].Index]);

    /// <summary>"记得我的生日吗" and "能记住谁的生日吗" ask, "记得明天买牛奶" and "能帮我记一下喝茶5点吗" tell.</summary>
    private static SpokenRequest RememberOrRecall(Match match, string original)
    {
        var statement = Clean(Cut(match.Groups["s"], original));
        var folded = TraditionalForms.Fold(statement);
        if (AsksHowMany(match) || AsksMeaning().IsMatch(match.Value))
        {
            return new SpokenRequest.Recall(original);
        }

        if (IsAsked(match) && Asked().Match(folded) is { Success: true } asked && (asked.Index == 0 || QuestionEnd().IsMatch(folded)))
        {
            return new SpokenRequest.Recall(original);
        }

        var isQuestion = QuestionEnd().IsMatch(folded) || match.Groups["soft"].Success && IsQuestion(folded);
        var tells = Copula().IsMatch(folded) || !IsDone().IsMatch(folded) && (Number().IsMatch(folded) || Favour().IsMatch(match.Value[..match.Groups["s"].Index]));
        return isQuestion && (!tells || match.Groups["soft"].Success)
            ? new SpokenRequest.Recall(original)
            : new SpokenRequest.Remember(CutOff(statement, QuestionEnd()));
    }

    /// <summary>"喝茶五点你帮我记一下".</summary>
    private static SpokenRequest.Remember? RememberBefore(string text, string original)
    {
        if (PointingBack().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var statement = original[..match.Index].Trim();
        return !Remark.IsOne(statement) && !PointingBack().IsMatch(text[..match.Index]) && Read(statement) is SpokenRequest.Other ? new SpokenRequest.Remember(statement) : null;
    }

    private static string Cut(Group found, string original) => original.Substring(found.Index, found.Length);

    private static string CutOff(string text, Regex ending) => ending.Match(TraditionalForms.Fold(text)) is { Success: true } end ? text[..end.Index] : text;

    private static string Clean(string statement)
    {
        var text = CutOff(statement.Trim(), Courtesy()).Trim();
        return Pronoun().IsMatch(TraditionalForms.Fold(text)) ? string.Empty : text;
    }

    private static SpokenRequest? SmallTalk(string text) => text switch
    {
        _ when HowAreYou().IsMatch(text) => new SpokenRequest.HowAreYou(),
        _ when Assent().IsMatch(text) => new SpokenRequest.Assent(),
        _ when Thanks().IsMatch(text) => new SpokenRequest.Thanks(),
        _ when Farewell().IsMatch(text) => new SpokenRequest.Farewell(),
        _ when WhoAreYou().IsMatch(text) => new SpokenRequest.WhoAreYou(),
        _ when Help().IsMatch(text) => new SpokenRequest.Help(),
        _ when Clock().IsMatch(text) => new SpokenRequest.Clock(),
        _ => null,
    };

    private static bool IsQuestion(string text) => QuestionEnd().IsMatch(text) || QuestionWord().IsMatch(text);

    [GeneratedRegex(@"^(?:你好|您好|大家好|嗨|哈[喽罗啰]|早上好|早安|早啊?|上午好|中午好|下午好|晚上好|在吗|在么|在不在|有人吗)(?:[，,\s]*(?:啊|呀|哦|助手|机器人|你好|在吗|在么))*\W*$", Options)]
    private static partial Regex Greeting();

    [GeneratedRegex(@"^(?:你好|您好|嗨|哈[喽罗啰]|早上好|下午好|晚上好|hi|hello)[啊呀]?[\s，,。.!！：:、~～]+(?=\S)", Options)]
    private static partial Regex Opening();

    [GeneratedRegex(@"^(?:算了吧?|没事了?|没什么|不用了|取消|当我没说)\W*$", Options)]
    private static partial Regex Dismissal();

    [GeneratedRegex(
        @"^(?:请问)?你?(?:都|还)*(?:记得|知道|记住|了解|记)(?:了|着)?(?:关于|有关)?(?:我的?)?(?:哪些|些什么|什么|些啥|啥|(?:多少|几)[件条條个样]?)(?:事情|事儿?|东西|信息|内容)?(?:了|啊|呢)?\W*$"
        + @"|^(?:请问)?(?:关于我)[，,]?你?(?:都|还)*(?:记得|知道|了解)(?:些)?(?:什么|啥|哪些)\W*$"
        + @"|^我(?:都|之前)*(?:让|叫|要|请)(?:过)?你(?:都)?记(?:住|下|过|了)*(?:了)?(?:哪些|些什么|什么|啥)(?:事情|事|东西)?\W*$"
        + @"|^我(?:都|之前)*(?:告诉|跟|对|和)(?:过)?你(?:都)?(?:说)?(?:过|了)*(?:哪些|些什么|什么|啥)(?:事情|事|东西)?\W*$"
        + @"|^(?:请)?(?:列出|列一下|看看|查看|显示)?(?:所有|全部)?我的(?:所有|全部)?(?:备忘录?|笔记|记录)(?:有哪些|呢)?\W*$"
        + @"|^你还?(?:认识|记得)我(?:是谁)?吗?\W*$|^我是谁\W*$", Options)]
    private static partial Regex ListFacts();

    /// <summary>"记住了没有" asks whether it is kept, which what is kept answers; "记住了" and "记住吧" have it kept.</summary>
    [GeneratedRegex(@"^(?:请问)?(?:你|我说的|刚才的|这个|那个|都|到底|帮我|给我)*(?:记住|记下来?|记好|记着|记录下来)(?:了?(?:没有?[啊呀呢]?|吗|么|嘛)|了吧|了?(?=\W*[？?]))\W*$", Options)]
    private static partial Regex IsKept();

    /// <summary>"你记住我的生日没有".</summary>
    [GeneratedRegex(@"^(?:请问)?你(?:都|已经)?(?:记住|记下来?|记好|记得)了?[^，,。：:；;！!？?\s]{1,40}没有?[啊呀]?\W*$", Options)]
    private static partial Regex IsKeptOf();

    [GeneratedRegex("^(?:" + Polite + ")*(?:不要|别|不用|不必|无需|不许)(?:再|帮我)*(?:记|存|保存|备忘)", Options)]
    private static partial Regex DoNotRemember();

    [GeneratedRegex(
        "^(?:" + Polite + ")*(?:把[^。？?]{1,200}(?:删掉|删了|删除|清空)|(?:删除|删掉|清空|清除)(?:所有|全部|关于)?(?:我的?|你的?|我们的?)?(?:记忆|资料|数据|备忘|笔记|信息|讯息|记录))"
        + "|^(?!.*(?:怎么|咋|如何|为什么|为啥))(?:" + Polite + ")*(?:"
        + "(?<=请|请你|麻烦你?|拜托你?|劳驾|帮忙|帮我|替我|给我|能|能不能|可以|可不可以)(?:把[^。？?]{1,200})?忘[记掉了]"
        + "|(?!" + HasForgotten + ")(?:忘掉|忘[记了](?:" + Told + "|" + InClause + "{0,50}吧)|把" + Told + "[^。？?]{0,200}忘[记掉]?了|把[^。？?]{1,200}忘[记掉]))", Options)]
    private static partial Regex Forget();

    /// <summary>Said to the assistant: "删除门禁密码", "怎么删除". "删除照片要小心" and "怎么删除微信好友" are of the person's own business.</summary>
    [GeneratedRegex(
        "^(?:" + Polite + ")*(?:删除|删掉|删去|撤回|删了(?=[吧它这那]|刚))(?![键鍵了过的])(?:(?!是|需|会|要|就|都|(?<!刚)才|之?前(?![说讲告记的])|以?后(?!天)|时|失败|不了|方法|步骤|功能|按钮)"
        + InClause + "){0,20}\\W*$"
        + "|^(?:请问)?[我你]?[要想]?(?:怎么|怎样|如何|咋)才?(?:能|可以)?(?:(?:删除|删掉|删去|删|撤回)" + Noted + "|把" + Noted + "(?:删除|删掉|删了|删|撤回|清空))[呢啊呀吗]?\\W*$", Options)]
    private static partial Regex Delete();

    [GeneratedRegex("^" + BeforeRemind + "(?:" + TimeWords.Chinese + BeforeRemind + ")?(?:提醒(?:一下)?我|提醒一下)[：:，,\\s]*(?:一下)?[：:，,\\s]*(?<s>.+)$", Options)]
    private static partial Regex Remind();

    [GeneratedRegex(
        "^(?:" + Polite + ")*" + Taking + "(?:这[个件]?(?:事|[^：:，,\\s]{0,6}号[码碼]?)?|下面(?:的|这)[^：:，,]{0,6}|以下[^：:，,]{0,6})" + Verb + @"(?:了|吧|哦)?[：:，,！!\s]+(?<s>.+)$"
        + "|^(?:" + Polite + ")*" + Taking + "(?<s>.+?)(?:记住|记下来|记下|记一下|记录下来|记到备忘录?里?|存下来|存起来|存一下|保存下来|保存一下)(?:了|吧|哦|好吗|一下)?\\W*$"
        + "|^(?:" + Polite + ")*" + Verb + AfterVerb + @"[：:，,。、！!\s]*(?:这[个件点]?(?:事情?)?[：:，,])?(?<s>.*)$"
        + "|^(?:" + Polite + ")*(?<soft>记得|还记得)[：:，,！!\\s]*(?<s>.+)$"
        + @"|^(?<s>[^？?]+?)(?<![，,。；;！!\s])[，,。；;！!\s]+(?:" + Polite + ")*(?:(?:记住|记一下|记下来?)" + Said + "|记住|记一下|记下来?|记着|记好|存一下|保存一下|别忘了|不要忘了)(?:了|哦|啊|吧|好吗|哈)?\\W*$", Options)]
    private static partial Regex Remember();

    /// <summary>It is the assistant who is addressed: not in "我想让你帮我记一下" and "谢谢你帮我记一下".</summary>
    [GeneratedRegex(
        @"(?<=[^，,。；;！!？?\s]{3})(?:[，,。；;！!\s]{1,3}(?:请|麻烦|拜托)?你?|(?<![让叫谢求想要望果请烦托么天才前次经是等怕信得为说问讲])(?:(?:请|麻烦|拜托)你?|你))(?:能不能|可不可以|可以|能)?"
        + @"(?:帮我|替我|给我)(?:记住|记一下|记下来?|记着|记好)(?:一下|了|哦|啊|吧|哈|吗)?(?:[，,\s]*(?:好吗|好不好|可以吗|行吗|谢谢你?|谢啦))?\W*$", Options)]
    private static partial Regex PointingBack();

    /// <summary>What it is able to remember at all.</summary>
    [GeneratedRegex(
        @"^(?:请问)?你?(?:都|还)*(?:能不能|可不可以|能够?|可以|会)(?:帮我|替我)?(?:记得|记住|记下来?|记)(?:些)?(?:什么|啥|多少|哪些|几件|几个)(?:东西|事情|事儿?|信息|内容|资料)?(?:吗|么|嘛|呢|啊|呀)?\W*$", Options)]
    private static partial Regex Ability();

    [GeneratedRegex("(?:能|可以|可不可以)[^：:]*$", Options)]
    private static partial Regex Modal();

    [GeneratedRegex(Interrogative, Options)]
    private static partial Regex Asked();

    /// <summary>What is asked, looked up or bought there is part of what is to be done.</summary>
    [GeneratedRegex("[问查看买带选学写]|告诉|通知|确认|决定|准备", Options)]
    private static partial Regex Errand();

    [GeneratedRegex(@"(?:是|在|叫|为|等于|[:：=])", Options)]
    private static partial Regex Copula();

    [GeneratedRegex("^(?:几|多少)[^：:]*$", Options)]
    private static partial Regex HowMany();

    /// <summary>"记住密码是什么意思", but not "记住：OTP是什么意思".</summary>
    [GeneratedRegex(@"^[^：:]*(?:什么|啥)意思[啊呀呢吗]?\W*$", Options)]
    private static partial Regex AsksMeaning();

    /// <summary>"帮我记住密码了吗" asks whether it was done.</summary>
    [GeneratedRegex(@"[了过](?:吗|么|嘛|没有?)\W*$", Options)]
    private static partial Regex IsDone();

    /// <summary>A number that is told, not "5个电话", which counts.</summary>
    [GeneratedRegex(@"[0-9０-９](?![0-9０-９]*\s*[个件条條种位首遍次句篇])", Options)]
    private static partial Regex Number();

    [GeneratedRegex("(?:帮我|替我|给我)[^：:]*$", Options)]
    private static partial Regex Favour();

    [GeneratedRegex(@"(?<![，,。\s])[，,。\s]*(?:好吗|好不好|可以吗|行吗|谢谢你?|谢啦|拜托了?)[？?。!！~～\s]*$", Options)]
    private static partial Regex Courtesy();

    [GeneratedRegex(@"^(?:这个|这[个条串](?:号[码碼]|电话|地址)|这件事|这|那个|那|它|我|了|吧|一下|啊|呀|哦|噢|哟|喔|哈|呢|嘛|啦|(?:的|就[好行]|很?清楚)[了啊呀哦呢嘛吧啦]?)?\W*$", Options)]
    private static partial Regex Pronoun();

    [GeneratedRegex(@"^你(?:今天|最近)?(?:好吗|还好吗|怎么样|过得怎么样|过得好吗)\W*$", Options)]
    private static partial Regex HowAreYou();

    [GeneratedRegex(
        "^(?>(?:嗯+|[哦噢喔]+|好+|行|成|[对對]|是|okay|ok|知道|明白|懂|了解|收到|可以|没问题|就这样)(?:的|滴|哒|嘞|啊|呀|吧|啦|了)*[，,、\\s]*){1,4}[^\\w?？]*$", Options)]
    private static partial Regex Assent();

    [GeneratedRegex(@"^(?:(?:好的?|嗯|非常|太)[，,\s]*)?(?:(?:谢谢|多谢|感谢)你?(?:的?(?:帮助|帮忙))?|谢啦|谢了|辛苦了?|好的?|知道了|明白了?|收到|可以|不错|太好了|太棒了|棒|厉害|嗯+|3q)(?:[，,\s]*(?:谢谢你?|多谢|啦|了|啊|哦|你))*\W*$", Options)]
    private static partial Regex Thanks();

    [GeneratedRegex(@"^(?:(?:好的?|嗯|(?:谢谢|多谢|感谢)你?(?:的?(?:帮助|帮忙))?|谢啦|谢了)[啦了啊，,。！!\s]*)*(?:再见|拜拜|拜|晚安|回见|回头见|明天见|下次见|先这样|886?)(?:啦|了|吧|哦)?\W*$", Options)]
    private static partial Regex Farewell();

    [GeneratedRegex(@"^(?:请问)?你(?:是谁|是什么|们?是[干做](?:什么|啥)用?的|叫什么(?:名字)?|叫啥|的名字是什么|是(?:不是)?(?:一?个?)(?:机器人|真人|人类|人|ai|人工智能|人工智慧)吗?)(?:啊|呀|呢)?\W*$", Options)]
    private static partial Regex WhoAreYou();

    [GeneratedRegex(@"^(?:/help|帮助|帮帮我|请?帮(?:我一?下|我?个忙)|你?(?:能不能|可不可以|能|可以)帮(?:帮|一?下)?(?:我|忙)(?:一?下|个忙)?吗?|我?(?:需要|要)你?的?(?:帮助|帮忙)|菜单|使用说明|怎么用(?:你)?|(?:请问)?你(?:都|还)*(?:能|会|可以)(?:帮我)?(?:做|干|帮我)?(?:些)?(?:什么|啥|哪些|哪些事)(?:事情?|忙)?|你?有(?:什么|哪些)功能|你的功能(?:是什么|有哪些))(?:呢|啊|呀)?\W*$", Options)]
    private static partial Regex Help();

    [GeneratedRegex(@"^(?:请问)?(?:今天|现在)(?:是|的)?(?:几号|几月几[号日]|星期几|周几|礼拜几|什么日子|日期(?:是(?:什么|多少))?|几点[了钟]*|什么时间|时间)(?:啊|呀|呢)?\W*$", Options)]
    private static partial Regex Clock();

    [GeneratedRegex("(?:吗|么|嘛|呢|没有?)?[？?]+" + QuestionMark.Behind + "|(?:吗|嘛|呢)[。.]*" + QuestionMark.Behind, Options)]
    private static partial Regex QuestionEnd();

    /// <summary>Not "谁都知道" and "没什么问题", which name everybody and nothing, and not "找到了", which is done.</summary>
    [GeneratedRegex("(?<!没|没有)(?:" + Interrogative + @")(?![^，,。；;！!？?\n]{0,2}[都也])|^(?:(?:查|找|搜)(?![到完了着过])|回忆|告诉我)|我(?:之前|以前|上次|昨天)?(?:说过|提过|提到过|讲过)", Options)]
    private static partial Regex QuestionWord();
}
