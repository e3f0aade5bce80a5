using System.Globalization;

namespace Assistant.Domain.Settings;

/// <summary>A wrong or missing setting, in words a person can act on.</summary>
public sealed record SettingProblem(string Key, LocalizedText Text)
{
    /// <summary>The words for logs, the API and the command line.</summary>
    public string Message => Text.English;
}

/// <summary>The values of a connection's or engine's settings, secrets opened. Lives in memory only and never prints its values.</summary>
public sealed class SettingValues
{
    private readonly Dictionary<string, string> _values;

    public SettingValues(IEnumerable<KeyValuePair<string, string>> values)
        => _values = new Dictionary<string, string>(values, StringComparer.Ordinal);

    public static SettingValues Empty { get; } = new([]);

    public IReadOnlyDictionary<string, string> All => _values;

    /// <summary>The value, or <see langword="null"/> when absent or blank.</summary>
    public string? Find(string key) => _values.GetValueOrDefault(key) is { } value && !string.IsNullOrWhiteSpace(value) ? value : null;

    /// <exception cref="ArgumentException">The setting is absent: validate first.</exception>
    public string Require(string key) => Find(key) ?? throw new ArgumentException($"The setting '{key}' is missing.");

    /// <summary>These values over the defaults of <paramref name="fields"/>, <see cref="Tidied"/>.</summary>
    public SettingValues WithDefaults(IReadOnlyList<SettingField> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var merged = new Dictionary<string, string>(_values, StringComparer.Ordinal);
        foreach (var field in fields.Where(f => f.Default is not null && Find(f.Key) is null))
        {
            merged[field.Key] = field.Default!;
        }

        return new SettingValues(merged).Tidied(fields);
    }

    /// <summary>These values without blanks around the addresses among them: a check overlooks those, and what is put together with such a text is no address.</summary>
    public SettingValues Tidied(IEnumerable<SettingField> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var tidied = new Dictionary<string, string>(_values, StringComparer.Ordinal);
        foreach (var field in fields.Where(f => f.Kind == SettingKind.Url))
        {
            if (tidied.TryGetValue(field.Key, out var address))
            {
                tidied[field.Key] = address.Trim();
            }
        }

        return new SettingValues(tidied);
    }

    /// <summary>Checks the values against their description; an empty list means they can be used.</summary>
    public IReadOnlyList<SettingProblem> Check(IReadOnlyList<SettingField> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var problems = new List<SettingProblem>();
        foreach (var key in _values.Keys.Where(key => fields.All(f => f.Key != key)))
        {
            var known = string.Join(", ", fields.Select(f => f.Key));
            problems.Add(new(key, new($"There is no setting '{key}'. Known: {known}.", $"没有名为“{key}”的设置。可用的设置：{known}。")));
        }

        foreach (var field in fields)
        {
            if ((Find(field.Key) ?? field.Default) is not { } value)
            {
                if (field.IsRequired)
                {
                    problems.Add(new(field.Key, new($"'{field.Key}' is required.", $"必须填写“{field.Label.Chinese}”。")));
                }
            }
            else if (Wrong(field, value) is { } text)
            {
                problems.Add(new(field.Key, text));
            }
        }

        return problems;
    }

    public override string ToString() => $"{_values.Count} settings (values not shown)";

    private static LocalizedText? Wrong(SettingField field, string value) => field.Kind switch
    {
        SettingKind.Url when !Uri.TryCreate(value, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")
            => new($"'{field.Key}' must be an absolute http or https address.", $"“{field.Label.Chinese}”必须是完整的 http 或 https 地址。"),
        SettingKind.Number => WrongNumber(field, value),
        _ when field.IsPlain && value.Trim().Any(sign => sign is < ' ' or > '~')
            => new(
                $"'{field.Key}' has a sign that no key has, perhaps one that does not show. Copy it again.",
                $"“{field.Label.Chinese}”含有密钥中不会有的字符，可能是全角字符或不可见字符。请重新复制。"),
        SettingKind.Switch when !bool.TryParse(value, out _)
            => new($"'{field.Key}' must be true or false.", $"“{field.Label.Chinese}”只能是 true 或 false。"),
        SettingKind.Choice when field.Choices?.Any(c => c.Value == value) != true
            => new(
                $"'{field.Key}' must be one of: {string.Join(", ", Values(field))}.",
                $"“{field.Label.Chinese}”只能是以下之一：{string.Join("、", Values(field))}。"),
        _ => null,
    };

    private static LocalizedText? WrongNumber(SettingField field, string value)
    {
        if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
        {
            return new($"'{field.Key}' must be a number.", $"“{field.Label.Chinese}”必须是数字。");
        }

        if (field.Range is { IsWhole: true } && !double.IsInteger(number))
        {
            return new($"'{field.Key}' must be a whole number.", $"“{field.Label.Chinese}”必须是整数。");
        }

        if (field.Range is not { } range || range.Holds(number))
        {
            return null;
        }

        var least = range.Least.ToString(CultureInfo.InvariantCulture);
        return range.Most?.ToString(CultureInfo.InvariantCulture) is { } most
            ? new($"'{field.Key}' must be between {least} and {most}.", $"“{field.Label.Chinese}”必须在 {least} 到 {most} 之间。")
            : new($"'{field.Key}' must be at least {least}.", $"“{field.Label.Chinese}”不能小于 {least}。");
    }

    private static IEnumerable<string> Values(SettingField field) => (field.Choices ?? []).Select(c => c.Value);
}
