using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Assistant.Infrastructure.Messaging.Weixin;

/// <summary>The flat XML of a callback. Read from any bytes; no document type, no entity, nothing fetched.</summary>
internal sealed class WeixinXml
{
    private const long LastSecond = 253_402_300_799; // of the year 9999

    private readonly Dictionary<string, string> _fields;

    private WeixinXml(Dictionary<string, string> fields) => _fields = fields;

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
            using var reader = XmlReader.Create(new MemoryStream(bytes), new XmlReaderSettings
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

    // Lists and nested parts are of kinds of events nobody here reads.
    private static Dictionary<string, string> FieldsOf(XElement root)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in root.Elements().Where(field => !field.HasElements))
        {
            fields[field.Name.LocalName] = field.Value;
        }

        return fields;
    }
}
