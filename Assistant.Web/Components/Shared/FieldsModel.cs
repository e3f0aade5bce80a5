using System.Globalization;
using Assistant.Domain.Settings;
using Assistant.Web.Localization;

namespace Assistant.Web.Components.Shared;

/// <summary>State of a form drawn from setting descriptions: what is typed, what is stored, what is wrong with it.</summary>
public sealed class FieldsModel
{
    private readonly Dictionary<string, string> _initial;
    private readonly Dictionary<string, string> _values;
    private readonly Dictionary<string, string> _problems = new(StringComparer.Ordinal);
    private readonly HashSet<string> _storedSecrets;
    private readonly HashSet<string> _replaced = new(StringComparer.Ordinal);

    /// <param name="stored">What is stored now; empty for something new.</param>
    /// <param name="storedAt">When it was stored, for the words at a secret.</param>
    public FieldsModel(IReadOnlyList<SettingField> fields, IReadOnlyList<SettingShown> stored, DateTimeOffset? storedAt)
    {
        Fields = fields;
        StoredAt = storedAt;
        _initial = fields.ToDictionary(f => f.Key, f => stored.FirstOrDefault(s => s.Field.Key == f.Key)?.Value ?? f.Default ?? "", StringComparer.Ordinal);
        _values = new(_initial, StringComparer.Ordinal);
        _storedSecrets = [.. stored.Where(s => s.IsSet && s.Field.Kind == SettingKind.Secret).Select(s => s.Field.Key)];
    }

    /// <summary>A value is another one than before.</summary>
    public event Action? Changed;

    public IReadOnlyList<SettingField> Fields { get; }

    public DateTimeOffset? StoredAt { get; }

    /// <summary>Whether anything was typed that is not stored.</summary>
    public bool IsChanged => Fields.Any(f => _values[f.Key] != _initial[f.Key]);

    public string this[string key] => _values[key];

    /// <summary>What is sent: blank settings are left out, so a stored secret that was not replaced stays.</summary>
    public SettingValues Values => new(_values.Where(pair => !string.IsNullOrWhiteSpace(pair.Value))
        .Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Trim())));

    /// <summary>Whether a stored secret stands in for the field, with a way to replace it.</summary>
    public bool ShowsAsSet(SettingField field) => HasStored(field) && !_replaced.Contains(field.Key);

    /// <summary>Whether a value of a secret is stored, shown or being replaced.</summary>
    public bool HasStored(SettingField field) => _storedSecrets.Contains(field.Key);

    public string? ProblemOf(string key) => _problems.GetValueOrDefault(key);

    public void Replace(string key) => _replaced.Add(key);

    /// <summary>Leaves a stored secret as it is after all.</summary>
    public void Keep(string key)
    {
        _replaced.Remove(key);
        Set(key, "");
    }

    public void Set(string key, string? value)
    {
        _problems.Remove(key);
        if (_values.GetValueOrDefault(key) != (value ?? ""))
        {
            _values[key] = value ?? "";
            Changed?.Invoke();
        }
    }

    /// <summary>Checks one field, when the person leaves it.</summary>
    public void Check(string key)
    {
        var field = Fields.First(f => f.Key == key);
        if (Wrong(field) is { } problem)
        {
            _problems[key] = problem;
        }
        else
        {
            _problems.Remove(key);
        }
    }

    /// <summary>Checks all fields.</summary>
    /// <returns>Whether the values can be sent.</returns>
    public bool CheckAll()
    {
        foreach (var field in Fields)
        {
            Check(field.Key);
        }

        return _problems.Count == 0;
    }

    /// <summary>Takes over what the use case found; a secret it wants again is opened for typing.</summary>
    public void Show(IEnumerable<SettingProblem> problems)
    {
        foreach (var problem in problems.Where(p => _values.ContainsKey(p.Key)))
        {
            _problems[problem.Key] = problem.Text.In(CultureInfo.CurrentUICulture);
            if (_storedSecrets.Contains(problem.Key))
            {
                Replace(problem.Key);
            }
        }
    }

    private string? Wrong(SettingField field)
    {
        var value = _values[field.Key].Trim();
        if (value.Length == 0)
        {
            return field.IsRequired && !ShowsAsSet(field) && field.Default is null ? Texts.FieldRequired : null;
        }

        return field.Kind switch
        {
            SettingKind.Url when !Uri.TryCreate(value, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") => Texts.FieldUrl,
            SettingKind.Number => WrongNumber(field, value),
            _ => null,
        };
    }

    private static string? WrongNumber(SettingField field, string value)
    {
        if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
        {
            return Texts.FieldNumber;
        }

        if (field.Range is { IsWhole: true } && !double.IsInteger(number))
        {
            return Texts.FieldWhole;
        }

        if (field.Range is not { } range || range.Holds(number))
        {
            return null;
        }

        var least = range.Least.ToString(CultureInfo.InvariantCulture);
        return range.Most?.ToString(CultureInfo.InvariantCulture) is { } most ? Texts.FieldBetween(least, most) : Texts.FieldAtLeast(least);
    }
}
