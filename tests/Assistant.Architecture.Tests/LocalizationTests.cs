using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Assistant.Architecture.Tests;

/// <summary>English and Simplified Chinese say the same things.</summary>
public sealed partial class LocalizationTests
{
    private const string Chinese = ".zh-CN.resx";

    [Fact]
    public void Every_phrase_is_there_in_both_languages() => Repository.AssertNone(Differences(Repository.Files), "A phrase is written in both languages at once:");

    [Fact]
    public void A_missing_empty_or_mangled_translation_is_seen()
    {
        SourceFile[] files =
        [
            new("Resources/Texts.resx", Phrases(("Fine", "Fine"), ("Missing", "x"), ("Empty", "x"), ("Count", "{count} people"), ("Count_one", "one person"))),
            new("Resources/Texts.zh-CN.resx", Phrases(("Fine", "好"), ("Empty", " "), ("Count", "人"), ("Stray", "多"))),
            new("Resources/Lonely.resx", Phrases(("A", "a"))),
        ];

        Assert.Equal(
            ["Resources/Texts.resx: Missing has no Chinese", "Resources/Texts.resx: Empty has no Chinese", "Resources/Texts.resx: Count has other placeholders in Chinese", "Resources/Texts.resx: Stray has no English", "Resources/Lonely.resx has no Chinese twin"],
            Differences(files));
    }

    /// <summary>One way of addressing people everywhere; what people say to the assistant is quoted as they say it.</summary>
    [Fact]
    public void Chinese_addresses_everybody_alike() => Repository.AssertNone(Familiar(Repository.Files), "The product says 您:");

    [Fact]
    public void A_familiar_address_is_seen()
    {
        SourceFile[] files =
        [
            new("A.zh-CN.resx", Phrases(("Fine", "您可以说“你能做什么”"), ("Familiar", "你好"))),
            new("B.cs", "x = new(\"Yours\", \"你的\");\ny = \"您的\";"), new("C.cs", "Regex(\"你|您\")"),
        ];

        Assert.Equal(["A.zh-CN.resx: 你好", "B.cs: x = new(\"Yours\", \"你的\");"], Familiar(files));
    }

    [Fact]
    public void Both_readmes_exist() => Assert.Superset(new HashSet<string> { "README.md", "README.zh-CN.md" }, new HashSet<string>(Repository.Paths));

    private static IEnumerable<string> Differences(IReadOnlyList<SourceFile> files)
    {
        foreach (var english in files.Where(file => file.Has(".resx") && !file.Has(Chinese)))
        {
            var twin = files.FirstOrDefault(file => file.Path == english.Path[..^".resx".Length] + Chinese);
            if (twin is null)
            {
                yield return $"{english.Path} has no Chinese twin";
                continue;
            }

            var (left, right) = (Read(english), Read(twin));
            // Chinese has no plural, so the form for one is English only.
            foreach (var (key, phrase) in left.Where(pair => !pair.Key.EndsWith("_one", StringComparison.Ordinal)))
            {
                if (!right.TryGetValue(key, out var translation) || string.IsNullOrWhiteSpace(translation)) yield return $"{english.Path}: {key} has no Chinese";
                else if (!Placeholders(phrase).SetEquals(Placeholders(translation))) yield return $"{english.Path}: {key} has other placeholders in Chinese";
            }

            foreach (var key in right.Keys.Where(key => !left.ContainsKey(key))) yield return $"{english.Path}: {key} has no English";
        }
    }

    private static IEnumerable<string> Familiar(IReadOnlyList<SourceFile> files)
        => files.Where(file => file.Has(Chinese)).SelectMany(file => Read(file).Values.Select(said => (file.Path, Said: said)))
            .Concat(
                from file in files
                where file.Has(".cs") && !file.IsIn("tests")
                from line in file.Lines
                where Bilingual().IsMatch(line.Text)
                select (file.Path, Said: line.Text.Trim()))
            .Where(one => Quoted().Replace(one.Said, "").Contains('你'))
            .Select(one => $"{one.Path}: {one.Said}");

    private static Dictionary<string, string> Read(SourceFile file) =>
        XDocument.Parse(file.Text).Root!.Elements("data").ToDictionary(item => (string)item.Attribute("name")!, item => (string?)item.Element("value") ?? "");

    private static HashSet<string> Placeholders(string phrase) => [.. Placeholder().Matches(phrase).Select(match => match.Value)];

    private static string Phrases(params (string Key, string Value)[] phrases) =>
        new XElement("root", phrases.Select(phrase => new XElement("data", new XAttribute("name", phrase.Key), new XElement("value", phrase.Value)))).ToString();

    [GeneratedRegex("“[^”]*”")]
    private static partial Regex Quoted();

    /// <summary>A text in both languages, or one of the assistant's own phrases.</summary>
    [GeneratedRegex(@"new\(""[^""]*"",\s*""[^""]*\p{IsCJKUnifiedIdeographs}|^\s+[A-Z]\w+ = "".*\p{IsCJKUnifiedIdeographs}")]
    private static partial Regex Bilingual();

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Placeholder();
}
