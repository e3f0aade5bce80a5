using System.Text;

namespace Assistant.Infrastructure.Messaging.Calls;

/// <summary>Reads a body of type <c>application/x-www-form-urlencoded</c>. Pure, and total: any bytes give fields or none; of a name that comes twice the last counts.</summary>
internal static class FormBody
{
    public static Dictionary<string, string> Read(ReadOnlySpan<byte> body)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in ReadAll(body))
        {
            values[name] = value;
        }

        return values;
    }

    /// <summary>Every field, in the order in which they came.</summary>
    public static IReadOnlyList<(string Name, string Value)> ReadAll(ReadOnlySpan<byte> body)
    {
        var fields = new List<(string, string)>();
        foreach (var pair in Encoding.UTF8.GetString(body).Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            fields.Add((Decoded(equals < 0 ? pair : pair[..equals]), equals < 0 ? "" : Decoded(pair[(equals + 1)..])));
        }

        return fields;
    }

    private static string Decoded(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
