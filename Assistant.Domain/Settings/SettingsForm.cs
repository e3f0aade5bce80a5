namespace Assistant.Domain.Settings;

/// <summary>A setting as a screen or the API may show it.</summary>
/// <param name="Value">The value; always <see langword="null"/> for a secret.</param>
/// <param name="IsSet">Whether a value is stored, a secret's included.</param>
public sealed record SettingShown(SettingField Field, string? Value, bool IsSet);

/// <summary>Values checked for use. They can be used when there are no problems.</summary>
public sealed record SettingsChecked(SettingValues Values, IReadOnlyList<SettingProblem> Problems);

/// <summary>What a settings form shows and what becomes of it when it is sent back.</summary>
public static class SettingsForm
{
    /// <summary>Every described setting, secrets without their value.</summary>
    public static IReadOnlyList<SettingShown> Show(IReadOnlyList<SettingField> fields, SettingValues values)
        => [.. fields.Select(field => new SettingShown(
            field, field.Kind == SettingKind.Secret ? null : values.Find(field.Key), values.Find(field.Key) is not null))];

    /// <summary>The values without the secrets among them; a key nobody describes counts as a secret.</summary>
    public static SettingValues WithoutSecrets(IReadOnlyList<SettingField> fields, SettingValues values)
        => new(values.All.Where(pair => fields.Any(f => f.Key == pair.Key && f.Kind != SettingKind.Secret)));

    /// <summary>Completes what was sent with the stored secrets it left blank, and checks the result.</summary>
    /// <remarks>
    /// A kept secret must not travel to a new address: who may change settings but not read secrets could otherwise have the
    /// secret sent to a server of their own, or read on the way. So it has to be entered again when an address or anything else of the
    /// destination changed.
    /// </remarks>
    /// <param name="stored">What is stored now; <see langword="null"/> for something new.</param>
    public static SettingsChecked Complete(IReadOnlyList<SettingField> fields, SettingValues given, SettingValues? stored)
    {
        var values = new Dictionary<string, string>(given.All.Where(pair => !string.IsNullOrWhiteSpace(pair.Value)), StringComparer.Ordinal);
        var kept = fields.Where(f => f.Kind == SettingKind.Secret && given.Find(f.Key) is null && stored?.Find(f.Key) is not null).ToList();
        foreach (var field in kept)
        {
            values[field.Key] = stored!.Find(field.Key)!;
        }

        var complete = new SettingValues(values).Tidied(fields);
        var problems = complete.Check(fields).ToList();
        if (kept.Count > 0 && fields.FirstOrDefault(f => (f.Kind == SettingKind.Url || f.IsDestination) && Differs(f, complete, stored!)) is { } moved)
        {
            problems.AddRange(kept.Select(f => new SettingProblem(
                f.Key,
                new(
                    $"Enter '{f.Label.English}' again: '{moved.Label.English}' changed, and a stored secret is not sent to a new address.",
                    $"请重新输入“{f.Label.Chinese}”：“{moved.Label.Chinese}”已更改，已保存的密钥不会发送到新地址。"))));
        }

        return new SettingsChecked(complete, problems);
    }

    /// <summary>The stored secrets that what was completed would replace or remove, by key.</summary>
    public static IReadOnlyList<SettingField> ReplacedSecrets(IReadOnlyList<SettingField> fields, SettingValues complete, SettingValues stored)
        => [.. fields.Where(f => f.Kind == SettingKind.Secret && stored.Find(f.Key) is { } kept && kept != complete.Find(f.Key))];

    /// <summary>The settings that protect people as they are stored, and would not any more as completed.</summary>
    public static IReadOnlyList<SettingField> GivenUp(IReadOnlyList<SettingField> fields, SettingValues complete, SettingValues stored)
        => [.. fields.Where(f => f.Protection is { } protection && (stored.Find(f.Key) ?? f.Default) == protection && Differs(f, complete, stored))];

    private static bool Differs(SettingField field, SettingValues one, SettingValues other)
        => !string.Equals(InUse(field, one), InUse(field, other), StringComparison.Ordinal);

    private static string? InUse(SettingField field, SettingValues values) => values.Tidied([field]).Find(field.Key) ?? field.Default;
}
