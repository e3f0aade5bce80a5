using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Assistant.Architecture.Tests;

/// <summary>The heart says codes, the screens have sentences: both name the same ones with the same facts.</summary>
public sealed partial class PhraseTests
{
    [Theory]
    [InlineData("Phrases.resx")]
    [InlineData("Phrases.zh-CN.resx")]
    public void Every_code_has_its_sentence(string file)
    {
        var books = Channels.Books(file).Values.Append(Repository.Read($"Assistant.Web/Resources/{file}"));
        Repository.AssertNone(
            Differences(Repository.Code.Where(code => code.IsIn("Assistant.Domain") || code.IsIn("Assistant.Infrastructure")), [.. books]),
            $"{file} has one sentence for every code, with a placeholder for every fact:");
    }

    [Fact]
    public void A_channels_sentences_are_found_by_its_name() => Repository.AssertNone(
        from book in Channels.Books("Phrases.resx")
        from code in Sentences([book.Value]).Keys
        where !code.StartsWith($"{book.Key.ToLowerInvariant()}.", StringComparison.Ordinal)
        select $"{book.Key}: {code}",
        "The codes in a channel's book begin with the name of its folder:");

    [Fact]
    public void A_code_without_a_sentence_and_a_sentence_without_a_code_are_seen()
    {
        SourceFile[] code =
        [
            new("A.cs", """Phrase.Of("fine", ("name", Name(x)), ("other", y)); Phrase.Of("missing"); Phrase.Of(code); Phrase.Of("facts", [("seen", "x")]);"""),
        ];
        const string book = """<root><data name="fine"><value>{name} {other}</value></data><data name="facts"><value>{unseen}</value></data><data name="stray"><value>x</value></data></root>""";

        Assert.Equal(
            ["missing is said in A.cs and has no sentence", "a code in A.cs is not written out", "facts is said in A.cs with [seen], its sentence has [unseen]", "stray is never said"],
            Differences(code, [book]));
    }

    private static IEnumerable<string> Differences(IEnumerable<SourceFile> code, IReadOnlyList<string> books)
    {
        var sentences = Sentences(books);
        var said = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (file, call) in code.SelectMany(file => Calls(file.Text).Select(call => (file.Path, call))))
        {
            if (Code().Match(call) is not { Success: true } match)
            {
                yield return $"a code in {file} is not written out";
                continue;
            }

            var name = match.Groups[1].Value;
            said.Add(name);
            var facts = Names(Fact(), call);
            if (!sentences.TryGetValue(name, out var sentence)) yield return $"{name} is said in {file} and has no sentence";
            else if (Names(Placeholder(), sentence) is var placeholders && placeholders != facts) yield return $"{name} is said in {file} with [{facts}], its sentence has [{placeholders}]";
        }

        foreach (var stray in sentences.Keys.Where(key => !said.Contains(key))) yield return $"{stray} is never said";
    }

    private static Dictionary<string, string> Sentences(IReadOnlyList<string> books) => books.SelectMany(book => XDocument.Parse(book).Root!.Elements("data"))
        .ToDictionary(item => (string)item.Attribute("name")!, item => (string)item.Element("value")!);

    /// <summary>What stands between the brackets of each call of <c>Phrase.Of</c>, and of its own <c>Of</c>.</summary>
    private static IEnumerable<string> Calls(string text)
    {
        foreach (Match start in Start().Matches(text))
        {
            var (depth, end) = (1, start.Index + start.Length);
            for (; depth > 0; end++)
            {
                depth += text[end] switch { '(' => 1, ')' => -1, _ => 0 };
            }

            yield return text[(start.Index + start.Length)..(end - 1)];
        }
    }

    private static string Names(Regex pattern, string text) => string.Join(' ', pattern.Matches(text).Select(match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal));

    [GeneratedRegex(@"(?:\bPhrase\.|: )Of\((?=\s*[""\w])(?!string)")]
    private static partial Regex Start();

    [GeneratedRegex(@"^\s*""([\w.-]+)""")]
    private static partial Regex Code();

    [GeneratedRegex(@"(?<!\w)\(\s*""(\w+)""\s*,")]
    private static partial Regex Fact();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Placeholder();
}
