using System.Diagnostics;
using Assistant.Domain.Ai.Embedded;
using Xunit;

namespace Assistant.Domain.Tests.Ai.Embedded;

/// <summary>"Remember that", said behind what is to be remembered.</summary>
public sealed class PointingBackTests
{
    [Theory]
    [InlineData("tea is at 5, remember that", "tea is at 5")]
    [InlineData("tea is at 5. Please remember this.", "tea is at 5")]
    [InlineData("Tea is at 5! Don't forget it!", "Tea is at 5")]
    [InlineData("tea is at 5 - remember it", "tea is at 5")]
    [InlineData("tea is at 5 please note that", "tea is at 5")]
    [InlineData("My shoe size is 38. Make a note of that please", "My shoe size is 38")]
    [InlineData("the code is 4471, could you remember that?", "the code is 4471")]
    [InlineData("Leo has swimming on Tuesdays at the big pool so can you remember that please", "Leo has swimming on Tuesdays at the big pool")]
    [InlineData("I moved the passport to the drawer and please remember it", "I moved the passport to the drawer")]
    [InlineData("喝茶五点你帮我记一下", "喝茶五点")]
    [InlineData("我的车停在B2请帮我记住", "我的车停在B2")]
    [InlineData("车牌是京A12345 麻烦你帮我记下来", "车牌是京A12345")]
    [InlineData("喝茶5点，能帮我记一下吗", "喝茶5点")]
    [InlineData("我下周三要去体检您帮我记一下，谢谢", "我下周三要去体检")]
    [InlineData("我的車停在B2你幫我記一下", "我的車停在B2")]
    public void What_stands_before_it_is_to_be_remembered(string utterance, string statement)
        => Assert.Equal(new SpokenRequest.Remember(statement), UtteranceReader.Read(utterance).Request);

    [Theory]
    [InlineData("We were in Rome, remember that?")]
    [InlineData("I read it and remember it")]
    [InlineData("he said, remember that")]
    [InlineData("that's wrong, remember that")]
    [InlineData("I told you already, remember that")]
    [InlineData("I can't remember that")]
    [InlineData("I cannot sleep, I always remember it")]
    [InlineData("where is the key? Please remember that.")]
    [InlineData("How can you remember that?")]
    [InlineData("My order is late, I need a human. Please remember that.")]
    [InlineData("谢谢你帮我记一下")]
    [InlineData("我想让你帮我记一下")]
    [InlineData("昨天你帮我记一下")]
    [InlineData("让小王帮我记一下")]
    [InlineData("小王说你帮我记一下")]
    [InlineData("钥匙在哪里你帮我记一下")]
    [InlineData("请你帮我记一下")]
    public void What_asks_or_tells_of_remembering_is_not(string utterance)
        => Assert.Null(UtteranceReader.Read(utterance).Request.ToBeRemembered);

    [Theory]
    [InlineData(", remember that")]
    [InlineData(" so can you ")]
    [InlineData("so please remember it ")]
    [InlineData("你帮我记一下")]
    [InlineData("，能帮我")]
    public void Hostile_repetition_is_read_in_no_time(string piece)
    {
        var text = "x" + string.Concat(Enumerable.Repeat(piece, 40_000 / piece.Length));
        UtteranceReader.Read("warm up");

        var clock = Stopwatch.StartNew();
        UtteranceReader.Read(text);
        UtteranceReader.Read(text[..3_000]);

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), $"took {clock.Elapsed}");
    }
}
