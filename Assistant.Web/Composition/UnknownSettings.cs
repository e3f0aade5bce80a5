using System.Collections;
using System.Reflection;
using Assistant.Infrastructure.Persistence;

namespace Assistant.Web.Composition;

/// <summary>Names under <c>Assistant:</c> that no options have: misspelt, a setting is passed over in silence.</summary>
internal static class UnknownSettings
{
    private const string Root = "Assistant";

    public static IReadOnlyList<string> In(IConfiguration configuration)
    {
        var names = configuration.GetSection(Root).AsEnumerable().Where(setting => setting.Value is not null).Select(setting => setting.Key).ToList();
        if (names.Count == 0)
        {
            return []; // most have none, and the options need not be looked for
        }

        var known = Known();
        return [.. names.Where(name => !known.Any(options => IsOf(name, options.Section, options.Type))).Order(StringComparer.OrdinalIgnoreCase)];
    }

    private static List<(string Section, Type Type)> Known()
        => [.. new[] { typeof(DatabaseOptions).Assembly, typeof(UnknownSettings).Assembly }.SelectMany(assembly => assembly.GetTypes())
            .Select(type => (Section: SectionOf(type) ?? "", Type: type))
            .Where(options => options.Section.StartsWith($"{Root}:", StringComparison.Ordinal))];

    private static string? SectionOf(Type type)
        => type.GetField("Section", BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly) is { IsLiteral: true } field
            ? field.GetRawConstantValue() as string
            : null;

    private static bool IsOf(string name, string section, Type type)
    {
        if (!name.StartsWith($"{section}:", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var member = name[(section.Length + 1)..].Split(':')[0];
        return type.GetProperties().Any(property =>
            property.Name.Equals(member, StringComparison.OrdinalIgnoreCase)
            || typeof(IDictionary).IsAssignableFrom(property.PropertyType)); // its keys are whoever's who sets them
    }
}
