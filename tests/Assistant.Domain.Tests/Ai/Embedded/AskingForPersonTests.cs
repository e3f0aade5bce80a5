using System.Diagnostics;
using Assistant.Domain.Ai.Embedded;
using Xunit;

namespace Assistant.Domain.Tests.Ai.Embedded;

/// <summary>A wish for a person, told apart from not having had it and from telling of it.</summary>
public sealed class AskingForPersonTests
{
    [Theory]
    [InlineData("我没有转人工啊")]
    [InlineData("没让你转人工")]
    [InlineData("我没说要转人工")]
    [InlineData("我没让你给我转人工")]
    [InlineData("没必要转人工")]
    [InlineData("不是要转人工")]
    [InlineData("我不是来找客服的")]
    [InlineData("没有找人工")]
    [InlineData("我没找客服")]
    [InlineData("我还没联系客服")]
    [InlineData("你能不能不转人工")]
    [InlineData("可以不转人工吗？")]
    [InlineData("先不转人工")]
    [InlineData("谁让你转人工了")]
    [InlineData("谁说要转人工？")]
    [InlineData("转人工就不用了")]
    [InlineData("我沒有轉人工啊")]
    [InlineData("誰讓你轉人工了")]
    public void Who_says_not_to_have_asked_for_a_person_does_not_ask(string utterance)
        => Assert.IsNotType<SpokenRequest.AskForPerson>(UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("昨天转人工等了一小时")]
    [InlineData("昨天转人工了")]
    [InlineData("上次和客服聊了半小时")]
    [InlineData("我和客服聊了很久")]
    [InlineData("小王转到客服部了")]
    [InlineData("他转到客服中心工作了")]
    [InlineData("昨天轉人工等了一小時")]
    public void Who_tells_of_having_asked_for_a_person_does_not_ask(string utterance)
        => Assert.IsNotType<SpokenRequest.AskForPerson>(UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("为什么不给我转人工")]
    [InlineData("为什么还不转人工？")]
    [InlineData("怎么还没转人工")]
    [InlineData("怎么不转人工")]
    [InlineData("还没转人工吗")]
    [InlineData("还不转人工")]
    [InlineData("你没给我转人工")]
    [InlineData("你没转人工啊")]
    [InlineData("没转人工吗？")]
    [InlineData("昨天没转人工，现在请转人工")]
    [InlineData("上次聊了半小时，现在请转人工")]
    [InlineData("昨天和客服聊了半小时没解决，帮我转人工")]
    [InlineData("没人理我，转人工")]
    [InlineData("问题没解决转人工")]
    [InlineData("没有用，转人工")]
    [InlineData("能不能转人工")]
    [InlineData("可不可以转人工")]
    [InlineData("是不是可以转人工")]
    [InlineData("不是可以转人工吗")]
    [InlineData("有没有办法转人工")]
    [InlineData("要不转人工吧")]
    [InlineData("再不转人工我就投诉")]
    [InlineData("不转人工，我就投诉")]
    [InlineData("谁能帮我转人工")]
    [InlineData("请帮我转到客服部")]
    [InlineData("不要机器人，转人工")]
    [InlineData("我特别想找客服")]
    [InlineData("為什麼不給我轉人工")]
    [InlineData("怎麼還沒轉人工")]
    public void Who_complains_of_not_getting_a_person_asks_for_one(string utterance)
        => Assert.IsType<SpokenRequest.AskForPerson>(UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("我要投诉，叫你们经理来")]
    [InlineData("叫你们经理来")]
    [InlineData("叫你們經理來")]
    [InlineData("找你们老板")]
    [InlineData("找你們老闆！")]
    [InlineData("有没有人啊")]
    [InlineData("有没有人")]
    [InlineData("有没有人理我？")]
    [InlineData("来个人")]
    [InlineData("来个活人")]
    [InlineData("快来个人帮我处理")]
    [InlineData("叫人来")]
    [InlineData("请派个人来")]
    [InlineData("我想找个人聊聊")]
    [InlineData("请让一位工作人员联系我")]
    [InlineData("换个真人跟我说")]
    [InlineData("帮我接通客服")]
    [InlineData("人工 客服 在 吗")]
    [InlineData("转 人 工")]
    [InlineData("轉 人 工")]
    [InlineData("我想 talk to 客服")]
    [InlineData("I want to talk to 客服")]
    [InlineData("麻煩轉接專員")]
    public void A_person_is_asked_for_in_other_words(string utterance)
        => Assert.IsType<SpokenRequest.AskForPerson>(UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("我找老板请假")]
    [InlineData("我要找经理谈加薪")]
    [InlineData("我要找老闆請假")]
    [InlineData("家里来个人修空调")]
    [InlineData("明天叫人来修空调")]
    [InlineData("别叫人来")]
    [InlineData("我没叫你们经理来")]
    [InlineData("不用派人来了")]
    [InlineData("我不想找个人聊聊")]
    [InlineData("别让工作人员联系我")]
    [InlineData("昨天让客服联系我了")]
    [InlineData("我没找你们老板")]
    [InlineData("有没有人喜欢爬山")]
    [InlineData("来个人口普查")]
    [InlineData("不 转 人 工")]
    [InlineData("我没说 要 转 人 工")]
    [InlineData("我们要客服跟进流程")]
    public void One_s_own_people_and_others_are_not_called(string utterance)
        => Assert.IsNotType<SpokenRequest.AskForPerson>(UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("I'd rather speak to a real person than a bot")]
    [InlineData("I would rather talk to a human than to a machine")]
    [InlineData("I'd rather talk to a person than talk to a robot!")]
    [InlineData("let me speak with someone rather than with a bot")]
    public void A_person_may_be_preferred_to_a_machine(string utterance)
        => Assert.IsType<SpokenRequest.AskForPerson>(UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("I'd rather talk to a bot than a human")]
    [InlineData("I'd rather talk to a person than you think")]
    [InlineData("I'd rather speak to a person than to my neighbour")]
    public void Other_preferences_call_nobody(string utterance)
        => Assert.IsNotType<SpokenRequest.AskForPerson>(UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("I want to talk to a human. My order is late.")]
    [InlineData("I need to speak to a human, my card was stolen")]
    [InlineData("My card was stolen, I need to speak to a human")]
    [InlineData("My order is late and I want to talk to a human")]
    [InlineData("Hello,\nI want to talk to a human.\nThanks")]
    [InlineData("Good evening. This does not help me! Can I please talk to someone?")]
    [InlineData("can i speak with a real person pls?")]
    [InlineData("I'd like to talk to a person today")]
    [InlineData("I want to talk to a human already!!")]
    [InlineData("I want to talk to a human because you don't understand me")]
    [InlineData("I want to talk to a human about the parcel that did not come")]
    [InlineData("I don't understand this. Connect me to an agent asap")]
    [InlineData("This is useless. Human!")]
    [InlineData("no that's wrong, human please")]
    [InlineData("My parcel is lost - is there a real person here?")]
    [InlineData("I need a human, not a bot. Please.")]
    [InlineData("I said, I want to talk to a human")]
    [InlineData("I want to talk to a human 🙏 my order is late")]
    [InlineData("forget it, I want to talk to a human")]
    [InlineData("Hi. Could I speak with someone from your support team?")]
    [InlineData("why can't I talk to a human")]
    [InlineData("我要找客服人员")]
    [InlineData("联系客服人员")]
    [InlineData("有客服人员吗")]
    [InlineData("我想找个客服人员问一下")]
    [InlineData("客服人员在吗")]
    [InlineData("请帮我转客服专员")]
    [InlineData("我要聯絡客服人員")]
    [InlineData("I want to speak to the manager.")]
    [InlineData("Let me talk to your supervisor, please")]
    [InlineData("Can I talk to customer care?")]
    [InlineData("GET ME AN EMPLOYEE")]
    public void A_person_is_asked_for_whatever_else_the_message_says(string utterance)
        => Assert.IsType<SpokenRequest.AskForPerson>(UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("I want to talk to a human is what he said")]
    [InlineData("I want to talk to a human, is what he said")]
    [InlineData("I want to talk to a human, she said")]
    [InlineData("My mother always says: I want to talk to a human")]
    [InlineData("He wrote \"My order is late, I want to talk to a human\"")]
    [InlineData("I never said, I want to talk to a human")]
    [InlineData("I want to talk to a human. Never mind, it works.")]
    [InlineData("I don't need to speak to a human, my order is here")]
    [InlineData("my brother is a human, my dog is not")]
    [InlineData("The roles are admin, operator, viewer")]
    [InlineData("There are three: human, agent, operator!")]
    [InlineData("To do: buy milk, talk to someone, sleep")]
    [InlineData("How does one deal with grief? Talk to someone.")]
    [InlineData("I need to speak to a person at the bank, then I go home")]
    [InlineData("My sister is an agent, a good one")]
    [InlineData("I talked to a person today. He was friendly.")]
    [InlineData("our operator, a real person, is called Tom")]
    [InlineData("The human, please note, needs sleep")]
    [InlineData("forget my address, I moved")]
    [InlineData("我是客服人员")]
    [InlineData("我找客服问过了")]
    [InlineData("客服人员说明天发货")]
    [InlineData("不用找客服人员")]
    [InlineData("客服人员的电话是1234")]
    [InlineData("I want to talk to my manager about my pay")]
    [InlineData("I want to talk to customers about it")]
    public void A_person_may_be_mentioned_without_being_asked_for(string utterance)
        => Assert.IsNotType<SpokenRequest.AskForPerson>(UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("没转人工")]
    [InlineData("没让你转人工")]
    [InlineData("昨天转人工了")]
    [InlineData("不转人工")]
    [InlineData("没有让你")]
    [InlineData("和客服聊了")]
    [InlineData("转 人 ")]
    [InlineData("请帮我")]
    [InlineData(" 请来个人")]
    [InlineData("I want to talk to a human, ")]
    [InlineData("he said, I want to talk to a human ")]
    [InlineData("\n")]
    [InlineData(", please and so ")]
    public void Hostile_repetition_is_read_in_no_time(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 40_000 / piece.Length));
        UtteranceReader.Read("转人工");

        var clock = Stopwatch.StartNew();
        UtteranceReader.Read(text);

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), $"took {clock.Elapsed}");
    }
}
