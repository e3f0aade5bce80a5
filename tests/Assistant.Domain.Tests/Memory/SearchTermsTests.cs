using Assistant.Domain.Memory;
using Xunit;

namespace Assistant.Domain.Tests.Memory;

public sealed class SearchTermsTests
{
    [Fact]
    public void Words_are_compared_without_case_and_accents()
        => Assert.Equal(new HashSet<string> { "the", "cafe", "opens", "at", "9" }, SearchTerms.ForIndex("The CAFÉ opens at 9!"));

    [Fact]
    public void A_chinese_text_is_indexed_by_characters_and_neighbours()
        => Assert.Equal(new HashSet<string> { "车", "位", "车位", "b12" }, SearchTerms.ForIndex("车位 B12"));

    [Theory]
    [InlineData("ＸＹ９９", "XY99")]
    [InlineData("開會時間", "开会时间")]
    [InlineData("您還記得嗎", "你还记得吗")]
    public void What_is_written_in_another_form_has_the_same_terms(string text, string other)
        => Assert.Equal(SearchTerms.ForIndex(other), SearchTerms.ForIndex(text));

    [Theory]
    [InlineData("我的车位在哪里？", "车位")]
    [InlineData("What did I say about the docker port?", "docker port")]
    [InlineData("妈妈的生日是什么时候", "妈妈 生日")]
    [InlineData("媽媽的生日是什麼時候", "媽媽 生日")]
    [InlineData("我的車位在哪裡？", "車位")]
    [InlineData("the and of 的 了 吗", "")]
    [InlineData("", "")]
    public void A_question_is_reduced_to_what_tells_something(string question, string terms)
        => Assert.Equal(terms, string.Join(' ', SearchTerms.ForQuestion(question, 8)));

    [Fact]
    public void A_question_finds_the_statement_it_asks_about()
    {
        var statement = SearchTerms.ForIndex("记住我的车位是B12");

        Assert.Contains(SearchTerms.ForQuestion("我的车位号是多少？", 8), statement.Contains);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_no_reason_to_fail()
        => Assert.Contains("ok", SearchTerms.ForIndex("\ud83d ok é \udc00"));

    [Fact]
    public void No_character_is_a_reason_to_fail()
    {
        for (var code = 0; code <= char.MaxValue; code++)
        {
            Assert.Contains("zebra", SearchTerms.ForIndex($"zebra é {(char)code} pangolin"));
        }
    }

    [Fact]
    public void No_more_terms_than_asked_for()
        => Assert.Equal(3, SearchTerms.ForQuestion("alpha beta gamma delta epsilon", 3).Count);

    [Theory]
    [InlineData("妈妈今天从老家坐高铁过来看我们，明天早餐想吃面包，果酱放在哪里了？", "果酱 酱放")]
    [InlineData("果酱放在哪里了？妈妈今天从老家坐高铁过来看我们，明天早餐想吃面包。", "果酱 酱放")]
    [InlineData("媽媽今天從老家坐高鐵過來看我們，明天早餐想吃麵包，果醬放在哪裡", "果醬 醬放")]
    [InlineData("妈妈今天从老家坐高铁过来看我们。明天早餐想吃面包。找找果酱。", "找找 找果 果酱")]
    [InlineData("My mother comes by train tomorrow. She likes bread for breakfast. Where did I put the jam?", "put jam")]
    [InlineData("Where did I put the jam? My mother comes by train tomorrow. She likes bread for breakfast.", "put jam")]
    [InlineData("My mother comes by train tomorrow, she likes bread for breakfast, where did I put the jam", "put jam")]
    [InlineData("My mother comes by train tomorrow. She likes bread for breakfast. Find the jam v1.2", "find jam v1 2")]
    public void Of_a_long_message_what_it_asks_comes_first(string message, string terms)
    {
        var asked = terms.Split(' ');

        Assert.Equal(asked, SearchTerms.ForQuestion(message, 8).Take(asked.Length));
        Assert.Equal(asked, SearchTerms.ForQuestion(message, asked.Length));
        Assert.Superset(SearchTerms.ForQuestion(message, 8).ToHashSet(), SearchTerms.ForQuestion(message, 64).ToHashSet());
    }

    [Fact]
    public void Of_a_text_longer_than_is_indexed_the_question_at_its_end_is_heard()
        => Assert.Equal(["jam"], SearchTerms.ForQuestion(string.Concat(Enumerable.Range(0, 9_000).Select(i => $"word{i}. ")) + "Where is the jam?", 8).Take(1));

    [Theory]
    [InlineData("a. ")]
    [InlineData("，")]
    [InlineData("哪？")]
    [InlineData("什么，")]
    [InlineData("word")]
    [InlineData("妈妈")]
    [InlineData("...")]
    public void Hostile_repetition_is_cut_in_no_time(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 40_000 / piece.Length));
        SearchTerms.ForQuestion("warm up", 8);

        var clock = System.Diagnostics.Stopwatch.StartNew();
        SearchTerms.ForQuestion(text, 16);

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), $"took {clock.Elapsed}");
    }

    [Fact]
    public void An_operators_words_must_all_be_there()
        => Assert.Equal(["车位", "位号"], SearchTerms.ForSubstring("车位号"));

    [Theory]
    [InlineData("密码 wifi", true)]
    [InlineData("cafe　luna", true)]
    [InlineData("ＸＹ９９", true)]
    [InlineData("wifi 密码 zebra", false)]
    [InlineData("luna cafe:", false)]
    public void Every_part_an_operator_typed_must_occur_in_whatever_form(string typed, bool occurs)
        => Assert.Equal(occurs, SearchTerms.HasAll("The WiFi at Café Luna, 密码是xy99", SearchTerms.PartsOf(typed)));
}
