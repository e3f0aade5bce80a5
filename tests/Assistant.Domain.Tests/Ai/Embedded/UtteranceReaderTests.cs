using System.Diagnostics;
using Assistant.Domain.Ai.Embedded;
using Xunit;

namespace Assistant.Domain.Tests.Ai.Embedded;

public sealed class UtteranceReaderTests
{
    [Theory]
    [InlineData("remember that my dentist is on Tuesday", "my dentist is on Tuesday")]
    [InlineData("Remember: the door code is 4711", "the door code is 4711")]
    [InlineData("please remember my passport expires in May", "my passport expires in May")]
    [InlineData("Hi! Please remember that Anna has the spare key.", "Anna has the spare key.")]
    [InlineData("Could you please remember that my flight is LH 402?", "my flight is LH 402")]
    [InlineData("can you remember my wifi password is hunter2", "my wifi password is hunter2")]
    [InlineData("I'd like you to remember that I am allergic to nuts", "I am allergic to nuts")]
    [InlineData("don't forget that the bins go out on Monday", "the bins go out on Monday")]
    [InlineData("Don’t forget the milk", "the milk")]
    [InlineData("keep in mind that I prefer tea, thanks", "I prefer tea")]
    [InlineData("note to self: call the bank", "call the bank")]
    [InlineData("note that the office moved", "the office moved")]
    [InlineData("save this: IBAN DE02 1203 0000", "IBAN DE02 1203 0000")]
    [InlineData("Write this down: blue folder, second shelf", "blue folder, second shelf")]
    [InlineData("REMEMBER THAT THE PARTY IS AT EIGHT", "THE PARTY IS AT EIGHT")]
    [InlineData("remember that I need to talk to a person at the bank", "I need to talk to a person at the bank")]
    [InlineData("remember that \"what is love\" is my ringtone", "\"what is love\" is my ringtone")]
    [InlineData("Please remember 我的生日是五月三号", "我的生日是五月三号")]
    [InlineData("remember this:\n- milk\n- eggs", "- milk\n- eggs")]
    [InlineData("记住我的生日是五月三日", "我的生日是五月三日")]
    [InlineData("请记住：车停在B2层", "车停在B2层")]
    [InlineData("帮我记一下，护照在书房抽屉里", "护照在书房抽屉里")]
    [InlineData("你好，麻烦你记一下会议改到周五了", "会议改到周五了")]
    [InlineData("别忘了明天要交房租", "明天要交房租")]
    [InlineData("不要忘记妈妈的手术在星期四", "妈妈的手术在星期四")]
    [InlineData("记得明天买牛奶", "明天买牛奶")]
    [InlineData("能不能帮我记住门禁密码是4711", "门禁密码是4711")]
    [InlineData("把我的车牌号京A12345记下来", "我的车牌号京A12345")]
    [InlineData("把这个记下来：周三下午三点牙医", "周三下午三点牙医")]
    [InlineData("我的新电话是13800138000，记一下", "我的新电话是13800138000")]
    [InlineData("请记住 my wifi password is abc123", "my wifi password is abc123")]
    [InlineData("记住我对花生过敏，谢谢", "我对花生过敏")]
    [InlineData("可以记住我住在杭州吗？", "我住在杭州")]
    [InlineData("记住：什么都不要买", "什么都不要买")]
    [InlineData("能记住：什么都不要买", "什么都不要买")]
    [InlineData("记住我说过什么都别买", "我说过什么都别买")]
    [InlineData("remember that \"what is love?\" is my ringtone", "\"what is love?\" is my ringtone")]
    [InlineData("can you remember that my flight is LH 402? 🙂", "my flight is LH 402")]
    public void What_is_to_be_remembered_is_kept_in_the_persons_own_words(string utterance, string statement)
    {
        var heard = UtteranceReader.Read(utterance);

        Assert.Equal(new SpokenRequest.Remember(statement), heard.Request);
    }

