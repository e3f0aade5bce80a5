using System.Text.RegularExpressions;

namespace Assistant.Domain.Ai.Embedded;

/// <summary>English ways of asking. Order matters: what a person says about remembering wins over words inside the statement.</summary>
internal static partial class EnglishPatterns
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline;

    /// <summary>"Can you …", "I'd like you to …": what follows is asked for, even with a question mark.</summary>
    private const string Asking =
        @"(?<modal>(?:can|could|would|will)\s+you\s+(?:please\s+|kindly\s+)?|i\s*(?:want|need|['’]?d\s+like|would\s+like)\s+you\s+to\s+)?";

    /// <summary>What the assistant keeps.</summary>
    private const string Noted = "(?:notes?|facts?|memory|memories|entry|entries|messages?|data|one|ones|things?)";

    /// <summary>A "this" that points at what follows: "this: …", "this, …"; in "this is my car" it is the statement's own.</summary>
    private const string This = @"this\b(?=\s*[:,\n–—-]|\W*$|\s+(?:down|for\s+me)\b)";

    /// <summary>A "that" before a statement, but not its own: "that is my car", "that's Tom".</summary>
    private const string That = @"that\b(?!['’]|\s+(?:is|was)\b)";

    /// <summary>What makes a request of words that may also go on telling: "I read it and remember it".</summary>
    private const string Courteous = @"(?:please|pls|plz|kindly|(?:can|could|would|will)\s+you)\b";

    public static SpokenRequest Read(string text)
    {
        if (Greeting().IsMatch(text))
        {
            return new SpokenRequest.Greeting();
        }

        text = Opening().Replace(text, string.Empty, 1);
        if ((Memory(text) ?? SmallTalk(text)) is { } request)
        {
            return request;
        }

        if (EnglishForPerson.IsAsked(text))
        {
            return new SpokenRequest.AskForPerson();
        }

        return Question().IsMatch(text) || QuestionMark.Ends(text) ? new SpokenRequest.Recall(text) : new SpokenRequest.Other();
    }

    private static SpokenRequest? Memory(string text)
    {
        if (Dismissal().IsMatch(text))
        {
            return new SpokenRequest.Dismissal();
        }

        if (ListFacts().IsMatch(text))
        {
            return new SpokenRequest.ListFacts();
        }

        if (DoNotRemember().IsMatch(text))
        {
            return new SpokenRequest.DoNotRemember();
        }

        if (Forget().IsMatch(text) || Delete().IsMatch(text))
        {
            // "Forget it, I want to talk to a human."
            return EnglishForPerson.IsAsked(text) ? new SpokenRequest.AskForPerson() : new SpokenRequest.Forget();
        }

        if (Remind().Match(text) is { Success: true } remind)
        {
            return RemindOrRecall(remind, text);
        }

        var match = Remember().Match(text);
        return match.Success ? RememberOrRecall(match, text) : RememberBefore(text);
    }

    /// <summary>"Remind me where I parked" and "can you remind me of my code?" ask; "can you remind me to call Tom?" tells, and so does what begins with a time.</summary>
    private static SpokenRequest RemindOrRecall(Match match, string text)
    {
        var (when, statement) = (match.Groups["when"].Value, match.Groups["s"].Value);
        var isMarked = when.Length > 0 || match.Groups["to"].Success;
        var isQuestion = IsQuestion(text);
        if (!isMarked && (Wondering().IsMatch(statement) || isQuestion && !Soon().IsMatch(statement)))
        {
            return new SpokenRequest.Recall(text);
        }

        statement = Clean(statement, match.Groups["modal"].Success && isQuestion);
        return new SpokenRequest.Remind(when.Length == 0 || statement.Length == 0 ? statement : $"{when.TrimEnd()} {statement}");
    }

    /// <summary>"…, ok?" asks for nothing.</summary>
    private static bool IsQuestion(string text) => QuestionMark.Ends(text) && !Agreement().IsMatch(text);

    /// <summary>"Remember when …?", "can you remember my birthday?" and "can you remember this place?" ask; "can you remember that …?" tells.</summary>
    private static SpokenRequest RememberOrRecall(Match match, string text)
    {
        var statement = match.Groups["s"].Value;
        var isAsked = match.Groups["modal"].Success;
        var isQuestion = IsQuestion(text);
        var isMarked = match.Groups["that"].Success;
        var asks = !isMarked && (QuestionWord().IsMatch(statement) && !statement.Contains(':', StringComparison.Ordinal)
            || isQuestion && (!isAsked || !Copula().IsMatch(statement)));
        if (asks || isQuestion && !isAsked)
        {
            return new SpokenRequest.Recall(text);
        }

        return new SpokenRequest.Remember(Clean(statement, isAsked && isQuestion));
    }

    /// <summary>"Tea is at 5, remember that" and "… so can you remember it please?" have what stands before it remembered; "… in Rome, remember that?" asks.</summary>
    private static SpokenRequest.Remember? RememberBefore(string text)
    {
        if (PointingBack().Match(text) is not { Success: true } match || QuestionMark.Ends(text) && !match.Groups["asked"].Success)
        {
            return null;
        }

        var statement = text[..match.Index].Trim();
        return !Remark.IsOne(statement) && !PointingBack().IsMatch(statement) && Read(statement) is SpokenRequest.Other ? new SpokenRequest.Remember(statement) : null;
    }

    private static string Clean(string statement, bool isAsked)
    {
        var text = Courtesy().Replace(statement.Trim(), string.Empty);
        text = isAsked ? QuestionMark.Strip(text) : text;
        return Pronoun().IsMatch(text) ? string.Empty : text.Trim();
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

    [GeneratedRegex(@"^(?:/start(?:\s+\S+)?|(?:hi|hiya|hello|hey|howdy|yo|greetings|good\s+(?:morning|afternoon|evening|day))(?:[\s,]+(?:there|again|assistant|bot|all|everyone|hi|hello))*)\W*$", Options)]
    private static partial Regex Greeting();

    [GeneratedRegex(@"^(?:(?:hi|hiya|hello|hey|good\s+(?:morning|afternoon|evening)|there|ok|okay|so|well|oh|also|and|please|pls|kindly|assistant|bot)\b[\s,.!:;]+)+(?=[^\s,.!:;])", Options)]
    private static partial Regex Opening();

    [GeneratedRegex(@"^(?:never\s*mind|forget\s+(?:it|about\s+it)|no\s+worries|nothing|cancel)\W*$", Options)]
    private static partial Regex Dismissal();

    [GeneratedRegex(
        @"^(?:what\s+(?:do|can|did|else\s+do)\s+you\s+(?:know|remember|recall)(?:\s+(?:about|of)\s+me)?(?:\s+so\s+far)?"
        + @"|what\s+(?:have\s+i|did\s+i)\s+(?:told|tell|asked|ask)\s+you(?:\s+to\s+remember)?(?:\s+so\s+far)?"
        + @"|(?:list|show|tell)(?:\s+me)?\s+(?:(?:all|my|your|the|of)\s+)*(?:notes|facts|memories)"
        + @"|(?:do\s+you\s+)?(?:remember|know)\s+me|who\s+am\s+i|what(?:['’]?s|\s+is)\s+in\s+your\s+memory"
        + @"|(?:tell\s+me\s+)?(?:everything|all)\s+you\s+(?:know|remember)(?:\s+about\s+me)?)\W*$", Options)]
    private static partial Regex ListFacts();

    [GeneratedRegex(@"^(?:don['’]?t|do\s+not|never)\s+(?:remember|note|save|store|memori[sz]e|write|record)\b", Options)]
    private static partial Regex DoNotRemember();

    [GeneratedRegex(@"^(?:(?:can|could|would|will)\s+you\s+(?:please\s+)?)?(?:forget\b(?!\s+to\b)|(?:delete|erase|remove)\s+(?:everything|all|my\s+(?:data|notes|facts|memories)|what\s+you))", Options)]
    private static partial Regex Forget();

    /// <summary>
    /// Said to the assistant: "delete the gate code", "how do I delete a note?". "Remove the cake from the oven at 5" and "how do I remove a stain?" are of the
    /// person's own business.
    /// </summary>
    [GeneratedRegex(
        "^(?:" + Asking + @"(?:(?:delete|erase|remove|undo)(?:\s+(?:this|that|it|these|those|them)(?:\s+(?:one|again|now|please|pls|for\s+me))*)?\s*(?:[,.;!?]|$)"
        + @"|undo\s+the\s+last\b|(?:delete|erase|remove)\s+(?:what\b|(?:(?:the|my|that|this|your|last|latest|first|those|these|all|of|about)\s+)+" + Noted + @"\b)"
        + @"|(?:delete|erase|remove(?=\s+(?:the|my|our|his|her|their|this|that)\b))\s+(?!(?:keys?|buttons?)\b)"
        + @"(?:(?!\b(?:from|before|after|at|when|if|until|by|on|in|with|is|are|was|were|has|have|does|do|did|will|would|can|key|button)\b)[^,.;:!?\n]){1,60}[.!?,]*\s*(?:please|pls|thanks|thank\s+you)?\W*$)"
        + @"|(?:how\s+(?:do|can|could|would|should)\s+(?:i|you|we|one)|how\s+to|(?:can|could|may)\s+i|is\s+(?:it\s+possible|there\s+a\s+way)\s+to)\s+(?:delete|erase|remove|undo)"
        + @"(?:\s+(?:(?:an?|the|my|this|that|your|last|single|some|all|of)\s+)*(?:" + Noted + @"|something|anything|everything|this|that|it|them|these|those|what))?(?:\s+(?:i|you|we|about|again|here|please|that)\b.*)?\W*$)", Options)]
    private static partial Regex Delete();

    [GeneratedRegex("^(?:" + TimeWords.English + @"(?:and\s+|then\s+)?(?:please\s+|pls\s+|kindly\s+)?)?" + Asking + @"remind\s+me\b(?:\s+again\b)?\s*(?:(?<to>to\b|that\b)|about\b|of\b)?\s*(?<s>.+)$", Options)]
    private static partial Regex Remind();

    [GeneratedRegex("^" + TimeWords.EnglishTime, Options)]
    private static partial Regex Soon();

    /// <summary>"When I get home to …" says when, not what.</summary>
    [GeneratedRegex(
        @"^(?:what|where|who|whom|whose|which|how|why|whether|(?:what(?!s\s*app)|when|where|who|how|why)s)\b|^when\b(?!\s+(?!to\b)\S.*(?<!\b(?:have|has|had|need|needs|want|going|supposed)\s)\bto\b)", Options)]
    private static partial Regex Wondering();

    [GeneratedRegex(@"\b(?:ok|okay)\W*$", Options)]
    private static partial Regex Agreement();

    [GeneratedRegex(
        "^" + Asking
        + @"(?:(?:remember|memori[sz]e|don['’]?t\s+(?:ever\s+)?forget|do\s+not\s+forget|never\s+forget|keep\s+in\s+mind|bear\s+in\s+mind"
        + @"|(?:make|take)\s+a\s+note|(?:write|jot)\s+(?:this\s+|that\s+)?down)\b(?<that>(?:\s+(?:for\s+me\b|" + This + @"))+(?:\s+that\b)?|\s+" + That + @"(?:\s+for\s+me\b)?)?(?:\s+of\b)?"
        + @"|(?:note|save|store|record)(?:(?<that>(?:\s+(?:down\b|for\s+me\b|" + This + @"))+(?:\s+that\b)?|\s+" + That + @"(?:\s+down\b)?)|(?=\s+this\b))|note(?:\s+to\s+self)?(?=\s*:))"
        + @"\s*(?:[:,\-–—]|!+)?\s*(?<s>.*)$", Options)]
    private static partial Regex Remember();

    [GeneratedRegex(
        @"(?<=[^\s,.;!…–—])(?<!\b(?:said|says?|asked|yelled|wrote|told\s+(?:me|him|her|us|them|you)))"
        + @"(?:\s{0,3}[,.;!…\n–—]{1,3}\s{0,3}(?:so\s+|and\s+(?=" + Courteous + @"))?|\s+-\s+|\s+(?:so\s+|and\s+(?=" + Courteous + @"))|\s+(?=" + Courteous + "))"
        + @"(?:(?<asked>please|pls|plz|kindly)[\s,]+)?(?:(?<asked>can|could|would|will)\s+you\s+(?:please\s+|pls\s+|kindly\s+)?)?"
        + @"(?:(?:remember|memori[sz]e|note)\s+(?:this|that|it)(?:\s+(?:down|for\s+me))*|(?:write|jot)\s+(?:this|that|it)\s+down|keep\s+(?:this|that|it)\s+in\s+mind"
        + @"|don['’]?t\s+forget\s+(?:this|that|it)|make\s+a\s+note(?:\s+of\s+(?:this|that|it))?)"
        + @"(?:[\s,]+(?:(?<asked>please|pls|plz|thanks|thank\s+you)|ok|okay|for\s+me))*\W*$", Options)]
    private static partial Regex PointingBack();

    [GeneratedRegex(@"^(?:what|when|where|who|whom|whose|which|how|why|if|whether|(?:what(?!s\s*app)|when|where|who|how|why)s)\b", Options)]
    private static partial Regex QuestionWord();

    /// <summary>A verb, a sign or a number: more than a name for what one asks about.</summary>
    [GeneratedRegex(@"\b(?:is|are|am|was|were|has|have|had|likes?|lives?|needs?|will|starts?|costs?)\b|[=:\d]|['’](?:s|re|m)\b", Options)]
    private static partial Regex Copula();

    [GeneratedRegex(@"(?<![\s,;.])[\s,;.]*\b(?:please|thanks|thank\s+you|ok\?|okay\?)\W*$", Options)]
    private static partial Regex Courtesy();

    [GeneratedRegex(@"^(?:it|this|that|these|those|something|to|me)?\W*$", Options)]
    private static partial Regex Pronoun();

    [GeneratedRegex(@"^how(?:\s+are\s+you(?:\s+(?:doing|today|feeling))*|(?:\s+is|['’]?s)\s+it\s+going|\s+do\s+you\s+do)\W*$", Options)]
    private static partial Regex HowAreYou();

    [GeneratedRegex(@"^(?:kk?|ok|okay|sure(?:\s+thing)?|yep|yup|yeah|yes|al+\s*right|fine|got\s+it|understood|i\s+see|👍|👌|🆗|✅)[^\w?？]*$", Options)]
    private static partial Regex Assent();

    private const string Thanked = @"(?:many\s+)?(?:thanks|thank\s+you|thx|ty|cheers)(?:\s+(?:so\s+much|very\s+much|a\s+lot|again))*(?:\s+for\s+[^.!?,;\n]{1,40})?";

    [GeneratedRegex(@"^(?:" + Thanked + @"|🙏|great|perfect|awesome|nice|cool|ok|okay|got\s+it|good|super)(?:[\s,]+(?:so\s+much|very\s+much|a\s+lot|thanks|thank\s+you|again|then|job|bot|assistant|perfect|great))*\W*$", Options)]
    private static partial Regex Thanks();

    [GeneratedRegex(
        @"^(?>(?:" + Thanked + @"|great|perfect|ok|okay)[\s,.!]+(?:and\s+|then\s+)?)*(?:bye|bye\s*-?\s*bye|goodbye|good\s*night|see\s+(?:you|ya)(?:\s+(?:later|soon|tomorrow))?|take\s+care|later|cu)"
        + @"(?:[\s,.!]+(?:and\s+)?" + Thanked + @")?\W*$", Options)]
    private static partial Regex Farewell();

    [GeneratedRegex(@"^(?:who\s+are\s+you|who(?:['’]?s|\s+is)\s+this|who\s+am\s+i\s+(?:talking|speaking|chatting|writing)\s+(?:to|with)|what\s+are\s+you|what(?:['’]?s|\s+is)\s+your\s+name|are\s+you\s+(?:a\s+|an\s+)?(?:real\s+)?(?:human|person|bot|chatbot|robot|ai|machine|real)(?:\s+being)?)\W*$", Options)]
    private static partial Regex WhoAreYou();

    [GeneratedRegex(
        @"^(?:(?:/?help|(?:can|could|would|will)\s+you\s+(?:please\s+)?help|i\s+(?:really\s+)?need\s+(?:some\s+|your\s+)?help)(?:\s+(?:me|us))?(?:[\s,]+(?:out|now|please|pls|plz))*"
        + @"|what\s+can\s+you\s+help(?:\s+(?:me|us))?\s+with|how\s+(?:do|can)\s+i\s+use\s+(?:this|you)|/?menu|/?commands?|what\s+can\s+(?:you|i)\s+(?:do|ask|say)(?:\s+(?:for\s+me|here|with\s+you))?|what\s+do\s+you\s+do|how\s+(?:do\s+you|does\s+this|does\s+it)\s+work|how\s+can\s+you\s+help(?:\s+me)?|what\s+are\s+you\s+(?:able\s+to\s+do|good\s+at))\W*$", Options)]
    private static partial Regex Help();

    [GeneratedRegex(@"^(?:what(?:['’]?s|\s+is)\s+(?:the\s+)?(?:current\s+|today['’]?s\s+)?(?:date|day|time)(?:\s+(?:today|now|is\s+it))*|what\s+(?:day|date|time)\s+is\s+(?:it|today)(?:\s+(?:today|now))*)\W*$", Options)]
    private static partial Regex Clock();

    /// <summary>
    /// Words that ask at the beginning of a sentence ("whats" like "what's", but not "Whats App"), and of those that also begin a statement ("May 3rd is…",
    /// "Will is my brother", "When I was in Lisbon", "Have a dog") the ones whose verb stands before its subject. Everything else asks with a question mark.
    /// </summary>
    [GeneratedRegex(
        @"^(?:what(?!\s+an?\b)|where|who|whom|whose|how|why|(?:what(?!s\s*app)|where|who|how|why)s|did|does|am\s+i|(?:can|could|should|would)(?!['’]t|\s+(?:not|rather|like|love)\b)|tell\s+me|find|search|look\s+up|recall"
        + @"|(?:is|are|was|were)(?!\s+(?:not|in|at|on|with|from)\b)|has(?!\s+(?:an?|not|no|been|to)\b)"
        + @"|when(?:['’]?s|\s+(?:(?:exactly|again|else|next)\s+)?(?:is|are|am|was|were|do|does|did|will|would|can|could|should|shall|may|might|must|has|have|had))"
        + @"|which(?!\s+(?:reminds|means|makes|brings|leads|shows|explains|i|we|you|he|she|they|(?:is|was)\s+(?:why|how|what|when|where))\b)"
        + @"|will\s+(?:i|you|we|he|she|it|they|there|this|that|these|those|my|your|our|his|her|their|the|any\w*|some\w*)"
        + @"|(?:do|have)\s+(?:i|you|we|they|any(?:one|body))|may\s+(?:i|you|we|he|she|it|they|there))\b", Options)]
    private static partial Regex Question();
}
