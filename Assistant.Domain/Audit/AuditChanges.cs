using Assistant.Domain.Settings;

namespace Assistant.Domain.Audit;

/// <summary>A field that differs between before and after.</summary>
/// <param name="Before"><see langword="null"/> when there was nothing.</param>
/// <param name="After"><see langword="null"/> when nothing is left.</param>
public sealed record AuditChange(string Field, string? Before, string? After);

/// <summary>What a change was made of, as details of its event: before and after of each field that differs.</summary>
/// <remarks>
/// The details' keys are <c>before:field</c> and <c>after:field</c>; the side on which there is nothing is left out. Of a secret only
/// <see cref="Secret"/> is told. Long values are cut: the event says what changed, it is no copy.
/// </remarks>
public sealed class AuditChanges
{
    /// <summary>Stands for a secret, whatever it is.</summary>
    public const string Secret = "•••";

    /// <summary>Longest value told, in UTF-16 code units; the rest is an ellipsis.</summary>
    public const int MaxLength = 300;

    private const string BeforeKey = "before:";
    private const string AfterKey = "after:";

    private readonly List<(string Key, string Value)> _details = [];

    /// <summary>Of the fields that differ, in the order they were added.</summary>
    public IReadOnlyList<(string Key, string Value)> Details => _details;

    /// <summary>Tells of a field, unless it is what it was. An empty value counts as none.</summary>
    public AuditChanges Add(string field, string? before, string? after)
    {
        if ((before ?? "") != (after ?? ""))
        {
            Tell(BeforeKey + field, before);
            Tell(AfterKey + field, after);
        }

        return this;
    }

    /// <summary>Tells of a switch.</summary>
    public AuditChanges Add(string field, bool? before, bool after) => Add(field, before is { } was ? Word(was) : null, Word(after));

    /// <summary>Tells of settings. One that nobody describes counts as a secret.</summary>
    /// <param name="before"><see langword="null"/> when the thing is new.</param>
    public AuditChanges Add(IReadOnlyList<SettingField> fields, SettingValues? before, SettingValues after)
    {
        foreach (var key in (before?.All.Keys ?? []).Union(after.All.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (was, now) = (before?.Find(key), after.Find(key));
            if (fields.Any(field => field.Key == key && field.Kind != SettingKind.Secret))
            {
                Add(key, was, now);
            }
            else if (was != now)
            {
                Tell(BeforeKey + key, was is null ? null : Secret);
                Tell(AfterKey + key, now is null ? null : Secret);
            }
        }

        return this;
    }

    /// <summary>The changes among an event's details, in the order of their fields' names.</summary>
    public static IReadOnlyList<AuditChange> Read(IReadOnlyDictionary<string, string> details)
        => [.. details.Keys.Select(FieldOf).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(field => new AuditChange(field, details.GetValueOrDefault(BeforeKey + field), details.GetValueOrDefault(AfterKey + field)))];

    /// <summary>Whether a detail is one side of a change.</summary>
    public static bool IsChange(string key) => FieldOf(key) is not null;

    private static string? FieldOf(string key)
        => key.StartsWith(BeforeKey, StringComparison.Ordinal) ? key[BeforeKey.Length..]
            : key.StartsWith(AfterKey, StringComparison.Ordinal) ? key[AfterKey.Length..]
            : null;

    private static string Word(bool value) => value ? "true" : "false";

    private void Tell(string key, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            _details.Add((key, value.Length <= MaxLength ? value : string.Concat(value.AsSpan(0, MaxLength), "…")));
        }
    }
}
