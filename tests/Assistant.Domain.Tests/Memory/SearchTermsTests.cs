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
    public void No_more_terms_than_asked_for()
        => Assert.Equal(3, SearchTerms.ForQuestion("alpha beta gamma delta epsilon", 3).Count);

    [Fact]
    public void An_operators_words_must_all_be_there()
        => Assert.Equal(["车位", "位号"], SearchTerms.ForSubstring("车位号"));
}
