using System.ComponentModel;
using System.Text.Json;
using Assistant.Domain.Settings;

namespace Assistant.Web.Endpoints;

/// <summary>A stored setting. A secret says only that it is there.</summary>
internal sealed record SettingResource(bool Set, [property: Description("Never present for a secret.")] string? Value);

/// <summary>Describes one setting of a channel or an engine.</summary>
internal sealed record SettingFieldResource(
    string Key, LocalizedText Label, LocalizedText Help, SettingKind Kind, bool Required, string? Default, IReadOnlyList<string>? Choices)
{
    public static IReadOnlyList<SettingFieldResource> From(IEnumerable<SettingField> fields)
        => [.. fields.Select(f => new SettingFieldResource(f.Key, f.Label, f.Help, f.Kind, f.IsRequired, f.Default, f.Choices?.Select(c => c.Value).ToList()))];
}

internal static class SettingsResources
{
    public static Dictionary<string, SettingResource> From(IEnumerable<SettingShown> settings)
        => settings.ToDictionary(s => s.Field.Key, s => new SettingResource(s.IsSet, s.Value));

    /// <summary>Settings as sent: text, numbers and switches; null stands for blank.</summary>
    public static (SettingValues Values, IReadOnlyList<SettingProblem> Problems) Read(Dictionary<string, JsonElement>? sent)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var problems = new List<SettingProblem>();
        foreach (var (key, value) in sent ?? [])
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.String when TryReadText(value, out var text):
                    values[key] = text;
                    break;
                case JsonValueKind.String:
                    problems.Add(new(key, new($"'{key}' has half a character in it.", $"“{key}”含有不完整的字符。")));
                    break;
                case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False:
                    values[key] = value.GetRawText();
                    break;
                case JsonValueKind.Null:
                    break;
                default:
                    problems.Add(new(key, new($"'{key}' must be a text, a number or a switch.", $"“{key}”必须是文本、数字或开关。")));
                    break;
            }
        }

        return (new SettingValues(values), problems);
    }

    /// <summary>Half of a character is well-formed JSON and no text.</summary>
    private static bool TryReadText(JsonElement value, out string text)
    {
        try
        {
            text = value.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            text = "";
            return false;
        }
    }
}
