using Assistant.Domain.Ai.Embedded;
using Xunit;
using static Assistant.Testing.Ai.ReplyContextBuilder;

namespace Assistant.Domain.Tests.Ai.Embedded;

/// <summary>Nothing is taken from the words that are to be remembered, neither when they are kept nor when they are shown.</summary>
public sealed class RememberedWordsTests
{
    [Theory]
    [InlineData("Remember this is my car", "this is my car")]
    [InlineData("Remember that this is my phone: 555", "this is my phone: 555")]
    [InlineData("note that that guy is Tom", "that guy is Tom")]
    [InlineData("Remember that is my car", "that is my car")]
    [InlineData("remember, that's Tom", "that's Tom")]
    [InlineData("remember that's Tom", "that's Tom")]
    [InlineData("note this is my locker", "this is my locker")]
    [InlineData("can you remember this is my car?", "this is my car")]
    [InlineData("remember this place", "this place")]
    [InlineData("remember this, the key is with Tom", "the key is with Tom")]
    [InlineData("remember for me that the key is with Tom", "the key is with Tom")]
    [InlineData("save this for me: IBAN DE02", "IBAN DE02")]
    [InlineData("note this down: IBAN DE02", "IBAN DE02")]
    [InlineData("save this\nIBAN DE02", "IBAN DE02")]
    [InlineData("Remember! The key is with Tom", "The key is with Tom")]
    [InlineData("记住！钥匙在门后", "钥匙在门后")]
    [InlineData("记得！明天买牛奶", "明天买牛奶")]
    [InlineData("记住!!钥匙在门后", "钥匙在门后")]
    [InlineData("别忘啦：周六体检", "周六体检")]
    [InlineData("记住呀，周六体检", "周六体检")]
    [InlineData("记住啦啦队周六排练", "啦啦队周六排练")]
    [InlineData("备忘录：周六体检", "周六体检")]
    [InlineData("備忘錄：週六體檢", "週六體檢")]
    [InlineData("你帮我记着点，周日聚餐", "周日聚餐")]
    [InlineData("记着点儿：周日聚餐", "周日聚餐")]
    [InlineData("记住点心在柜子里", "点心在柜子里")]
    public void What_points_at_the_words_is_told_from_the_words(string utterance, string statement)
        => Assert.Equal(new SpokenRequest.Remember(statement), UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("remember this please")]
    [InlineData("remember this for me")]
    [InlineData("note this!")]
    [InlineData("can you remember this?")]
    [InlineData("记住！")]
    [InlineData("记得！")]
    [InlineData("别忘啦")]
    [InlineData("记着点")]
    [InlineData("你记住吧")]
    public void What_points_at_nothing_remembers_nothing(string utterance)
        => Assert.Equal(new SpokenRequest.Remember(""), UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("你记住了没有")]
    [InlineData("你记住没有？")]
    [InlineData("您记住了没")]
    [InlineData("记下来没")]
    [InlineData("都记好了吗")]
    [InlineData("你记下了吧")]
    [InlineData("记住了？")]
    [InlineData("你記住了沒有")]
    public void Whether_it_is_kept_is_answered_with_what_is(string utterance)
    {
        Assert.IsType<SpokenRequest.ListFacts>(UtteranceReader.Read(utterance).Request);
        Assert.EndsWith("> 周六体检", EmbeddedResponder.Answer(Saying(utterance).WithFact("周六体检").Build()).Markdown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("你记住我的生日没有")]
    [InlineData("您记下来我的生日没？")]
    public void Whether_one_thing_is_kept_is_looked_up(string utterance)
        => Assert.IsType<SpokenRequest.Recall>(UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("the file is __init__.py", "> the file is \\_\\_init\\_\\_.py")]
    [InlineData("my password is *hunter2*", "> my password is \\*hunter2\\*")]
    public void Marks_that_may_be_meant_are_shown(string statement, string quoted)
    {
        Assert.EndsWith(quoted, EmbeddedResponder.Answer(Saying("remember that " + statement).Build()).Markdown, StringComparison.Ordinal);
        Assert.EndsWith(quoted, EmbeddedResponder.Answer(Saying("what do you remember?").WithFact(statement).Build()).Markdown, StringComparison.Ordinal);
    }
}
