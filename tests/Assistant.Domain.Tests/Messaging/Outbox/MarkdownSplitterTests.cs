using System.Diagnostics;
using System.Globalization;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Xunit;

namespace Assistant.Domain.Tests.Messaging.Outbox;

public sealed class MarkdownSplitterTests
{
    private static readonly MessageButton Yes = new("Yes", "y");

    [Fact]
    public void A_short_reply_stays_as_it_is()
    {
        var body = new MessageBody("**hello**", [Yes]);

        Assert.Same(body, Assert.Single(MarkdownSplitter.Split(body, new TextLimit(100))));
    }

    [Fact]
    public void Nothing_to_say_is_no_part()
        => Assert.Empty(MarkdownSplitter.Split(new MessageBody(" \n\n "), new TextLimit(100)));

    [Fact]
    public void Buttons_go_on_the_last_part()
    {
        var parts = MarkdownSplitter.Split(new MessageBody(Words(60), [Yes]), new TextLimit(100));

        Assert.All(parts.SkipLast(1), p => Assert.Empty(p.Buttons));
        Assert.Equal([Yes], parts[^1].Buttons);
    }

    [Theory]
    [InlineData("First paragraph here.\n\nSecond one is. Longer than\nthe first.", 48, "First paragraph here.")]
    [InlineData("First line is here\nsecond line. It has a sentence or two.", 40, "First line is here")]
    [InlineData("It is one sentence. And here is another one.", 36, "It is one sentence.")]
    [InlineData("no stop but several words in a row", 20, "no stop but several")]
    [InlineData("这是第一句话。这是第二句话，还没有说完", 15, "这是第一句话。")]
    [InlineData("他说：“今天下雨吗？”我说不知道，你去看看", 16, "他说：“今天下雨吗？”")]
    [InlineData("abcdefghijklmnop", 10, "abcdefghij")]
    public void It_cuts_at_paragraph_line_sentence_word_grapheme_in_that_order(string text, int max, string first)
        => Assert.Equal(first, Split(text, max)[0]);

    [Theory]
    [InlineData("some words before **bold words here** after", 30)]
    [InlineData("some words before [a link](https://example.test/x) after", 40)]
    [InlineData("some words before `code span here` after", 30)]
    [InlineData("some words before ~~struck words~~ after", 30)]
    [InlineData("some words before *slanted words* after", 28)]
    public void An_inline_entity_goes_whole_into_the_next_part(string text, int max)
        => Assert.Equal("some words before", Split(text, max)[0]);

    [Fact]
    public void Bold_longer_than_a_part_is_closed_and_reopened()
    {
        var parts = Split($"**{Words(12)}**", 40);

        Assert.True(parts.Count > 1);
        Assert.All(parts, p => Assert.True(p.StartsWith("**", StringComparison.Ordinal) && p.EndsWith("**", StringComparison.Ordinal), p));
    }

    [Fact]
    public void A_code_fence_is_closed_and_reopened_with_its_info_string()
    {
        var code = string.Join("\n", Enumerable.Range(1, 20).Select(i => $"line_{i:00} = call();"));

        var parts = Split($"Look:\n\n```csharp\n{code}\n```\n\nDone.", 150);

        Assert.True(parts.Count > 2);
        Assert.All(parts.SkipLast(1).Skip(1), p => Assert.StartsWith("```csharp\n", p, StringComparison.Ordinal));
        Assert.All(parts.SkipLast(1), p => Assert.EndsWith("\n```", p, StringComparison.Ordinal));
        Assert.Equal(code, string.Join("\n", parts.SelectMany(p => p.Split('\n')).Where(l => l.StartsWith("line_", StringComparison.Ordinal))));
    }

    [Fact]
    public void A_fence_cut_before_its_closing_line_leaves_no_empty_block_behind()
    {
        var parts = Split("```\n0123456789\n0123456789\n```\nand then some more words", 30);

        Assert.Equal(["```\n0123456789\n0123456789\n```", "and then some more words"], parts);
    }

    [Theory]
    [InlineData(
        "- fruit\n    - apples and pears\n    - plums and cherries\n        - sour ones\n- bread", 46,
        "- fruit\n    - apples and pears", "- plums and cherries\n    - sour ones\n- bread")]
    [InlineData(
        "- one two three four five six seven eight nine ten\n\n    - child", 32,
        "- one two three four five six", "seven eight nine ten\n\n  - child")]
    public void What_was_nested_in_a_list_goes_on_at_the_margin(string text, int max, string first, string second)
        => Assert.Equal([first, second], Split(text, max));

    [Fact]
    public void Indented_code_outside_of_a_list_stays_code()
        => Assert.Equal(
            ["Look at this:", "    - first\n    - second", "    - third"], Split("Look at this:\n\n    - first\n    - second\n    - third", 30));

