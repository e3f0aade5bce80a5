using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Assistant.Infrastructure.Messaging.Channels.Telegram;
using Telegram.Bot.Types.Enums;
using Xunit;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Telegram;

public sealed class TelegramTextTests
{
    [Theory]
    [InlineData("**bold** x", "bold x", "Bold:bold")]
    [InlineData("_a_ *b*", "a b", "Italic:a|Italic:b")]
    [InlineData("~~gone~~", "gone", "Strikethrough:gone")]
    [InlineData("use `a<b>` now", "use a<b> now", "Code:a<b>")]
    [InlineData("# Title\ntext", "Title\ntext", "Bold:Title")]
    [InlineData("[here](https://example.test/a_b)", "here", "TextLink:here")]
    [InlineData("***both***", "both", "Italic:both|Bold:both")]
    [InlineData("```csharp\nvar x = 1;\n```", "var x = 1;", "Pre:var x = 1;")]
    [InlineData("> said\n> twice", "said\ntwice", "Blockquote:said\ntwice")]
    [InlineData("- a\n- b\n  - c", "• a\n• b\n  • c", "")]
    [InlineData("3. a\n4. b", "3. a\n4. b", "")]
    [InlineData("- [x] done\n- [ ] open", "☑ done\n☐ open", "")]
    [InlineData("a\n\nb", "a\n\nb", "")]
    [InlineData("5 * 3 * 2 = a_b_c", "5 * 3 * 2 = a_b_c", "")]
    [InlineData("3*4*5 = 60; f(x)=a*x*b", "3*4*5 = 60; f(x)=a*x*b", "")]
    [InlineData("2**3**4 = 2 **or** x", "2**3**4 = 2 or x", "Bold:or")]
    [InlineData("用Python**编写**，un**believ**able", "用Python编写，unbelievable", "Bold:编写|Bold:believ")]
    [InlineData("👨‍👩‍👧 **x**", "👨‍👩‍👧 x", "Bold:x")]
    [InlineData("[x](javascript:alert)", "x (javascript:alert)", "")]
    [InlineData("![alt](https://example.test/i.png)", "alt", "TextLink:alt")]
    [InlineData("a &amp; b <b>c</b>", "a & b <b>c</b>", "")]
    [InlineData("1. 文字\n\n   更多", "1. 文字\n\n  更多", "")]
    public void Markdown_becomes_text_and_entities(string markdown, string text, string entities)
    {
        var rendered = TelegramText.Render(markdown);

        Assert.Equal(text, rendered.Text);
        Assert.Equal(entities, string.Join('|', (rendered.Entities ?? []).Select(e => $"{e.Type}:{rendered.Text.Substring(e.Offset, e.Length)}").OrderByDescending(e => e.StartsWith("Italic", StringComparison.Ordinal))));
    }

    [Fact]
    public void A_table_is_aligned_in_a_fixed_width_block()
    {
        var rendered = TelegramText.Render("| name | 数量 |\n|---|---|\n| tea | 2 |\n| 咖啡 | 10 |");

        Assert.Equal("name │ 数量\n─────┼─────\ntea  │ 2\n咖啡 │ 10", rendered.Text);
        Assert.Equal(MessageEntityType.Pre, Assert.Single(rendered.Entities!).Type);
    }

