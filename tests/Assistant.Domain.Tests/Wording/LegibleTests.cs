using Assistant.Domain.Wording;
using Xunit;

namespace Assistant.Domain.Tests.Wording;

public sealed class LegibleTests
{
    [Theory]
    [InlineData("Ada 阿达 عادة 🏠 ❤\uFE0F", true)]
    [InlineData("👨\u200D👩\u200D👧", true)]
    [InlineData("", true)]
    [InlineData("a\nb", false)]
    [InlineData("a\u0085b", false)]
    [InlineData("a\u2028b", false)]
    [InlineData("a\u2029b", false)]
    [InlineData("a\u200Bb", false)]
    [InlineData("a\u202Eb", false)]
    [InlineData("a\u2069b", false)]
    [InlineData("a\uFEFFb", false)]
    [InlineData("a\U000E0041b", false)]
    [InlineData("a\uE000b", false)]
    public void What_does_not_show_is_found(string text, bool isLegible) => Assert.Equal(isLegible, Legible.Is(text));

    [Theory]
    [InlineData("O’Brien", "O'Brien")]
    [InlineData("ci” with the role viewer.\u202E", "ci' with the role viewer._")]
    [InlineData("a\u2069b\u2028c\0d", "a_b_c_d")]
    [InlineData("«a» „b“ 「c」 \"d\" ＂e＂", "'a' 'b' 'c' 'd' 'e'")]
    [InlineData("阿达 🏠", "阿达 🏠")]
    public void Words_stay_within_their_part_of_a_sentence(string words, string expected)
        => Assert.Equal($"\u2068{expected}\u2069", Legible.Within(words));

    [Theory]
    [InlineData("short", 5, "", "short")]
    [InlineData("longer", 5, "", "longe")]
    [InlineData("longer", 5, "…", "long…")]
    [InlineData("four🏠", 5, "", "four")]
    [InlineData("four🏠", 6, "…", "four🏠")]
    [InlineData("four🏠 and", 6, "…", "four…")]
    [InlineData("🏠🏠", 1, "", "")]
    [InlineData("🏠🏠", 1, "…", "…")]
    public void As_much_of_a_text_as_fits_is_kept_and_never_half_a_character(string text, int most, string end, string expected)
        => Assert.Equal(expected, Legible.Cut(text, most, end));
}
