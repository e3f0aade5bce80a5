using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Assistant.Architecture.Tests.Asvs;

/// <summary>The table of requirements names tests that exist, and the document is made from it.</summary>
public sealed partial class AsvsTests
{
    private const string Document = "docs/asvs.md";

    [Fact]
    public void Every_test_it_names_exists() => Repository.AssertNone(Missing(Requirements.All, TestsOf(Repository.Code)), "The table of ASVS names no test of ours:");

    [Fact]
    public void A_test_that_is_gone_is_seen()
    {
        var code = new SourceFile("tests/A/DoorTests.cs", "public sealed partial class DoorTests\n{\n    [Fact]\n    public async Task It_is_shut()\n");

        Assert.Equal(
            ["V1.1.1: DoorTests.It_is_open", "V1.1.1: Elsewhere.*"],
            Missing([new("V1.1.1", "", Standing.Shown, "DoorTests.It_is_shut DoorTests.* DoorTests.It_is_open Elsewhere.*")], TestsOf([code])));
    }

    [Fact]
    public void Each_requirement_stands_once_with_a_test_or_a_reason()
    {
        Assert.Equal(Requirements.All.Count, Requirements.All.DistinctBy(requirement => requirement.Id).Count());
        Assert.All(Requirements.All, requirement => Assert.True(
            requirement.Standing == Standing.Shown ? requirement.Tests.Length > 0 : requirement.Why.Length > 0, requirement.Id));
        Assert.All(Requirements.All, requirement => Assert.Matches(Number(), requirement.Id));
    }

    [Fact]
    public void The_document_is_made_from_the_table()
    {
        if (Environment.GetEnvironmentVariable("ASSISTANT_WRITE_DOCS") == "1")
        {
            File.WriteAllText(Path.Combine(Repository.Root, Document), ToMarkdown(Requirements.All));
        }

        Assert.Equal(Repository.Read(Document).ReplaceLineEndings("\n"), ToMarkdown(Requirements.All));
    }

    private static IEnumerable<string> Missing(IEnumerable<Requirement> requirements, HashSet<string> tests)
        => from requirement in requirements from name in requirement.TestNames where !tests.Contains(name) select $"{requirement.Id}: {name}";

    // One class, abstract suites included, may be spread over several files.
    private static HashSet<string> TestsOf(IEnumerable<SourceFile> code) =>
    [
        .. from file in code
           where file.IsIn("tests")
           from type in Class().Matches(file.Text).Select(match => match.Groups[1].Value)
           from name in Method().Matches(file.Text).Select(match => match.Groups[1].Value).Append("*")
           select $"{type}.{name}",
    ];

    private static string ToMarkdown(IReadOnlyList<Requirement> requirements)
    {
        var text = new StringBuilder("""
            # OWASP ASVS 5.0, levels 1 and 2

            Where the product stands with each requirement, in words of ours, and the tests that show it. Made from a table in the tests
            (`ASSISTANT_WRITE_DOCS=1`), which fail when a test that is named here is gone. Requirements of level 3 are left out.


            """.ReplaceLineEndings("\n"));
        var counts = requirements.CountBy(requirement => requirement.Standing).OrderBy(count => count.Key).Select(count => $"{Word(count.Key)} {count.Value}");
        text.Append(CultureInfo.InvariantCulture, $"{string.Join(", ", counts)}.\n\n| | about | standing | tests | remark |\n|---|---|---|---|---|\n");
        foreach (var requirement in requirements)
        {
            var tests = string.Join("<br>", requirement.TestNames.Select(name => $"`{name}`"));
            text.Append(CultureInfo.InvariantCulture, $"| {requirement.Id} | {requirement.About} | {Word(requirement.Standing)} | {tests} | {requirement.Why} |\n");
        }

        return text.ToString();
    }

    private static string Word(Standing standing) => standing switch
    {
        Standing.Shown => "shown",
        Standing.Partly => "partly",
        Standing.NotYet => "not yet",
        Standing.DoesNotApply => "does not apply",
        _ => throw new ArgumentOutOfRangeException(nameof(standing)),
    };

    [GeneratedRegex(@"\bclass (\w+(?:Tests|Contract))\b")]
    private static partial Regex Class();

    [GeneratedRegex(@"\[(?:Fact|Theory)[^\n]*\n(?:\s*\[[^\n]*\n)*\s*public (?:async )?(?:Task|void) (\w+)\(")]
    private static partial Regex Method();

    [GeneratedRegex(@"^V\d+(\.\d+\.\d+)?$")]
    private static partial Regex Number();
}
