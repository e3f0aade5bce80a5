using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Assistant.Infrastructure.Messaging.Weixin;

/// <summary>The flat XML of a callback. Read from any bytes; no document type, no entity, nothing fetched.</summary>
internal sealed class WeixinXml
{
    private const long LastSecond = 253_402_300_799; // of the year 9999
    private const string ContentStart = "<Content><![CDATA[";
    private const string ContentEnd = "]]></Content>";
    private const string SectionEnd = "]]>";
    private const string SectionEndWritten = "]]]]><![CDATA[>"; // within a section

    private readonly Dictionary<string, string> _fields;

    private WeixinXml(Dictionary<string, string> fields) => _fields = fields;

    /// <summary>What is proven to come from the messenger and says nothing that can be read.</summary>
    public static WeixinXml Nothing { get; } = new([]);

    /// <summary>The text of a field; empty when it is absent.</summary>
    public string this[string name] => _fields.GetValueOrDefault(name, "");

    /// <summary>When it happened; <see langword="null"/> when that is not said.</summary>
    public DateTimeOffset? CreatedAt
        => long.TryParse(this["CreateTime"], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= LastSecond
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    /// <summary>The fields, or <see langword="null"/> when this is no such XML.</summary>
    public static WeixinXml? Read(byte[] bytes)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader(Mended(bytes)), new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, IgnoreProcessingInstructions = true,
            });
            var root = XElement.Load(reader);
            return root.Name == "xml" ? new WeixinXml(FieldsOf(root)) : null;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    // The messenger hands on what a person wrote as it is: it may hold what XML forbids, or what ends the section it stands in.
    private static string Mended(byte[] bytes)
    {
        var text = Allowed(Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF'));
        var start = text.IndexOf(ContentStart, StringComparison.Ordinal) + ContentStart.Length;
        var end = text.LastIndexOf(ContentEnd, StringComparison.Ordinal);
        if (start < ContentStart.Length || end <= start)
        {
            return text;
        }

        var content = text[start..end].Replace(SectionEndWritten, SectionEnd, StringComparison.Ordinal).Replace(SectionEnd, SectionEndWritten, StringComparison.Ordinal);
        return $"{text[..start]}{content}{text[end..]}";
    }

    private static string Allowed(string text)
    {
        var allowed = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            // Surrogates come in pairs only: halves are no UTF-8.
            if (char.IsSurrogate(c) || XmlConvert.IsXmlChar(c))
            {
                allowed.Append(c);
            }
        }

        return allowed.ToString();
    }

    // The messenger's own fields come first: one that comes again stands in what a person wrote. Lists and nested parts are of kinds of events nobody here reads.
    private static Dictionary<string, string> FieldsOf(XElement root)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in root.Elements().Where(field => !field.HasElements))
        {
            fields.TryAdd(field.Name.LocalName, field.Value);
        }

        return fields;
    }
}
