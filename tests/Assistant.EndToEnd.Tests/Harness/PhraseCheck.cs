using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>Finds what a page shows though a translator should have been between: keys, unfilled placeholders, the other language.</summary>
internal sealed partial class PhraseCheck
{
    // Shorter ones are names and units, which both languages share.
    private const int ShortestSentence = 12;

    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly HashSet<string> _englishOnly = new(StringComparer.Ordinal);

    public PhraseCheck(string root)
    {
        foreach (var english in Directory.GetFiles(Path.Combine(root, "Assistant.Web", "Resources"), "*.resx").Where(path => !path.Contains(".zh-CN.", StringComparison.Ordinal)))
        {
            var chinese = Read(Path.ChangeExtension(english, ".zh-CN.resx"));
            foreach (var (key, phrase) in Read(english))
            {
                if (Humps().IsMatch(key))
                {
                    _keys.Add(key);
                }

                if (phrase.Length >= ShortestSentence && phrase.Contains(' ', StringComparison.Ordinal) && !phrase.Contains('{', StringComparison.Ordinal) && chinese.GetValueOrDefault(key) != phrase)
                {
                    _englishOnly.Add(phrase);
                }
            }
        }
    }

    /// <param name="texts">What the page's text nodes and labels say, one each.</param>
    public IEnumerable<string> Problems(IEnumerable<string> texts, bool isChinese)
    {
        foreach (var text in texts)
        {
            if (_keys.Contains(text)) yield return $"a key is shown: {text}";
            if (Placeholder().IsMatch(text)) yield return $"a placeholder is shown: {text}";
            if (isChinese && _englishOnly.Contains(text)) yield return $"English is shown: {text}";
        }
    }

    private static Dictionary<string, string> Read(string path) => XDocument.Load(path).Root!.Elements("data")
        .ToDictionary(item => (string)item.Attribute("name")!, item => (string)item.Element("value")!, StringComparer.Ordinal);

    [GeneratedRegex("^([A-Z][a-z]+){2,}$")]
    private static partial Regex Humps();

    [GeneratedRegex(@"\{[A-Za-z]\w*\}")]
    private static partial Regex Placeholder();
}
