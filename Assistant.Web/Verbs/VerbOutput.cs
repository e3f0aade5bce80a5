using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Assistant.Domain.Security;
using Assistant.Domain.Tenancy;

namespace Assistant.Web.Verbs;

/// <summary>What verbs share: one JSON form, one table form, one way to read <c>--tenant</c>.</summary>
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

    /// <summary>Takes <c>--tenant NAME</c> out of the arguments.</summary>
    /// <returns>A caller in that tenant, or <see langword="null"/> for a name that is none or an option nobody knows.</returns>
    public static (Caller? Caller, IReadOnlyList<string> Args) TakeTenant(this VerbContext context)
    {
        var rest = context.Args.ToList();
        var tenant = TenantId.Default.Value;
        var at = rest.IndexOf("--tenant");
        if (at >= 0)
        {
            tenant = at + 1 < rest.Count ? rest[at + 1] : "";
            rest.RemoveRange(at, Math.Min(2, rest.Count - at));
        }

        return Slug.IsValid(tenant) && !rest.Any(arg => arg.StartsWith('-'))
            ? (UserDesk.LocalCaller(new TenantId(tenant)), rest)
            : (null, rest);
    }
}
