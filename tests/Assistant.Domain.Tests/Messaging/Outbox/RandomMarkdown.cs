using System.Text;
using System.Text.RegularExpressions;

namespace Assistant.Domain.Tests.Messaging.Outbox;

/// <summary>Texts for the properties of the splitter.</summary>
internal static partial class RandomMarkdown
{
    private static readonly string[] Pieces =
    [
        "a", "word", " ", " ", " ", "\n", "\n\n", "\r\n", ". ", "。", "，", "！", "*", "**", "_", "`", "``", "```", "```cs\n", "~~~\n", "[", "](", ")", "\\",
        "# ", "- ", "1. ", "> ", "| a | b |\n", "<http://x.test>", "![i](u)", "中文字", "👨‍👩‍👧", "\u0301", "\u200D", "שלום", "مرحبا", "\u00A0", "<b>", "&amp;", "~~",
    ];

    private static readonly string[] Words = ["alpha", "beta", "gamma", "delta", "你好", "世界", "emoji👍🏽", "naïve", "שלום", "x"];

    public static string Noise(Random random)
    {
        var text = new StringBuilder();
        var count = random.Next(1, 200);
        for (var i = 0; i < count; i++)
        {
            text.Append(Pieces[random.Next(Pieces.Length)]);
        }

        return text.ToString();
    }

    /// <summary>Paragraphs with emphasis, code and links, and fences; every inline entity shorter than 100 characters.</summary>
    public static string WellFormed(Random random)
    {
        var text = new StringBuilder();
        for (var block = random.Next(2, 8); block > 0; block--)
        {
            if (random.Next(4) == 0)
            {
                text.Append("```lang\n");
                for (var line = random.Next(1, 12); line > 0; line--)
                {
                    text.Append("    code ").Append(Some(random, 6)).Append('\n');
                }

                text.Append("```\n\n");
                continue;
            }

            for (var run = random.Next(2, 14); run > 0; run--)
            {
                var inner = Some(random, 8);
                text.Append(random.Next(8) switch
                {
                    0 => $"**{inner}**",
                    1 => $"`{inner}`",
                    2 => $"[{inner}](https://example.test/{random.Next(1000)})",
                    3 => $"~~{inner}~~",
                    _ => inner,
                }).Append(random.Next(5) switch { 0 => ". ", 1 => "\n", 2 => "。", _ => " " });
            }

            text.Append("\n\n");
        }

        return text.ToString();
    }

    /// <summary>Whether the markers <see cref="WellFormed"/> uses are all closed in the part.</summary>
    public static bool IsBalanced(string part)
    {
        var outside = FencedBlock().Replace(part, "");
        return !outside.Contains("```", StringComparison.Ordinal)
            && Count(outside, "**") % 2 == 0 && Count(outside, "`") % 2 == 0 && Count(outside, "~~") % 2 == 0
            && Count(outside, "[") == Link().Count(outside);
    }

    /// <summary>Whether everything but white space and fence markers of the text is in the parts, in order; a cut may only add to it.</summary>
    public static bool Keeps(string parts, string text)
    {
        var found = 0;
        var wanted = Markers().Replace(text, "");
        foreach (var c in parts)
        {
            if (found < wanted.Length && c == wanted[found])
            {
                found++;
            }
        }

        return found == wanted.Length;
    }

    private static int Count(string text, string piece) => text.Split(piece).Length - 1;

    private static string Some(Random random, int most)
        => string.Join(' ', Enumerable.Range(0, random.Next(1, most + 1)).Select(_ => Words[random.Next(Words.Length)]));

    [GeneratedRegex("^```lang\n(?:(?!```).*\n)+```$", RegexOptions.Multiline)]
    private static partial Regex FencedBlock();

    [GeneratedRegex(@"\[[^\[\]]+\]\(https://example\.test/\d+\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[\s`~]")]
    private static partial Regex Markers();
}
