using System.Buffers;

namespace Assistant.Domain.Tenancy;

/// <summary>The form of every name a person chooses and a URL may carry: <c>[a-z0-9]</c> and inner hyphens, 1–63 characters.</summary>
public static class Slug
{
    private const int MaxLength = 63;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Whether <paramref name="value"/> has the form.</summary>
    /// <remarks>Asked for every row that carries a tenant or a connection, so it is no regular expression.</remarks>
    public static bool IsValid(string? value)
        => value is { Length: > 0 and <= MaxLength } && value[0] != '-' && value[^1] != '-' && !value.AsSpan().ContainsAnyExcept(Allowed);

    /// <summary>Returns the value, or says what is wrong with it.</summary>
    /// <exception cref="ArgumentException">The value does not have the form.</exception>
    public static string Require(string? value, string what) => IsValid(value)
        ? value!
        : throw new ArgumentException($"'{value}' is not a {what}: use 1 to 63 lower-case letters, digits and inner hyphens.");
}
