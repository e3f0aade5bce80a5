namespace Assistant.Domain.Ai.Embedded;

/// <summary>What the embedded engine says, in one language. Markdown; <c>{0}</c> and <c>{1}</c> are filled with text that is escaped already.</summary>
internal sealed record Phrases
{
    public required string Greeting { get; init; }
    public required string GreetingByName { get; init; }
    public required string Introduction { get; init; }
    public required string HowAreYou { get; init; }
    public required string Thanks { get; init; }
    public required string Farewell { get; init; }
    public required string AllRight { get; init; }
    public required string WhoAreYou { get; init; }
    public required string Help { get; init; }
    public required string Clock { get; init; }
    public required string Remembered { get; init; }
    public required string RememberWhat { get; init; }
    public required string CannotRemind { get; init; }
    public required string WillNotRemember { get; init; }
    public required string StaysNoted { get; init; }
    public required string CannotForget { get; init; }
    public required string PersonCalled { get; init; }
    public required string PassedOn { get; init; }
    public required string NoFacts { get; init; }
    public required string Facts { get; init; }
    public required string NewestFacts { get; init; }
    public required string PersonSaid { get; init; }
    public required string PersonForwarded { get; init; }
    public required string OtherSaid { get; init; }
    public required string SomebodyElse { get; init; }
    public required string ColleagueSaid { get; init; }
    public required string AssistantSaid { get; init; }
    public required string PerhapsRelated { get; init; }
    public required string NothingFound { get; init; }
    public required string Unknown { get; init; }
    public required string TextOnly { get; init; }

    public static Phrases In(SpokenLanguage language) => language == SpokenLanguage.Chinese ? Chinese : English;

    /// <summary>Whether the text promises, in either language, to remember the answer to the question before it.</summary>
    public static bool IsPromise(string text) => text == English.NothingFound || text == Chinese.NothingFound;

    /// <summary>Whether the text asks, in either language, what is to be remembered.</summary>
    public static bool AsksWhat(string text) => text == English.RememberWhat || text == Chinese.RememberWhat;

    private const string EnglishConnect =
        "I am answering without a language model at the moment. Whoever runs me can connect one in the console under **Engines**.";

    private const string ChineseConnect = "我现在没有连接语言模型。管理员可以在控制台的 **引擎** 页面连接一个。";

    private static Phrases English { get; } = new()
    {
        Greeting = "Hello! ",
        GreetingByName = "Hello {0}! ",
        Introduction = "I remember what you tell me and find it again. Say “help” to see how.",
        HowAreYou = "All well here, thank you. What can I keep in mind for you?",
        Thanks = "You're welcome!",
        Farewell = "Goodbye, see you soon!",
        AllRight = "All right.",
        WhoAreYou = "I am an assistant, a program and not a person. I remember what you tell me, find it again, and can call a person for you.",
        Help =
            """
            This is what I can do:

            - **Remember**: “Remember that the spare key is with Anna.”
            - **Find it again**: “Where is the spare key?” I quote what you said, with the date.
            - **Look back**: “What do you remember about me?”
            - **Call a person**: “I want to talk to a human.”
            - **Give you your data, or delete it**: “Export my data.” “Forget me.” Write these to me directly.


            """ + EnglishConnect,
        Clock = "It is {0}.",
        Remembered = "Noted. I will remember:",
        RememberWhat = "Gladly. What should I remember? For example: “Remember that the meeting is on Friday.”",
        CannotRemind = "I cannot send reminders by myself, but I have noted it, so you can ask me for it:",
        WillNotRemember = "All right, I will not note it down. It stays in our conversation, like every message.",
        StaysNoted =
            "What you told me just before stays noted: I cannot delete anything myself. Say “I want to talk to a human”, and a person can remove it for you.",
        CannotForget =
            "I cannot delete anything myself. To have everything about you deleted, write “forget me” to me directly; for a copy of it, “export my data”. "
            + "For a single thing say “I want to talk to a human”, and a person can remove it for you.",
        PersonCalled = "I have asked for a person. Someone will answer you here; until then you can keep writing.",
        PassedOn = "Somebody else wrote this and you passed it on, so I do nothing it asks for. If you want it yourself, tell me in a message of your own.",
        NoFacts = "You have not asked me to remember anything yet. Try: “Remember that my train leaves at 8:15.”",
        Facts = "This is what you asked me to remember:",
        NewestFacts = "These are the newest {0} of the things you asked me to remember:",
        PersonSaid = "On {0} you said:",
        PersonForwarded = "On {0} you forwarded, written by somebody else:",
        OtherSaid = "On {0} {1} said:",
        SomebodyElse = "somebody else",
        ColleagueSaid = "On {0} a colleague wrote to you:",
        AssistantSaid = "On {0} I said:",
        PerhapsRelated = "I am not sure, but this may be related.",
        NothingFound = "I don't know: I found nothing about that in what you told me. If you tell me, I will remember it.",
        Unknown = "I don't know what to say to that. " + EnglishConnect + " Say “help” to see what I can do now.",
        TextOnly = "I received it, but I can only read text. Could you describe it in words?",
    };

