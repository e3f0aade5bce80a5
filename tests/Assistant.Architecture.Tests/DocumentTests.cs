using System.Text.RegularExpressions;

namespace Assistant.Architecture.Tests;

/// <summary>The documents a newcomer reads hold together.</summary>
public sealed partial class DocumentTests
{
    private static readonly string[] Words =
    [
        "tenant", "channel", "connection", "inbox", "outbox", "conversation", "session", "turn", "utterance", "intent", "entity", "fact", "node",
        "edge", "embedding", "flow", "trigger", "step", "run", "step run", "approval", "step-up",
    ];

    [Fact]
    public void The_glossary_explains_every_word_in_both_languages() => Repository.AssertNone(Unexplained(Repository.Read("docs/glossary.md")), "docs/glossary.md lacks:");

    [Fact]
    public void A_word_without_a_row_is_seen()
    {
        var glossary = string.Join('\n', Words.Where(word => word != "turn").Select(word => word == "run" ? "| **run** | |  |" : $"| **{word}** | 词 | meaning | avoid |"));

        Assert.Equal(["turn", "run"], Unexplained(glossary));
    }

    [Fact]
    public void Every_link_to_a_file_leads_somewhere() =>
        Repository.AssertNone(DeadLinks(Repository.Files.Where(file => file.Has(".md")), Repository.Paths), "A document links to a file that is not there:");

    [Fact]
    public void A_dead_link_is_seen() =>
        Assert.Equal(["docs/a.md links to ../gone.md"], DeadLinks([new("docs/a.md", "[x](../gone.md) [y](b.md#part) [z](https://example.org) [w](#here)\n![i](images/i.png)")], ["docs/b.md", "docs/images/i.png"]));

    [Fact]
    public void Every_decision_says_what_was_rejected_and_what_it_costs() => Repository.AssertNone(
        IncompleteDecisions(Repository.Files), "An architecture decision has Context, Decision, Rejected and Consequences, and a number of its own:");

    [Fact]
    public void A_decision_without_its_price_is_seen() =>
        Assert.Single(IncompleteDecisions([new("docs/adr/0001-a.md", "## Context\n## Decision\n## Rejected\n")]));

    private static IEnumerable<string> Unexplained(string glossary)
    {
        // | **word** | 中文 | meaning | avoid |
        var rows = Row().Matches(glossary).Where(match => match.Groups[2].Value.Trim().Length > 0 && match.Groups[3].Value.Trim().Length > 0);
        var explained = rows.SelectMany(match => match.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Words.Where(word => !explained.Contains(word));
    }

    private static IEnumerable<string> DeadLinks(IEnumerable<SourceFile> documents, IEnumerable<string> paths)
    {
        var known = paths.SelectMany(WithFolders).ToHashSet(StringComparer.Ordinal);
        foreach (var document in documents)
        {
            foreach (var target in Link().Matches(document.Text).Select(match => match.Groups[1].Value))
            {
                var path = Path.GetRelativePath("/", Path.GetFullPath(Path.Combine("/", document.Folder, target.Split('#')[0]))).TrimEnd('/');
                // The picture of the console is taken from the running product and comes after it.
                if (!known.Contains(path) && path != "docs/images/console.png") yield return $"{document.Path} links to {target}";
            }
        }
    }

    private static IEnumerable<string> WithFolders(string path)
    {
        for (var part = path; !string.IsNullOrEmpty(part); part = Path.GetDirectoryName(part)) yield return part;
    }

    private static IEnumerable<string> IncompleteDecisions(IReadOnlyList<SourceFile> files)
    {
        var decisions = files.Where(file => file.IsIn("docs/adr") && file.Name != "README.md").ToList();
        foreach (var decision in decisions)
        {
            foreach (var heading in new[] { "Context", "Decision", "Rejected", "Consequences" }.Where(heading => !decision.Text.Contains($"## {heading}", StringComparison.Ordinal)))
            {
                yield return $"{decision.Path} has no {heading}";
            }
        }

        foreach (var twins in decisions.GroupBy(decision => decision.Name[..4]).Where(group => group.Count() > 1)) yield return $"{twins.Key} is used twice";
    }

    [GeneratedRegex(@"^\|\s*\*\*([^*|]+)\*\*\s*\|([^|]*)\|([^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"\]\((?!https?:|mailto:|#)([^)\s]+)\)")]
    private static partial Regex Link();
}
