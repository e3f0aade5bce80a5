using Assistant.Domain.Wording;
using Assistant.Web.Localization;

namespace Assistant.Web.Tests.Localization;

public sealed class PhraseWordsTests
{
    private static readonly Phrase Refused = Phrase.Of("telegram.refuses", ("says", "Bad Request {says}"));

    [Theory]
    [InlineData("en", "Telegram refuses it: Bad Request {says}. Trying again.")]
    [InlineData("zh-CN", "Telegram 拒绝了请求：Bad Request {says}。正在重试。")]
    public void Sentences_are_said_in_the_language_of_the_person(string language, string expected)
    {
        using var _ = new SpokenLanguage(language);

        Assert.Equal(expected, new Phrase.Several([Refused, Phrase.Of("connection.again")]).Words());
    }

    [Fact]
    public void A_sentence_within_another_is_in_the_same_language()
    {
        using var _ = new SpokenLanguage("zh-CN");
        var failed = Phrase.Of("engine.failed", [("engine", new Phrase.Verbatim("local")), ("reason", Phrase.Of("engine.empty"))]);

        Assert.Equal("local：回答是空的。", failed.Words());
        Assert.Equal("local: The answer was empty.", failed.English());
    }

    [Fact]
    public void A_sentence_for_the_log_is_English_and_one_line_whatever_its_facts_hold()
    {
        using var _ = new SpokenLanguage("zh-CN");

        Assert.Equal("Telegram refuses it: no  yes [31m.", new EnglishSentences().Say(Phrase.Of("telegram.refuses", ("says", "no\r\nyes\u001b[31m"))));
    }

    [Fact]
    public void What_has_no_code_or_an_unknown_one_is_shown_as_stored()
    {
        Assert.Equal("Stored long ago.", Phrase.Parse("Stored long ago.").Words());
        Assert.Equal("""{"code":"from.the.future"}""", Phrase.Of("from.the.future").Words());
    }
}
