using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Assistant.Web.Verbs;

/// <summary>What verbs share: one JSON form, one table form.</summary>
internal static class VerbOutput
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // for a terminal and scripts, never a web page
    };

    public static Task WriteJsonAsync<T>(this VerbContext context, T value)
        => context.Out.WriteLineAsync(JsonSerializer.Serialize(value, Json));

    /// <summary>Rows in columns as wide as their widest cell.</summary>
    public static async Task WriteTableAsync(this VerbContext context, IReadOnlyList<string[]> rows)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            var cells = rows[i].Select((cell, column) => column == rows[i].Length - 1
                ? cell
                : cell.PadRight(rows.Max(row => row[column].Length)));
            await context.Out.WriteLineAsync(string.Join("  ", cells));
        }
    }

    /// <summary>Says what is wrong with the call and how it is meant.</summary>
    public static async Task<int> WrongUseAsync(this VerbContext context, string message, string usage)
    {
        await context.Error.WriteLineAsync(message);
        await context.Error.WriteLineAsync(usage);
        return VerbExit.WrongUse;
    }
}
