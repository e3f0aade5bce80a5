using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Outbox;
using Xunit;

namespace Assistant.Testing.Contracts;

// A reply longer than any message: a table and a block of code, each longer than one message alone, so that both are cut wherever the limit lies.
public abstract partial class ChannelContract
{
    private const string Long = """
        ## Boiler

        Two **parts** are worn, see the [manual](https://example.test/manual_1?a=b&c=d):

        | part | price | 备注 |
        |---|---:|---|
        | valve | 12.50 | 有货 |
        | *pump* | 140 | 需订购 👍🏽 |

        ```sh
        boiler --status | grep "hot & cold"
        ```

        1. Order the pump
        2. Close the valve, then:
           - wait an hour
           - open it again
        """;

    private const string Head = "| what | note |\n|---|---|";

    private static readonly string[] MustArrive = ["Boiler", "parts", "manual", "valve", "12.50", "有货", "pump", "140", "需订购", "👍🏽", "boiler --status | grep", "Order the pump", "wait an hour"];

    /// <summary>A person of several code points, and of three characters with a joiner: no half of it may be shown.</summary>
    private const string Grapheme = "👩🏽‍🚒";

    /// <returns>The number of messages it took.</returns>
    private static async Task<int> ShowLongAsync(ChannelRig rig)
    {
        var limit = rig.Channel.Manifest.TextLimit;
        var (text, items, steps) = LongerThan(limit);
        var parts = OutboundParts.For(rig.Channel.Manifest, new MessageBody(text)).ToList();
        AssertWhole(text, [.. parts.Select(part => part.Markdown)], limit);
        var before = rig.ShownTo(Ann).Count;

        foreach (var part in parts)
        {
            await DeliverAsync(Message(rig, part), message => rig.Session.SendAsync(message, Cancel));
        }

        var shown = rig.ShownTo(Ann).Skip(before).ToList();
        var all = string.Join('\n', shown);
        Assert.True(shown.Count >= parts.Count && parts.Count > 2, $"{shown.Count} messages of {parts.Count} parts");
        Assert.All(shown, message => Assert.True(rig.ShownLimit.Measure(message) <= rig.ShownLimit.Max, $"{rig.ShownLimit.Measure(message)}: {message}"));
        Assert.All(MustArrive, word => Assert.Contains(word, all, StringComparison.Ordinal));
        Assert.Equal(Enumerable.Range(1, items), NumbersAfter("item", all));
        Assert.Equal(Enumerable.Range(1, steps), NumbersAfter("step", all));
        Assert.Equal(items, all.Split(Grapheme).Length - 1);
        return shown.Count;
    }

    private static (string Text, int Items, int Steps) LongerThan(TextLimit limit)
    {
        var text = new StringBuilder(Long).Append($"\n\n{Head}\n");
        var items = AddLines(text, limit, i => $"| item {i} | **worn** 有货 {Grapheme} |\n");
        text.Append("\n```sh\n");
        var steps = AddLines(text, limit, i => $"step {i} --note \"锅炉 {i}\"\n");
        return (text.Append("```\n\nThat is all.").ToString(), items, steps);
    }

    /// <summary>Adds lines until they are more than one message holds.</summary>
    private static int AddLines(StringBuilder text, TextLimit limit, Func<int, string> line)
    {
        var count = 0;
        for (var size = 0; size < limit.Max * 5 / 4; size += limit.Measure(line(count)))
        {
            text.Append(line(++count));
        }

        return count;
    }

    /// <summary>Each part stands by itself, and together they are the text.</summary>
    private static void AssertWhole(string text, IReadOnlyList<string> parts, TextLimit limit)
    {
        Assert.All(parts, part => Assert.True(limit.Measure(part) <= limit.Max, $"{limit.Measure(part)}: {part}"));
        Assert.All(parts, part => Assert.Equal(0, LinesOf(part).Count(IsFence) % 2));
        Assert.All(parts.SelectMany(LinesOf).Where(line => line.Contains("| item", StringComparison.Ordinal)), row => Assert.Matches(@"^\| item \d+ \| .+ \|$", row));
        Assert.All(parts.SelectMany(LinesOf).Where(line => line.StartsWith("step ", StringComparison.Ordinal)), line => Assert.EndsWith("\"", line, StringComparison.Ordinal));
        // What is cut inside code is code again.
        Assert.All(parts.Where(part => part.Contains("\nstep ", StringComparison.Ordinal)), part => Assert.Contains("```sh\nstep ", part, StringComparison.Ordinal));
        // What is cut inside a table is a table again.
        Assert.All(parts.Where(part => part.Contains("\n| item ", StringComparison.Ordinal)), part => Assert.Contains($"{Head}\n| item ", part, StringComparison.Ordinal));
        Assert.Equal(WordsOf([text]), WordsOf(parts));
    }

    private static IEnumerable<string> LinesOf(string text) => text.Split('\n');

    private static bool IsFence(string line) => line.StartsWith("```", StringComparison.Ordinal);

    private static bool IsOfHead(string line) => Head.Split('\n').Contains(line);

    /// <summary>What is said, without the marks around code and the head of the long table: they are repeated where it is cut.</summary>
    private static List<string> WordsOf(IEnumerable<string> parts)
        => [.. parts.SelectMany(LinesOf).Where(line => !IsFence(line) && !IsOfHead(line)).SelectMany(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))];

    private static IEnumerable<int> NumbersAfter(string word, string text)
        => Regex.Matches(text, $@"\b{word}\s+(\d+)").Select(match => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
}
