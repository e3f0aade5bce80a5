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
    [InlineData("没转人工")]
    [InlineData("没让你转人工")]
    [InlineData("昨天转人工了")]
    [InlineData("不转人工")]
    [InlineData("没有让你")]
    [InlineData("和客服聊了")]
    public void Hostile_repetition_is_read_in_no_time(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 40_000 / piece.Length));
        UtteranceReader.Read("转人工");

        var clock = Stopwatch.StartNew();
        UtteranceReader.Read(text);

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), $"took {clock.Elapsed}");
    }
}