    [Fact]
    public void A_table_too_wide_to_align_is_shown_as_it_is()
    {
        var cell = new string('x', 1500);
        var table = $"| {cell} | a |\n|---|---|\n" + string.Concat(Enumerable.Repeat("| b | c |\n", 30));

        var rendered = TelegramText.Render(table);

        Assert.True(rendered.Text.Length <= 4096);
        Assert.Contains("| b | c |", rendered.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Plain words, 12 of them. And (brackets)!")]
    [InlineData("两行\n文字：没有格式。")]
    [InlineData("2024 was a year")]
    public void Most_replies_need_no_syntax_tree(string text)
    {
        Assert.True(TelegramText.IsPlain(text));
        Assert.Equal(text, TelegramRenderer.Render(text, alignsTables: true).Text);
    }

    [Fact]
    public void Addresses_of_links_beyond_the_hundredth_are_written_out()
    {
        var rendered = TelegramText.Render("> " + string.Join(' ', Enumerable.Range(1, 102).Select(i => $"[l{i}](https://x.test/{i})")));

        Assert.Equal(100, rendered.Entities!.Count);
        Assert.EndsWith(" l99 l100 (https://x.test/100) l101 (https://x.test/101) l102 (https://x.test/102)", rendered.Text, StringComparison.Ordinal);
        Assert.Equal((MessageEntityType.Blockquote, rendered.Text.Length), (rendered.Entities[0].Type, rendered.Entities[0].Length));
        Assert.Equal("l99", rendered.Text.Substring(rendered.Entities[^1].Offset, rendered.Entities[^1].Length));
    }

    [Fact]
    public void Rendering_any_part_stays_within_the_limit_and_its_entities_within_the_text()
    {
        string[] pieces =
        [
            "**", "*", "_", "`", "```\n", "# ", "- ", "1. ", "> ", "|", "\n", "\n\n", " ", "word", "中文", "👩‍🚀", "[t](https://x.test)", "<b>", "&nbsp;", "---\n", "    ", "| a | b |\n|---|---|\n| c | d |\n",
        ];
        for (var seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            var markdown = string.Concat(Enumerable.Range(0, random.Next(1, 400)).Select(_ => pieces[random.Next(pieces.Length)]));
            foreach (var part in MarkdownSplitter.Split(new MessageBody(markdown), TelegramText.Limit))
            {
                var rendered = TelegramText.Render(part.Markdown);

                Assert.False(string.IsNullOrWhiteSpace(rendered.Text), $"seed {seed}");
                Assert.True(rendered.Text.Length <= 4096, $"seed {seed}");
                Assert.All(rendered.Entities ?? [], e => Assert.True(e.Offset >= 0 && e.Length > 0 && e.Offset + e.Length <= rendered.Text.Length, $"seed {seed}"));
            }
        }
    }

    [Fact]
    public void No_part_of_a_nested_list_is_shown_as_code()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var text = NestedList(random);

            var parts = MarkdownSplitter.Split(new MessageBody(text), new TextLimit(random.Next(60, 300)));

            Assert.All(parts, p => Assert.DoesNotContain(TelegramText.Render(p.Markdown).Entities ?? [], e => e.Type == MessageEntityType.Pre));
            Assert.Equal(WordsOf(text), parts.SelectMany(p => WordsOf(p.Markdown)));
        }

        static IEnumerable<string> WordsOf(string text) => text.Split(new[] { ' ', '\n', '-' }, StringSplitOptions.RemoveEmptyEntries);

        static string NestedList(Random random)
        {
            var (lines, depth) = (new List<string>(), 0);
            for (var line = 0; line < 40; line++)
            {
                depth = line == 0 ? 0 : random.Next(Math.Min(depth + 1, 4) + 1);
                var words = string.Join(' ', Enumerable.Range(0, random.Next(1, 12)).Select(word => $"word{line}x{word}"));
                lines.Add($"{new string(' ', 4 * depth)}- {words}{(random.Next(5) == 0 ? "\n" : "")}");
            }

            return string.Join('\n', lines);
        }
    }

    [Fact]
    public void Every_part_of_a_table_is_a_table()
    {
        var text = "| name | size |\n|---|---|\n" + string.Join('\n', Enumerable.Range(1, 40).Select(i => $"| row{i} | {i} |"));

        var parts = MarkdownSplitter.Split(new MessageBody(text), new TextLimit(200));

        Assert.True(parts.Count > 2);
        Assert.All(parts, p => Assert.Equal(MessageEntityType.Pre, Assert.Single(TelegramText.Render(p.Markdown).Entities!).Type));
    }

    [Fact]
    public void Vectors_about_lengths_and_offsets_hold()
    {
        var file = SharedFolder.Find("vectors/text.json");
        Assert.SkipWhen(file is null, "The test vectors are not beside this repository.");

        foreach (var vector in JsonNode.Parse(File.ReadAllText(file))!["vectors"]!.AsArray())
        {
            var (input, expect) = (vector!["input"]!, vector["expect"]!);
            var text = (string)input["text"]!;
            switch ((string?)input["kind"])
            {
                case "telegram-length":
                    Assert.Equal((int)expect["utf16"]!, TelegramText.Limit.Measure(text));
                    break;
                case "telegram-entity":
                    var rendered = TelegramText.Render(text.Replace((string)expect["covers"]!, $"**{expect["covers"]}**", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal));
                    Assert.Equal(text, rendered.Text);
                    var entity = Assert.Single(rendered.Entities!);
                    Assert.Equal(((int)input["offset"]!, (int)input["length"]!), (entity.Offset, entity.Length));
                    break;
                default:
                    // Parse modes and other messengers: this channel sends entities, so there is nothing to escape.
                    break;
            }
        }
    }
}
