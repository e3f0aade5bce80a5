namespace Assistant.Domain.Settings;

/// <summary>A text shown to people, in both languages of the product.</summary>
public sealed record LocalizedText(string English, string Chinese)
{
    /// <summary>The text in the language of <paramref name="culture"/> (Chinese for any <c>zh</c>, else English).</summary>
    public string In(System.Globalization.CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(culture);
        return culture.TwoLetterISOLanguageName == "zh" ? Chinese : English;
    }
}

/// <summary>How a setting is edited and checked.</summary>
public enum SettingKind { Text, Secret, Url, Number, Switch, Choice }

/// <summary>One setting of a channel or an engine: the only description of it, read by the form, the YAML validator and the API.</summary>
/// <param name="Key">Name in <c>assistant.yaml</c> and the API, camelCase.</param>
/// <param name="Kind">A <see cref="SettingKind.Secret"/> is stored sealed and never shown again.</param>
/// <param name="Default">Used when the setting is absent; <see langword="null"/> means there is none.</param>
/// <param name="Choices">The allowed values of a <see cref="SettingKind.Choice"/>.</param>
/// <param name="Protection">The value by which the setting protects people: changing it to another wants proof. <see langword="null"/> where none does.</param>
/// <param name="IsDestination">
/// Whether it has a part in where secrets are sent, or in who can read them on the way; a <see cref="SettingKind.Url"/> always has. A stored secret is
/// entered again when it changes.
/// </param>
/// <param name="Range">The numbers a <see cref="SettingKind.Number"/> may be; any where it is <see langword="null"/>.</param>
/// <param name="IsPlain">Whether it travels in a header, in which only ASCII has a place: a sign beyond it came along when the value was copied.</param>
public sealed record SettingField(
    string Key,
    LocalizedText Label,
    LocalizedText Help,
    SettingKind Kind = SettingKind.Text,
    bool IsRequired = false,
    string? Default = null,
    IReadOnlyList<SettingChoice>? Choices = null,
    string? Protection = null,
    bool IsDestination = false,
    NumberRange? Range = null,
    bool IsPlain = false);

/// <summary>The numbers a setting may be, the ends included.</summary>
/// <param name="Most"><see langword="null"/> where there is no end.</param>
/// <param name="IsWhole">Whether it is a whole number, however it is written: <c>1883.0</c> is one.</param>
public sealed record NumberRange(double Least, double? Most = null, bool IsWhole = false)
{
    /// <summary>Where a server listens.</summary>
    public static NumberRange Ports { get; } = new(1, 65_535, IsWhole: true);

    public bool Holds(double number) => number >= Least && !(number > Most);
}

/// <summary>A value a setting may have.</summary>
/// <param name="Value">As it is stored, and written in <c>assistant.yaml</c> and the API.</param>
/// <param name="Label">As the form names it.</param>
public sealed record SettingChoice(string Value, LocalizedText Label);