    [Fact]
    public void A_table_cut_between_rows_repeats_its_head()
    {
        const string Head = "| name | size |\n|---|---|\n";
        var rows = Enumerable.Range(1, 20).Select(i => $"| row{i:00} | {i} |").ToList();

        var parts = Split($"Sizes:\n\n{Head}{string.Join('\n', rows)}\n\nDone.", 100);

        Assert.StartsWith("Sizes:\n\n" + Head, parts[0], StringComparison.Ordinal);
        Assert.All(parts, p => Assert.InRange(p.Length, 1, 100));
        Assert.All(parts.Skip(1).Where(p => p.Contains('|', StringComparison.Ordinal)), p => Assert.StartsWith(Head + "| row", p, StringComparison.Ordinal));
        Assert.Equal(rows, parts.SelectMany(p => p.Split('\n')).Where(l => l.StartsWith("| row", StringComparison.Ordinal)));
        Assert.EndsWith("Done.", parts[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_head_of_a_table_keeps_a_row()
    {
        var parts = Split("Some words before the table.\n\n| a | b |\n|---|---|\n| one | two |\n| three | four |", 54);

        Assert.Equal(["Some words before the table.", "| a | b |\n|---|---|\n| one | two |\n| three | four |"], parts);
    }

    [Theory]
    [InlineData("👨‍👩‍👧‍👦")]
    [InlineData("🇨🇳")]
    [InlineData("e\u0301")]
    [InlineData("ก็")]
    [InlineData("👍🏽")]
    public void A_grapheme_cluster_is_never_cut(string cluster)
    {
        foreach (var max in Enumerable.Range(12, 20))
        {
            foreach (var part in Split(string.Concat(Enumerable.Repeat(cluster, 40)), max))
            {
                Assert.Equal(0, part.Length % cluster.Length);
            }
        }
    }

    [Theory]
    [InlineData(LengthUnit.Utf8Bytes)]
    [InlineData(LengthUnit.CodePoints)]
    [InlineData(LengthUnit.Utf16)]
    public void The_limit_is_counted_in_the_channels_unit(LengthUnit unit)
    {
        var limit = new TextLimit(64, unit);

        var parts = MarkdownSplitter.Split(new MessageBody(string.Concat(Enumerable.Repeat("多语言👍 текст. ", 40))), limit);

        Assert.All(parts, p => Assert.InRange(limit.Measure(p.Markdown), 1, 64));
        Assert.True(parts.SkipLast(1).Average(p => limit.Measure(p.Markdown)) > 32);
    }

    [Theory]
    [InlineData(17, LengthUnit.Utf16)]
    [InlineData(64, LengthUnit.Utf16)]
    [InlineData(200, LengthUnit.Utf16)]
    [InlineData(97, LengthUnit.Utf8Bytes)]
    [InlineData(80, LengthUnit.CodePoints)]
    public void Any_text_is_cut_within_the_limit_and_keeps_its_content(int max, LengthUnit unit)
    {
        var limit = new TextLimit(max, unit);
        for (var seed = 0; seed < 1500; seed++)
        {
            var text = RandomMarkdown.Noise(new Random(seed));

            var parts = MarkdownSplitter.Split(new MessageBody(text), limit);

            Assert.All(parts, p => Assert.False(string.IsNullOrWhiteSpace(p.Markdown)));
            Assert.All(parts, p => Assert.True(limit.Measure(p.Markdown) <= max, $"seed {seed}"));
            Assert.All(parts, p => Assert.DoesNotContain(p.Markdown.EnumerateRunes(), r => r == Rune.ReplacementChar));
            Assert.True(RandomMarkdown.Keeps(string.Concat(parts.Select(p => p.Markdown)), text), $"seed {seed}: content lost\n{text}");
        }
    }

    [Fact]
    public void Well_formed_formatting_stays_well_formed_in_every_part()
    {
        for (var seed = 0; seed < 1500; seed++)
        {
            var random = new Random(seed);
            var text = RandomMarkdown.WellFormed(random);
            var max = random.Next(120, 400);

            foreach (var part in Split(text, max))
            {
                Assert.True(RandomMarkdown.IsBalanced(part), $"seed {seed}, limit {max}:\n{part}\n--- of ---\n{text}");
            }
        }
    }

    [Fact]
    public void Graphemes_survive_in_order()
    {
        string[] clusters = ["a", "é", "e\u0301", "界", "👩‍🚀", "🇫🇷", "ש\u05C1\u05B8", "ك\u0651", " ", "क्षि", "👍🏽", "。"];
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var text = string.Concat(Enumerable.Range(0, 200).Select(_ => clusters[random.Next(clusters.Length)]));

            var whole = Elements(text);
            var cut = Split(text, random.Next(24, 90)).SelectMany(Elements);

            Assert.Equal(whole, cut);
        }

        static List<string> Elements(string text)
        {
            var elements = new List<string>();
            var all = StringInfo.GetTextElementEnumerator(text);
            while (all.MoveNext())
            {
                if (!string.IsNullOrWhiteSpace(all.GetTextElement()))
                {
                    elements.Add(all.GetTextElement());
                }
            }

            return elements;
        }
    }

    [Theory]
    [InlineData("word ")]
    [InlineData("字")]
    [InlineData("a")]
    [InlineData("**")]
    [InlineData("`")]
    [InlineData("[")]
    [InlineData("*a ")]
    [InlineData("```\n")]
    [InlineData("e\u0301\u0302")]
    [InlineData("1. x\n")]
    public void A_megabyte_takes_linear_time(string unit)
    {
        // Four times the text: quadratic work would take sixteen times as long, every time. Neighbours can spoil a try or two.
        var tries = Enumerable.Range(0, 5).Select(_ => (Quarter: Timed(unit, 1 << 18), Whole: Timed(unit, 1 << 20)));

        Assert.Contains(tries, t => t.Whole < TimeSpan.FromSeconds(1) + 8 * t.Quarter);

        static TimeSpan Timed(string unit, int length)
        {
            var body = new MessageBody(string.Concat(Enumerable.Repeat(unit, length / unit.Length)));
            var started = Stopwatch.GetTimestamp();
            MarkdownSplitter.Split(body, new TextLimit(4096));
            return Stopwatch.GetElapsedTime(started);
        }
    }

    private static List<string> Split(string text, int max) => [.. MarkdownSplitter.Split(new MessageBody(text), new TextLimit(max)).Select(p => p.Markdown)];

    private static string Words(int count) => string.Join(' ', Enumerable.Range(1, count).Select(i => $"word{i}"));
}
