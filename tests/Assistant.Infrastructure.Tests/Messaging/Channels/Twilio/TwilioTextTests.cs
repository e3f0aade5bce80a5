using Assistant.Infrastructure.Messaging.Channels.Twilio;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Twilio;

public sealed class TwilioTextTests
{
    [Theory]
    [InlineData("# Title\n\n**bold** `code`", "Title\n\nbold code")]
    [InlineData("- a\n  - b\n1. c", "- a\n  - b\n1. c")]
    [InlineData("“It’s – well…” he said", "\"It's - well...\" he said")]
    [InlineData("“你好”", "“你好”")]
    [InlineData("It’s 👍🏽", "It’s 👍🏽")]
    [InlineData("[here](https://example.test/a_b)", "here (https://example.test/a_b)")]
    [InlineData("```csharp\nvar x = {1};\n```", "var x = {1};")]
    [InlineData("| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |\n|---|---|\n| 1 | 2 |")]
    [InlineData("- [x] done\n- [ ] open", "[x] done\n[ ] open")]
    [InlineData("*שלום*", "שלום")]
    [InlineData("   ", "   ")]
    public void Markdown_is_written_for_a_telephone(string markdown, string expected) => Assert.Equal(expected, TwilioText.Render(markdown));

    [Theory]
    [InlineData('x', 160, 1)]
    [InlineData('x', 161, 2)]
    [InlineData('x', 306, 2)]
    [InlineData('x', 307, 3)]
    [InlineData('€', 80, 1)]
    [InlineData('€', 81, 2)]
    [InlineData('字', 70, 1)]
    [InlineData('字', 71, 2)]
    [InlineData('字', 134, 2)]
    [InlineData('字', 135, 3)]
    public void A_text_is_sent_in_segments(char letter, int count, int segments) => Assert.Equal(segments, TwilioText.SegmentsOf(new string(letter, count)));

    [Fact]
    public void One_curly_quotation_mark_does_not_double_the_price()
        => Assert.Equal(1, TwilioText.SegmentsOf(TwilioText.Render("It’s " + new string('x', 150))));

    [Fact]
    public void No_text_becomes_longer_than_twilio_takes() => Assert.Equal(1600, TwilioText.Render(new string('…', 1600)).Length);
}
