using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>Secrets that were planted, and the places they must not turn up in.</summary>
internal sealed class Canaries
{
    private readonly List<(string Name, string[] Forms)> _secrets = [];
    private readonly List<(string Name, string Text)> _places = [];

    /// <summary>How many places were looked through, and how much there was in them.</summary>
    public (int Places, long Characters) Searched => (_places.Count, _places.Sum(place => (long)place.Text.Length));

    public int Count => _secrets.Count;

    public void Plant(string name, string secret) => _secrets.Add((name, [.. Forms(secret).Distinct()]));

    public void Plant(string name, byte[] secret)
        => _secrets.Add((name, [Convert.ToBase64String(secret), Convert.ToHexString(secret), Convert.ToHexStringLower(secret), Encoding.Latin1.GetString(secret)]));

    public void Search(string place, string text) => _places.Add((place, text));

    /// <summary>Insists that no place holds any secret, in any of its spellings.</summary>
    public void AssertUnseen()
    {
        var seen = from place in _places
                   from secret in _secrets
                   from form in secret.Forms
                   where IsIn(place.Text, form)
                   select $"{secret.Name} in {place.Name}: …{Around(place.Text, form)}…";
        Assert.Empty(seen);
    }

    // As it is, in an address, in JSON and in a header of HTTP's basic kind.
    private static IEnumerable<string> Forms(string secret) =>
        [secret, Uri.EscapeDataString(secret), secret.Replace("+", "\\u002B", StringComparison.Ordinal), Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)).TrimEnd('=')];

    // Six digits turn up inside of other numbers.
    private static bool IsIn(string text, string form) => form.Length > 8 || !form.All(char.IsAsciiDigit)
        ? text.Contains(form, StringComparison.Ordinal)
        : Regex.IsMatch(text, $"(?<![0-9A-Fa-f.]){form}(?![0-9A-Fa-f])");

    private static string Around(string text, string form)
        => text[Math.Max(0, text.IndexOf(form, StringComparison.Ordinal) - 80)..Math.Min(text.Length, text.IndexOf(form, StringComparison.Ordinal) + 8)].ReplaceLineEndings(" ");
}
