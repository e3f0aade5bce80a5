using Assistant.Infrastructure.Messaging.Rendering;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Rendering;

public sealed class PlainRendererTests
{
    [Theory]
    [InlineData("The volume is 2*3*4 = 24", "The volume is 2*3*4 = 24")]
    [InlineData("5*x + 3*y = 0", "5*x + 3*y = 0")]
    [InlineData("2**3**4", "2**3**4")]
    [InlineData("a *b*c", "a *b*c")]
    [InlineData("- 2*3*4\n- 5", "• 2*3*4\n• 5")]
    [InlineData("Price ~~10~~ 8", "Price ~~10~~ 8")]
    [InlineData("~~**10**~~ 8", "~~10~~ 8")]
    [InlineData("价格~~10~~8", "价格~~10~~8")]
    public void Marks_stay_where_they_say_something(string markdown, string expected) => Assert.Equal(expected, PlainRenderer.Render(markdown, alignsTables: true));

    [Fact]
    public void A_wide_table_of_many_short_rows_grows_with_its_text_alone()
    {
        var markdown = string.Concat(Enumerable.Repeat("a|", 1_000)) + "\n" + string.Concat(Enumerable.Repeat("-|", 1_000)) + "\n"
            + string.Concat(Enumerable.Repeat("a|\n", 1_000));

        Assert.InRange(PlainRenderer.Render(markdown, alignsTables: true).Length, 1, 2 * markdown.Length);
    }

    [Theory]
    [InlineData("**bold**, *italic* and (*so*)", "bold, italic and (so)")]
    [InlineData("*Note*: it is **10**.", "Note: it is 10.")]
    [InlineData("这是**重点**内容，共*3*个", "这是重点内容，共3个")]
    [InlineData("# Title *so*", "Title so")]
    [InlineData("***both*** and snake_case", "both and snake_case")]
    [InlineData("2 * 3 * 4", "2 * 3 * 4")]
    public void Other_marks_go(string markdown, string expected) => Assert.Equal(expected, PlainRenderer.Render(markdown, alignsTables: true));
}
