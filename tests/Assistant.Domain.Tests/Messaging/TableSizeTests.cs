using Assistant.Domain.Messaging;
using Xunit;

namespace Assistant.Domain.Tests.Messaging;

public sealed class TableSizeTests
{
    [Theory]
    [InlineData("no table", 1_000)]
    [InlineData("| a | b | c |", 700)]
    [InlineData("| `a` | [b](https://example.com) | c |", 50)]
    [InlineData("| a | b |\r\n\r\n", 1_000)]
    [InlineData("| a | b |\n \t\n", 1_000)]
    public void A_table_as_people_write_them_is_bounded(string line, int times) => Assert.True(TableSize.IsBounded(Lines(line, times)));

    [Theory]
    [InlineData("| a | b | c |", 1_100)]
    [InlineData("| `a` | [b](https://example.com) | c |", 70)]
    [InlineData("| a | b |\r", 1_500)]
    [InlineData("| a | b |\f\f", 1_500)]
    [InlineData("| a | b |\u2028\u2028", 1_500)]
    [InlineData("| a | b |\u3000\n\u3000", 1_500)]
    public void Too_many_rows_are_not(string line, int times) => Assert.False(TableSize.IsBounded(Lines(line, times)));

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void A_wide_line_counts_for_every_line_of_its_block(string end)
    {
        var wide = string.Concat(Enumerable.Repeat("a|", 100));

        Assert.False(TableSize.IsBounded(wide + end + string.Concat(Enumerable.Repeat("a|" + end, 100))));
        Assert.True(TableSize.IsBounded(wide + end + end + string.Concat(Enumerable.Repeat("a|" + end, 100))));
    }

    [Theory]
    [InlineData("a`x\ny`|")]
    [InlineData("a|\\\n")]
    [InlineData("[a\nb](c)|")]
    [InlineData("a<b\nc>|")]
    public void Lines_that_a_span_joins_to_one_row_make_it_wider(string part)
        => Assert.False(TableSize.IsBounded(string.Concat(Enumerable.Repeat(part, 200)) + "\n" + Lines("a|", 200)));

    [Fact]
    public void Many_tables_count_together()
    {
        var table = Lines("| a | b | c |", 20) + "\n";

        Assert.True(TableSize.IsBounded(string.Concat(Enumerable.Repeat(table, 30))));
        Assert.False(TableSize.IsBounded(string.Concat(Enumerable.Repeat(table, 60))));
    }

    private static string Lines(string line, int times) => string.Concat(Enumerable.Repeat(line + "\n", times));
}
