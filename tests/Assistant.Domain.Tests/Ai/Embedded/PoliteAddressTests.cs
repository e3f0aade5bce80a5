using Assistant.Domain.Ai.Embedded;
using Xunit;

namespace Assistant.Domain.Tests.Ai.Embedded;

/// <summary>Who says 您 is understood like who says 你, and quoted with the word they chose.</summary>
public sealed class PoliteAddressTests
{
    [Theory]
    [InlineData("请您记住车停在B2层", "车停在B2层")]
    [InlineData("麻烦您记一下，护照在书房抽屉里", "护照在书房抽屉里")]
    [InlineData("記住我昨天跟您說的事很重要", "我昨天跟您說的事很重要")]
    public void What_is_to_be_remembered_is_kept(string utterance, string statement)
        => Assert.Equal(new SpokenRequest.Remember(statement), UtteranceReader.Read(utterance).Request);

    [Fact]
    public void A_reminder_is_heard()
        => Assert.Equal(new SpokenRequest.Remind("明天交水费"), UtteranceReader.Read("请您提醒我明天交水费").Request);

    [Theory]
    [InlineData("谢谢您", typeof(SpokenRequest.Thanks))]
    [InlineData("您能做什么", typeof(SpokenRequest.Help))]
    [InlineData("您是谁", typeof(SpokenRequest.WhoAreYou))]
    [InlineData("您好吗？", typeof(SpokenRequest.HowAreYou))]
    [InlineData("您好！", typeof(SpokenRequest.Greeting))]
    [InlineData("您记得我什么", typeof(SpokenRequest.ListFacts))]
    [InlineData("请您忘掉我的地址", typeof(SpokenRequest.Forget))]
    [InlineData("您还记得我的生日吗", typeof(SpokenRequest.Recall))]
    [InlineData("您能帮我转人工吗", typeof(SpokenRequest.AskForPerson))]
    public void Everyday_utterances_are_told_apart(string utterance, Type request)
        => Assert.IsType(request, UtteranceReader.Read(utterance).Request);
}
