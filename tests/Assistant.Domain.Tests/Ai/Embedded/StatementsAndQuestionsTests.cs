using Assistant.Domain.Ai.Embedded;
using Xunit;
using static Assistant.Testing.Ai.ReplyContextBuilder;

namespace Assistant.Domain.Tests.Ai.Embedded;

/// <summary>What one is told, kept apart from what one is asked though both begin with the same word.</summary>
public sealed class StatementsAndQuestionsTests
{
    [Theory]
    [InlineData("May 3rd is my birthday", "when is my birthday?")]
    [InlineData("Will is my brother's name", "what is my brother's name?")]
    [InlineData("When I was in Lisbon I lost my umbrella", "where did I lose my umbrella?")]
    [InlineData("Which reminds me, the ladder is with Tom", "where is the ladder?")]
    [InlineData("Have a dog named Rex", "what is my dog named?")]
    [InlineData("Do not ring the bell after 8", "when may one ring the bell?")]
    [InlineData("Can't eat gluten", "what about gluten?")]
    [InlineData("Was in Lisbon in March", "when was Lisbon?")]
    [InlineData("Would like green tea", "which tea?")]
    [InlineData("My order number is 4711. I want to talk to a human.", "what is my order number?")]
    [InlineData("Whats App group of the school: Year 3 parents", "which group of the school?")]
    [InlineData("WhatsApp is on my old phone", "where is WhatsApp?")]
    [InlineData("我最喜欢的电影是哪吒", "我最喜欢的电影是什么？")]
    [InlineData("谁都知道门禁密码是4711", "门禁密码是多少")]
    [InlineData("没什么问题，车停在B2层", "车停在哪")]
    [InlineData("找到钥匙了，在沙发下面", "钥匙在哪里？")]
    [InlineData("没啥事，车停在B2层", "车停在哪")]
    [InlineData("wifi密码是abc123", "wifi密码是啥")]
    [InlineData("我生日是五月三号", "我生日啥时候")]
    [InlineData("我的血型是A型", "记不记得我的血型")]
    public void What_was_stated_is_no_question_and_is_found_again(string statement, string question)
    {
        Assert.IsNotType<SpokenRequest.Recall>(UtteranceReader.Read(statement).Request);
        Assert.EndsWith($"> {statement}", EmbeddedResponder.Answer(Saying(question).WithRecollection(statement).Build()).Markdown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("when is my birthday")]
    [InlineData("when's the dentist")]
    [InlineData("when exactly does the train leave")]
    [InlineData("whats the wifi password")]
    [InlineData("wheres the ladder")]
    [InlineData("Whos the plumber")]
    [InlineData("hows Leo")]
    [InlineData("whys the gate locked")]
    [InlineData("remember whats in the box")]
    [InlineData("remind me whats for dinner")]
    [InlineData("which key opens the garage")]
    [InlineData("will the plumber come tomorrow")]
    [InlineData("may I eat nuts")]
    [InlineData("do I have a spare key")]
    [InlineData("have I told you about Rex")]
    [InlineData("has Tom called")]
    [InlineData("is the ladder with Tom")]
    [InlineData("can I eat gluten")]
    [InlineData("May 3rd is my birthday?")]
    [InlineData("Have a dog?")]
    [InlineData("哪个电影")]
    [InlineData("谁有钥匙")]
    [InlineData("都有谁知道密码")]
    [InlineData("找一下我的钥匙")]
    [InlineData("wifi密码是啥")]
    [InlineData("我生日啥时候")]
    [InlineData("路由器咋重启")]
    [InlineData("记不记得我的血型")]
    [InlineData("你記不記得我的血型")]
    public void What_inverts_or_ends_in_a_question_mark_asks(string question)
        => Assert.IsType<SpokenRequest.Recall>(UtteranceReader.Read(question).Request);

    [Fact]
    public void A_question_without_its_apostrophe_is_not_offered_as_its_own_answer()
        => Assert.StartsWith("I don't know: ", EmbeddedResponder.Answer(
            Saying("whats the wifi password").WithRecollection("whats the wifi password").Build()).Markdown, StringComparison.Ordinal);

    [Theory]
    [InlineData("whats the time", typeof(SpokenRequest.Clock))]
    [InlineData("whats your name?", typeof(SpokenRequest.WhoAreYou))]
    [InlineData("whats in your memory", typeof(SpokenRequest.ListFacts))]
    [InlineData("hows it going", typeof(SpokenRequest.HowAreYou))]
    [InlineData("how's it going?", typeof(SpokenRequest.HowAreYou))]
    [InlineData("how is it going", typeof(SpokenRequest.HowAreYou))]
    [InlineData("hows it going with the boiler?", typeof(SpokenRequest.Recall))]
    [InlineData("whats the time of the school play", typeof(SpokenRequest.Recall))]
    public void Small_talk_may_leave_its_apostrophe_out(string utterance, Type request)
        => Assert.IsType(request, UtteranceReader.Read(utterance).Request);
}
