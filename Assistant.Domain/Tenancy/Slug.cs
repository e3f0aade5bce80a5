using System.Text.RegularExpressions;

namespace Assistant.Domain.Tenancy;

/// <summary>The form of every name a person chooses and a URL may carry: <c>[a-z0-9]</c> and inner hyphens, 1–63 characters.</summary>
public static partial class Slug
{
    /// <summary>Whether <paramref name="value"/> has the form.</summary>
    public static bool IsValid(string? value) => value is not null && Form().IsMatch(value);

    /// <summary>Returns the value, or says what is wrong with it.</summary>
    /// <exception cref="ArgumentException">The value does not have the form.</exception>
    public static string Require(string? value, string what) => IsValid(value)
        ? value!
        : throw new ArgumentException($"'{value}' is not a {what}: use 1 to 63 lower-case letters, digits and inner hyphens.");

    [GeneratedRegex("^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
