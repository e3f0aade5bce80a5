using Assistant.Domain.Wording;
using Xunit;

namespace Assistant.Domain.Tests.Wording;

public sealed class PhraseTests
{
    public static TheoryData<Phrase> Phrases =>
    [
        Phrase.Of("telegram.blocked"),
        Phrase.Of("telegram.refuses", ("says", "Bad \"Request\": 坏请求 {1}")),
        Phrase.Of("engine.failed", [("engine", new Phrase.Verbatim("local")), ("reason", Phrase.Of("engine.closed", ("host", "::1")))]),
        new Phrase.Several([Phrase.Of("telegram.unreachable"), Phrase.Of("connection.again"), new Phrase.Verbatim("{")]),
        new Phrase.Verbatim("Written before there were codes."),
        new Phrase.Verbatim(""),
    ];

    [Theory]
    [MemberData(nameof(Phrases))]
    public void What_is_stored_is_read_again(Phrase phrase) => Assert.Equal(phrase, Phrase.Parse(phrase.ToString()));

    [Theory]
    [InlineData("{ is not the beginning of JSON")]
    [InlineData("[ERR] it broke")]
    [InlineData("[]")]
    [InlineData("[1, 2]")]
    [InlineData("{\"error\": \"from somewhere else\"}")]
    [InlineData("{\"code\": \"x\", \"facts\": {\"a\": null}}")]
    public void Any_other_text_is_kept_as_it_is(string text) => Assert.Equal(new Phrase.Verbatim(text), Phrase.Parse(text));

    [Fact]
    public void Programs_go_by_the_first_code()
    {
        Assert.Equal("telegram.unreachable", new Phrase.Several([Phrase.Of("telegram.unreachable"), Phrase.Of("connection.again")]).FirstCode);
        Assert.Null(new Phrase.Verbatim("Old words.").FirstCode);
    }

    [Fact]
    public void A_long_fact_is_cut_between_characters()
    {
        var said = Assert.IsType<Phrase.Coded>(Phrase.Of("telegram.refuses", ("says", new string('x', Phrase.MaxFactLength - 1) + "😀tail")));

        Assert.Equal(new Phrase.Verbatim(new string('x', Phrase.MaxFactLength - 1) + "…"), said.Facts["says"]);
    }

    [Fact]
    public void A_fault_that_knows_its_reason_says_it()
    {
        Assert.Equal(Phrase.Of("telegram.conflict"), Phrase.OfFault(new PhrasedException(Phrase.Of("telegram.conflict"))));
        Assert.Equal(Phrase.Of("fault", ("kind", "TimeoutException"), ("message", "Late.")), Phrase.OfFault(new TimeoutException("Late.")));
    }
}