    private static Phrases Chinese { get; } = new()
    {
        Greeting = "您好！",
        GreetingByName = "您好，{0}！",
        Introduction = "您告诉我的事，我会记住，也能帮您找回来。说“帮助”看看怎么用。",
        HowAreYou = "我很好，谢谢。有什么要我记住的吗？",
        Thanks = "不客气！",
        Farewell = "再见，回头聊！",
        AllRight = "好的。",
        WhoAreYou = "我是一个助手，是程序，不是真人。我能记住您告诉我的事，帮您找回来，也能帮您请真人来。",
        Help =
            """
            我可以这样帮您：

            - **记住**：“记住备用钥匙在小安那里。”
            - **找回**：“备用钥匙在哪里？”我会引用您的原话和日期。
            - **回顾**：“你记得我什么？”
            - **请真人**：“转人工。”
            - **导出或删除您的数据**：“导出我的数据。”“忘记我。”请私信我。


            """ + ChineseConnect,
        Clock = "现在是{0}。",
        Remembered = "记下了：",
        RememberWhat = "好的，要我记住什么？比如：“记住会议在星期五。”",
        CannotRemind = "我还不能按时提醒您，但我记下了，您可以随时问我：",
        WillNotRemember = "好的，我不会专门记下来。它和其他消息一样留在我们的对话里。",
        StaysNoted = "您刚才告诉我的内容仍然记着：我自己不能删除内容。请说“转人工”，请真人帮您删除。",
        CannotForget = "我自己不能删除内容。要删除与您有关的全部内容，请私信我“忘记我”；要一份副本，请私信我“导出我的数据”。只删某一条，请说“转人工”，请真人帮您删除。",
        PersonCalled = "我已经帮您请真人了，会有人在这里回复您。在那之前您可以继续留言。",
        PassedOn = "这是您转发的、别人写的内容，所以我不会照它说的去做。如果是您自己的意思，请用自己的话再告诉我一次。",
        NoFacts = "您还没有让我记住什么。可以说：“记住我的火车八点一刻开。”",
        Facts = "这是您让我记住的：",
        NewestFacts = "您让我记住的不止这些，这是最新的 {0} 条：",
        PersonSaid = "{0}您说过：",
        PersonForwarded = "{0}您转发过别人写的：",
        OtherSaid = "{0} {1} 说过：",
        SomebodyElse = "别人",
        ColleagueSaid = "{0}同事给您写过：",
        AssistantSaid = "{0}我说过：",
        PerhapsRelated = "我不太确定，不过这也许有关。",
        NothingFound = "我不知道：在您告诉我的事里没有找到相关内容。您告诉我，我就会记住。",
        Unknown = "这个我不知道该怎么回答。" + ChineseConnect + "说“帮助”看看我现在能做什么。",
        TextOnly = "我收到了，不过我只能读文字。可以用文字描述一下吗？",
    };
}
