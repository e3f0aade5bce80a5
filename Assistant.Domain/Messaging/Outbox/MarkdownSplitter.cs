using System.Text;

namespace Assistant.Domain.Messaging.Outbox;

// The idea. A reply is consumed from the left. Each round looks at a region: what the last cut carried over (the opening line of a
// fence, the head of a table, the markers of an emphasis) and the next stretch of text, about twice what one part can hold. The region
// is scanned once from a neutral state (MarkdownScan) and cut at the best place that fits: paragraph, line, sentence, word, grapheme, in
// that order.
//
// Invariants. (1) A part never exceeds the limit and never is blank. (2) Nothing but white space at cuts is lost. (3) A cut falls on
// a grapheme boundary and outside inline entities; an entity longer than a whole part is cut inside, its markers closed and reopened.
// (4) A fence cut in two is closed and reopened with its info string, a table cut between rows repeats its head, and what was nested in
// a list moves to the margin (MarkdownRest), where it is no code. (5) Work is linear: a region is bounded by the limit, and a
// break of a better class is taken only when it fills a quarter of the part, so that rounds make progress.
//
// Rejected: a Markdown syntax tree. It needs the whole text, a library in Domain, and still says nothing about graphemes; rendering
// first and cutting the rendered text would tie the cut to one messenger and put the outbox rows behind it.

/// <summary>Splits a Markdown reply into messages that fit a channel.</summary>
public static class MarkdownSplitter
{
    /// <summary>
    /// The body in parts within <paramref name="limit"/>, none blank, buttons on the last. Time is linear in the length of the text.
    /// Empty for a blank body without buttons. A pure function.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The limit is below 8: no grapheme may fit.</exception>
    public static IReadOnlyList<MessageBody> Split(MessageBody body, TextLimit limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit.Max, 8);
        var text = body.Markdown;
        if (text.Length <= limit.Max && limit.Unit != LengthUnit.Utf8Bytes && !string.IsNullOrWhiteSpace(text))
        {
            return [body];
        }

        var parts = Cut(text, limit);
        if (parts.Count == 0)
        {
            return body.Buttons.Count == 0 ? [] : [body with { Markdown = "…" }];
        }

        var bodies = new MessageBody[parts.Count];
        for (var i = 0; i < bodies.Length; i++)
        {
            bodies[i] = new MessageBody(parts[i], i == bodies.Length - 1 ? body.Buttons : []);
        }

        return bodies;
    }

    private static List<string> Cut(string text, TextLimit limit)
    {
        var parts = new List<string>();
        var rest = new MarkdownRest(text, RegionLength(limit));
        var carry = "";
        while (!rest.IsEmpty)
        {
            var region = string.Concat(carry, rest.Peek(out var reachesEnd));
            if (reachesEnd && limit.Measure(region) <= limit.Max)
            {
                Add(parts, string.IsNullOrWhiteSpace(region[carry.Length..]) ? "" : region);
                break;
            }

            var cut = MarkdownCut.Find(region, carry.Length, limit);
            Add(parts, string.Concat(region.AsSpan(0, cut.End).TrimEnd(), cut.Suffix));
            rest.Advance(cut.Next - carry.Length);
            carry = rest.BeginPart(cut.Carry);
        }

        return parts;
    }

    /// <summary>Enough to see whether an entity that begins in this part ends within one part's length.</summary>
    private static int RegionLength(TextLimit limit) => (limit.Unit == LengthUnit.CodePoints ? 4 : 2) * limit.Max + 256;

    private static void Add(List<string> parts, string part)
    {
        // Leading white space of a first line may be the indent of a list or of code: it stays.
        var trimmed = part.AsSpan().TrimEnd();
        if (!trimmed.IsEmpty)
        {
            parts.Add(trimmed.Length == part.Length ? part : trimmed.ToString());
        }
    }
}
