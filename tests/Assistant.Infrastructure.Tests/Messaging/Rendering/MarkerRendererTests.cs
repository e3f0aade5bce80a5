using System.Buffers;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Rendering;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Rendering;

public sealed class MarkerRendererTests
{
    [Theory]
    [InlineData("**bold** and *italic* and ~~gone~~ and `code`", "*bold* and _italic_ and ~gone~ and `code`")]
    [InlineData("**bold**", "*bold*")]
    [InlineData("a **b**, c", "a *b*, c")]
    [InlineData("这是**重点**内容", "这是|*重点*|内容")]
    [InlineData("这是**重点：**内容", "这是|*重点：*|内容")]
    [InlineData("请看**“设置”**页面", "请看|*“设置”*|页面")]
    [InlineData("**注意！**不要关机", "*注意！*|不要关机")]
    [InlineData("版本**1.2（测试）**可用", "版本|*1.2（测试）*|可用")]
    [InlineData("**“你好”**世界，这是**重点：**内容", "*“你好”*|世界，这是|*重点：*|内容")]
    [InlineData("x**y**z", "x|*y*|z")]
    [InlineData("3*4*5 = 60", "3×*4×*5 = 60")]
    [InlineData("2**3**4", "2×*×*3×*×*4")]
    [InlineData("**a *b* c**", "*a _b_ c*")]
    [InlineData("# Title\n\ntext", "*Title*\n\ntext")]
    [InlineData("# **Title**", "*Title*")]
    [InlineData("> one\n> two", "> one\n> two")]
    [InlineData("> one\n> > two", "> one\n> two")]
    [InlineData("- a\n  - b\n- c", "• a\n  • b\n• c")]
    [InlineData("3. a\n4. b", "3. a\n4. b")]
    [InlineData("- [x] done\n- [ ] open", "☑ done\n☐ open")]
    [InlineData("```csharp\nvar a = 1 < 2;\n```", "```\nvar a = 1 < 2;\n```")]
    [InlineData("`a * b`", "`a * b`")]
    [InlineData("2 \\* 3", "2 ×* 3")]
    [InlineData("[here](https://example.test)", "here (https://example.test)")]
    [InlineData("<https://example.test>", "https://example.test")]
    public void Marks_stand_where_the_messenger_sees_them(string markdown, string expected) => Assert.Equal(expected, Marked.Render(markdown));

    [Fact]
    public void A_table_stands_in_columns_and_plainly_where_that_is_too_long()
    {
        const string table = "| a | b |\n|---|---|\n| 一二三四五六七八 | 2 |\n| x | 3 |\n| y | 4 |";
        const string aligned = "```\na                │ b\n─────────────────┼──\n一二三四五六七八 │ 2\nx                │ 3\ny                │ 4\n```";

        Assert.Equal(aligned, Fit(table, aligned.Length));
        Assert.Equal($"```\n{table}\n```", Fit(table, table.Length + 8));
        Assert.Equal(table, Fit(table, table.Length));
    }

    private static string Fit(string markdown, int limit)
        => Rendered.Fit(markdown, new TextLimit(limit), (text, aligns) => Marked.Render(text, aligns), words => words);

    private sealed class Marked : MarkerRenderer
    {
        private static readonly MarkerStyle Style = new("*", "_", "~", "`", "```", "> ", SearchValues.Create("*")) { Joint = "|" };

        private Marked(string source, bool alignsTables) : base(source, alignsTables, Style) { }

        public static string Render(string markdown, bool alignsTables = true) => new Marked(markdown, alignsTables).Finish();

        protected override string Escaped(ReadOnlySpan<char> words) => words.ToString().Replace("*", "×*", StringComparison.Ordinal);

        protected override string LinkOf(string address, string label) => label.Length == 0 ? address : $"{label} ({address})";
    }
}
