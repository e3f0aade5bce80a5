using System.Diagnostics;
using Assistant.Domain.Ai.Embedded;
using Assistant.Domain.Conversations;
using Xunit;
using static Assistant.Testing.Ai.ReplyContextBuilder;

namespace Assistant.Domain.Tests.Ai.Embedded;

public sealed class SmallTalkTests
{
    [Theory]
    [InlineData("Thanks, bye", typeof(SpokenRequest.Farewell))]
    [InlineData("thank you so much. Good night!", typeof(SpokenRequest.Farewell))]
    [InlineData("bye, thanks for everything", typeof(SpokenRequest.Farewell))]
    [InlineData("谢谢，再见", typeof(SpokenRequest.Farewell))]
    [InlineData("谢谢你的帮助，拜拜", typeof(SpokenRequest.Farewell))]
    [InlineData("thank you for your help", typeof(SpokenRequest.Thanks))]
    [InlineData("Thanks a lot for the quick answer!", typeof(SpokenRequest.Thanks))]
    [InlineData("感谢您的帮助", typeof(SpokenRequest.Thanks))]
    [InlineData("thanks for your help, where is the key?", typeof(SpokenRequest.Recall))]
    [InlineData("谢谢，钥匙在哪？", typeof(SpokenRequest.Recall))]
    public void Thanks_and_a_farewell_may_come_together_and_say_what_for(string utterance, Type request)
        => Assert.IsType(request, UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("哦", "好的。")]
    [InlineData("行", "好的。")]
    [InlineData("行吧", "好的。")]
    [InlineData("好滴~", "好的。")]
    [InlineData("好的", "好的。")]
    [InlineData("嗯", "好的。")]
    [InlineData("嗯嗯，知道了！", "好的。")]
    [InlineData("對的", "好的。")]
    [InlineData("收到👍", "好的。")]
    [InlineData("ok啦", "好的。")]
    [InlineData("好的，谢谢", "不客气！")]
    [InlineData("k", "All right.")]
    [InlineData("OK", "All right.")]
    [InlineData("ok!!", "All right.")]
    [InlineData("okay...", "All right.")]
    [InlineData("sure", "All right.")]
    [InlineData("Sure thing!", "All right.")]
    [InlineData("got it 👍", "All right.")]
    [InlineData("👍👍", "All right.")]
    [InlineData("🙏", "You're welcome!")]
    public void Who_assents_gets_a_short_answer(string utterance, string answer)
        => Assert.Equal(answer, EmbeddedResponder.Answer(Saying(utterance).Build()).Markdown);

    [Theory]
    [InlineData("是吗")]
    [InlineData("嗯？")]
    [InlineData("好难")]
    [InlineData("行李在哪")]
    [InlineData("对不起")]
    [InlineData("sure?")]
    [InlineData("fine print")]
    public void What_only_begins_like_an_assent_is_none(string utterance)
        => Assert.IsNotType<SpokenRequest.Assent>(UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("where is the ladder?", "I don't know: I found nothing about that in what you told me. If you tell me, I will remember it.")]
    [InlineData("梯子在哪里？", "我不知道：在您告诉我的事里没有找到相关内容。您告诉我，我就会记住。")]
    public void What_was_not_found_is_promised_to_be_remembered_once(string question, string answer)
        => Assert.Equal(answer, EmbeddedResponder.Answer(Saying(question).Build()).Markdown);

    [Theory]
    [InlineData("can you help me?", typeof(SpokenRequest.Help))]
    [InlineData("i need help", typeof(SpokenRequest.Help))]
    [InlineData("I need some help, please", typeof(SpokenRequest.Help))]
    [InlineData("help please", typeof(SpokenRequest.Help))]
    [InlineData("Help me out", typeof(SpokenRequest.Help))]
    [InlineData("could you please help", typeof(SpokenRequest.Help))]
    [InlineData("What can you help me with?", typeof(SpokenRequest.Help))]
    [InlineData("how do i use this", typeof(SpokenRequest.Help))]
    [InlineData("能帮我吗", typeof(SpokenRequest.Help))]
    [InlineData("你能帮帮我吗？", typeof(SpokenRequest.Help))]
    [InlineData("能不能帮我一下", typeof(SpokenRequest.Help))]
    [InlineData("请帮我个忙", typeof(SpokenRequest.Help))]
    [InlineData("我需要帮助", typeof(SpokenRequest.Help))]
    [InlineData("需要你的帮助", typeof(SpokenRequest.Help))]
    [InlineData("可以帮忙吗", typeof(SpokenRequest.Help))]
    [InlineData("帮我一下", typeof(SpokenRequest.Help))]
    [InlineData("who is this?", typeof(SpokenRequest.WhoAreYou))]
    [InlineData("whos this", typeof(SpokenRequest.WhoAreYou))]
    [InlineData("who am I talking to?", typeof(SpokenRequest.WhoAreYou))]
    [InlineData("你是干什么的", typeof(SpokenRequest.WhoAreYou))]
    [InlineData("您是做什么的？", typeof(SpokenRequest.WhoAreYou))]
    [InlineData("你们是做什么的", typeof(SpokenRequest.WhoAreYou))]
    [InlineData("你是幹什麼的", typeof(SpokenRequest.WhoAreYou))]
    public void Who_meets_the_assistant_first_is_told_what_it_is_and_can_do(string utterance, Type request)
        => Assert.IsType(request, UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("can you help me find my keys?")]
    [InlineData("I need help with the boiler on Monday")]
    [InlineData("help is on the way")]
    [InlineData("who is this Tom you know?")]
    [InlineData("Anna needs help moving")]
    [InlineData("帮我妈买菜")]
    [InlineData("能帮我开门吗？")]
    [InlineData("我需要帮助搬家的人")]
    [InlineData("他是干什么的？")]
    [InlineData("你是干什么吃的")]
    [InlineData("需要帮助的人很多")]
    [InlineData("help desk number is 4711")]
    [InlineData("who is this week's host?")]
    public void Help_and_people_may_be_mentioned(string utterance)
    {
        Assert.IsNotType<SpokenRequest.Help>(UtteranceReader.Read(utterance).Request);
        Assert.IsNotType<SpokenRequest.WhoAreYou>(UtteranceReader.Read(utterance).Request);
    }

    [Theory]
    [InlineData("that's wrong", "you got that wrong")]
    [InlineData("/stop", "stop")]
    [InlineData("错了", "你错了")]
    [InlineData("nice garden", "what a nice garden")]
    [InlineData("好天气", "好天气啊")]
    public void What_was_only_said_is_quoted_to_nobody_who_does_not_ask(string words, string said)
        => Assert.False(EmbeddedResponder.Answer(Saying(words).WithRecollection(said).WithHistory(AuthorKind.Person, said).Build()).IsSubstantial);

    [Theory]
    [InlineData("that's wrong", "the wrong key is in the drawer")]
    [InlineData("/stop", "the bus stop is at the corner")]
    [InlineData("错了", "上次填错了门牌号")]
    public void A_remark_looks_nothing_up(string words, string fact)
        => Assert.False(EmbeddedResponder.Answer(Saying(words).WithFact(fact).Build()).IsSubstantial);

    [Theory]
    [InlineData("嗯")]
    [InlineData("好的，")]
    [InlineData("thanks for ")]
    [InlineData("thanks, ")]
    [InlineData("谢谢你的帮助")]
    public void Hostile_repetition_is_read_in_no_time(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 40_000 / piece.Length));
        UtteranceReader.Read("warm up");

        var clock = Stopwatch.StartNew();
        UtteranceReader.Read(text + "x");

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), $"took {clock.Elapsed}");
    }
}