    [Theory]
    [InlineData("remember")]
    [InlineData("Please remember this")]
    [InlineData("记住")]
    [InlineData("帮我记一下")]
    [InlineData("记住这个")]
    [InlineData("记得啊")]
    [InlineData("记住哦")]
    public void A_request_to_remember_nothing_is_heard_as_such(string utterance)
        => Assert.Equal(new SpokenRequest.Remember(string.Empty), UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("do you remember my birthday?")]
    [InlineData("can you remember my birthday?")]
    [InlineData("remember when we went to Rome?")]
    [InlineData("remember what I told you about Berlin")]
    [InlineData("What did I say about the Berlin trip?")]
    [InlineData("when is the dentist")]
    [InlineData("Where did I put the spare key?")]
    [InlineData("did I tell you to remember the milk?")]
    [InlineData("my passport number?")]
    [InlineData("tell me about the garden")]
    [InlineData("what did I say about the human agent?")]
    [InlineData("我的车停在哪")]
    [InlineData("门禁密码是多少")]
    [InlineData("妈妈的手术什么时候？")]
    [InlineData("你还记得我的生日吗")]
    [InlineData("记得我的车牌号吗？")]
    [InlineData("能记住我的生日吗？")]
    [InlineData("关于柏林我说过什么")]
    [InlineData("人工智能是什么")]
    [InlineData("iPhone 在哪？")]
    [InlineData("记者是谁")]
    [InlineData("remind me what my wifi password is")]
    [InlineData("remind me where I parked")]
    [InlineData("can you remind me of my wifi password?")]
    [InlineData("could you remind me when to take my pills?")]
    [InlineData("remind me my wifi password?")]
    [InlineData("can you remember my birthday？")]
    [InlineData("can you remember my birthday? 🙂")]
    [InlineData("do you remember my birthday?? :)")]
    [InlineData("my passport number？！")]
    [InlineData("you know my shoe size? ❤️")]
    [InlineData("能不能记住什么时候交房租")]
    [InlineData("你能记住谁的生日吗")]
    [InlineData("你能记住我喜欢什么吗？")]
    [InlineData("提醒我开会是几点？")]
    [InlineData("提醒我一下我的密码是多少")]
    [InlineData("你还记得我的生日吗？🙂")]
    [InlineData("忘记密码怎么办")]
    [InlineData("忘记了怎么办")]
    [InlineData("把密码忘了怎么办？")]
    public void A_question_is_never_taken_for_something_to_remember(string utterance)
        => Assert.IsType<SpokenRequest.Recall>(UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("I want to talk to a human")]
    [InlineData("can I speak with someone about my order?")]
    [InlineData("Let me talk to a real person please!")]
    [InlineData("connect me to an agent")]
    [InlineData("could you please transfer me to customer service")]
    [InlineData("get me a human now")]
    [InlineData("human please")]
    [InlineData("Operator!")]
    [InlineData("is there a human here?")]
    [InlineData("How can I talk to support?")]
    [InlineData("转人工")]
    [InlineData("请帮我转接人工客服")]
    [InlineData("人工服务")]
    [InlineData("我要找客服")]
    [InlineData("我想和真人聊聊")]
    [InlineData("能不能让我跟工作人员说话？")]
    [InlineData("真人在吗")]
    [InlineData("帮我联系一下管理员，谢谢")]
    [InlineData("can I get a real person?")]
    [InlineData("could we please have a human?")]
    [InlineData("I want to speak to a real human, not a bot")]
    [InlineData("may I talk to a person, please?")]
    [InlineData("talk to someone instead of a machine")]
    [InlineData("能帮我接人工吗")]
    [InlineData("有人工客服吗")]
    [InlineData("请问有没有真人？")]
    [InlineData("你们有客服吗？")]
    public void Asking_for_a_person_is_heard(string utterance)
        => Assert.IsType<SpokenRequest.AskForPerson>(UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("I don't want to talk to a human")]
    [InlineData("I talked to a human resources manager")]
    [InlineData("The operator said my line is fine")]
    [InlineData("get a person's name right")]
    [InlineData("不要转人工")]
    [InlineData("我不想找客服")]
    [InlineData("转人工是什么意思")]
    [InlineData("我喜欢人工智能")]
    [InlineData("我和客服吵了一架")]
    [InlineData("I want a person's number, not a bot's")]
    [InlineData("有人工智能吗")]
    [InlineData("我们公司有客服")]
    [InlineData("有客服电话吗")]
    public void Talking_about_people_is_not_asking_for_one(string utterance)
        => Assert.IsNotType<SpokenRequest.AskForPerson>(UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("hi", typeof(SpokenRequest.Greeting))]
    [InlineData("/start", typeof(SpokenRequest.Greeting))]
    [InlineData("Hello there 👋", typeof(SpokenRequest.Greeting))]
    [InlineData("你好！", typeof(SpokenRequest.Greeting))]
    [InlineData("在吗？", typeof(SpokenRequest.Greeting))]
    [InlineData("how are you doing today?", typeof(SpokenRequest.HowAreYou))]
    [InlineData("你好吗？", typeof(SpokenRequest.HowAreYou))]
    [InlineData("thanks a lot!", typeof(SpokenRequest.Thanks))]
    [InlineData("好的，谢谢", typeof(SpokenRequest.Thanks))]
    [InlineData("bye!", typeof(SpokenRequest.Farewell))]
    [InlineData("晚安", typeof(SpokenRequest.Farewell))]
    [InlineData("forget it", typeof(SpokenRequest.Dismissal))]
    [InlineData("算了", typeof(SpokenRequest.Dismissal))]
    [InlineData("are you an AI?", typeof(SpokenRequest.WhoAreYou))]
    [InlineData("你是机器人吗", typeof(SpokenRequest.WhoAreYou))]
    [InlineData("what can you do?", typeof(SpokenRequest.Help))]
    [InlineData("/help", typeof(SpokenRequest.Help))]
    [InlineData("你能帮我做什么？", typeof(SpokenRequest.Help))]
    [InlineData("what day is it today?", typeof(SpokenRequest.Clock))]
    [InlineData("今天星期几", typeof(SpokenRequest.Clock))]
    [InlineData("what do you remember about me?", typeof(SpokenRequest.ListFacts))]
    [InlineData("show me my notes", typeof(SpokenRequest.ListFacts))]
    [InlineData("你都记住了什么？", typeof(SpokenRequest.ListFacts))]
    [InlineData("你知道我什么", typeof(SpokenRequest.ListFacts))]
    [InlineData("please don't remember that", typeof(SpokenRequest.DoNotRemember))]
    [InlineData("这个别记", typeof(SpokenRequest.Other))]
    [InlineData("别记这个", typeof(SpokenRequest.DoNotRemember))]
    [InlineData("forget my address", typeof(SpokenRequest.Forget))]
    [InlineData("把我的地址忘掉", typeof(SpokenRequest.Forget))]
    [InlineData("the weather was awful yesterday", typeof(SpokenRequest.Other))]
    [InlineData("I can't remember where I parked", typeof(SpokenRequest.Other))]
    [InlineData("昨天下雨了", typeof(SpokenRequest.Other))]
    [InlineData("今天几号开会？", typeof(SpokenRequest.Recall))]
    [InlineData("你能记住什么", typeof(SpokenRequest.Help))]
    [InlineData("你能记住多少东西？", typeof(SpokenRequest.Help))]
    [InlineData("你能记住哪些事", typeof(SpokenRequest.Help))]
    [InlineData("可以记住什么吗？", typeof(SpokenRequest.Help))]
    [InlineData("忘记我的地址", typeof(SpokenRequest.Forget))]
    [InlineData("把我的地址忘了好吗？", typeof(SpokenRequest.Forget))]
    [InlineData("别提醒我开会", typeof(SpokenRequest.Other))]
    [InlineData("明天别提醒我开会", typeof(SpokenRequest.Other))]
    [InlineData("取消明天早上的提醒", typeof(SpokenRequest.Other))]
    [InlineData("他明天会提醒我开会", typeof(SpokenRequest.Other))]
    [InlineData("昨天你提醒我开会了", typeof(SpokenRequest.Other))]
    [InlineData("Tomorrow don't remind me to call mom", typeof(SpokenRequest.Other))]
    [InlineData("My boss will remind me tomorrow", typeof(SpokenRequest.Other))]
    public void Everyday_utterances_are_told_apart(string utterance, Type request)
        => Assert.IsType(request, UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("remind me to call Tom at five", "call Tom at five")]
    [InlineData("提醒我明天交水费", "明天交水费")]
    [InlineData("I need you to remind me to water the plants", "water the plants")]
    [InlineData("can you remind me to call mom?", "call mom")]
    [InlineData("remind me about the garden code, ok?", "the garden code")]
    [InlineData("can you remind me tomorrow at 5?", "tomorrow at 5")]
    [InlineData("remind me when I get home to feed the cat", "when I get home to feed the cat")]
    [InlineData("Tomorrow remind me to call mom", "Tomorrow call mom")]
    [InlineData("In 10 minutes, remind me to turn off the stove", "In 10 minutes, turn off the stove")]
    [InlineData("At 5:30 pm could you please remind me about the dentist", "At 5:30 pm the dentist")]
    [InlineData("Next Monday morning please remind me that the bins go out", "Next Monday morning the bins go out")]
    [InlineData("明天早上八点提醒我吃药", "明天早上八点吃药")]
    [InlineData("十分钟后提醒我关火", "十分钟后关火")]
    [InlineData("等会儿提醒我收衣服", "等会儿收衣服")]
    [InlineData("请在下午三点提醒我开会", "在下午三点开会")]
    [InlineData("你好，下周一上午9:30请提醒我一下交报告，谢谢", "下周一上午9:30交报告")]
    [InlineData("明天别忘了提醒我买牛奶", "明天买牛奶")]
    [InlineData("能提醒我明天开会吗？", "明天开会")]
    [InlineData("提醒我问他什么时候来", "问他什么时候来")]
    public void A_reminder_is_told_apart_from_a_memory(string utterance, string statement)
        => Assert.Equal(new SpokenRequest.Remind(statement), UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("记住 the plan", SpokenLanguage.Chinese)]
    [InlineData("remember that 北京 is the capital", SpokenLanguage.English)]
    [InlineData("覚えてください", SpokenLanguage.English)]
    [InlineData("", SpokenLanguage.English)]
    public void The_language_is_that_of_the_request(string utterance, SpokenLanguage language)
        => Assert.Equal(language, UtteranceReader.Read(utterance).Language);

    [Fact]
    public void A_long_statement_is_kept_whole()
    {
        var statement = string.Join(' ', Enumerable.Repeat("word", 3_000));

        Assert.Equal(new SpokenRequest.Remember(statement), UtteranceReader.Read("remember that " + statement).Request);
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("remember ")]
    [InlineData("please ")]
    [InlineData("记，")]
    [InlineData("把")]
    [InlineData("请帮我")]
    [InlineData("a?")]
    [InlineData("talk to a ")]
    [InlineData("请你")]
    [InlineData("麻烦你，")]
    [InlineData("明天")]
    [InlineData("明天早上八点")]
    [InlineData("tomorrow ")]
    [InlineData("in 10 minutes ")]
    [InlineData("remind me when to ")]
    [InlineData(" real human, ")]
    [InlineData("?!")]
    [InlineData("? ")]
    public void Hostile_repetition_is_read_in_no_time(string piece)
    {
        var text = "x" + string.Concat(Enumerable.Repeat(piece, 40_000 / piece.Length)) + "x";
        UtteranceReader.Read("warm up");

        var clock = Stopwatch.StartNew();
        UtteranceReader.Read(text);
        UtteranceReader.Read(text[1..]);

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), $"took {clock.Elapsed}");
    }
}
