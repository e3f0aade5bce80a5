// A guesser does not try characters but parts: words, years, walks over the keyboard. So each part found here counts as one character,
// whatever its length. The rules are general instead of a list of bad passwords: "P@ssw0rd2024!!" falls because nothing of it is left.
// Parts are looked for from left to right, the longest first; what looks like letters (0, @, $…) is read as letters as well.
namespace Assistant.Domain.Security;

/// <summary>Finds what is predictable in a password.</summary>
public static class PredictableParts
{
    private const int MinRun = 3;      // aaa, abc, 321, qwe
    private const int MinWord = 4;
    private const int MinAboutWord = 3;
    private const int YearLength = 4;

    // Rows of the common keyboards, the columns of digits people walk down, and the order of the alphabet.
    private static readonly string[] Walks =
    [
        "abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertz", "yxcvbnm", "azerty", "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
        "147258369",
    ];

    // Words people reach for when asked for a password, this product's own among them.
    private static readonly string[] Words =
    [
        "password", "passwort", "passphrase", "passw", "admin", "administrator", "assistant", "welcome", "letmein", "login", "secret", "changeme", "default",
        "household", "company", "department", "master", "dragon", "monkey", "iloveyou", "sunshine", "princess", "football", "baseball", "superman", "woaini",
        "mima", "user", "test", "guest", "root", "hello", "spring", "summer", "autumn", "winter", "january", "february", "march", "april", "june", "july",
        "august", "september", "october", "november", "december",
    ];

    /// <summary>How many characters a guesser would have to try: each predictable part counts as one.</summary>
    /// <param name="about">Texts whose words are predictable for this account.</param>
    public static int RemainderOf(string password, IEnumerable<string> about)
    {
        var text = password.ToLowerInvariant();
        var plain = string.Concat(text.Select(AsLetter));
        string[] words = [.. Words, .. about.SelectMany(WordsOf)];

        var count = 0;
        for (var at = 0; at < text.Length; count++)
        {
            at += Math.Max(1, new[] { WordAt(plain, at, words), WordAt(text, at, words), RunAt(text, at), WalkAt(text, at), YearAt(text, at), RepeatAt(text, at) }.Max());
        }

        return count;
    }

    private static IEnumerable<string> WordsOf(string text)
        => text.ToLowerInvariant().Split(['@', '.', '-', '_', '+', ' ', ':', '/'], StringSplitOptions.RemoveEmptyEntries).Where(word => word.Length >= MinAboutWord);

    private static int WordAt(string text, int at, string[] words)
        => words.Where(word => string.CompareOrdinal(text, at, word, 0, word.Length) == 0).Select(word => word.Length).DefaultIfEmpty().Max();

    private static int RunAt(string text, int at)
    {
        var end = at + 1;
        while (end < text.Length && text[end] == text[at])
        {
            end++;
        }

        return end - at >= MinRun ? end - at : 0;
    }

    private static int WalkAt(string text, int at)
        => Walks.Max(walk => Math.Max(Shared(text, at, walk, step: 1), Shared(text, at, walk, step: -1)));

    // How far the text follows a walk from wherever its first character lies on it.
    private static int Shared(string text, int at, string walk, int step)
    {
        var longest = 0;
        for (var start = 0; start < walk.Length; start++)
        {
            var length = 0;
            while (at + length < text.Length && start + (length * step) is var place && place >= 0 && place < walk.Length && walk[place] == text[at + length])
            {
                length++;
            }

            longest = Math.Max(longest, length);
        }

        return longest >= MinRun ? longest : 0;
    }

    // A year people have lived in, alone or as a date: 1999, 199912, 19991231, 31121999, 12311999.
    private static int YearAt(string text, int at)
        => (IsYear(text, at) && IsMonth(text, at + 4) && AreDigits(text, at + 6, 2)) || (IsYear(text, at + 4) && AreDigits(text, at, 4) && (IsMonth(text, at) || IsMonth(text, at + 2))) ? 8
            : (IsYear(text, at) && IsMonth(text, at + 4)) || (IsYear(text, at + 2) && IsMonth(text, at)) ? 6
            : IsYear(text, at) ? YearLength : 0;

    private static bool IsYear(string text, int at)
        => AreDigits(text, at, YearLength) && (text.AsSpan(at, 2) is "19" || (text.AsSpan(at, 2) is "20" && text[at + 2] <= '3'));

    private static bool IsMonth(string text, int at) => AreDigits(text, at, 2) && (text[at], text[at + 1]) is ('0', not '0') or ('1', <= '2');

    private static bool AreDigits(string text, int at, int length)
        => at + length <= text.Length && !text.AsSpan(at, length).ContainsAnyExceptInRange('0', '9');

    // A block that was there just before: what follows "abcabc" is no new work for a guesser.
    private static int RepeatAt(string text, int at)
    {
        for (var length = Math.Min(at, text.Length - at); length >= MinWord - 1; length--)
        {
            if (text.AsSpan(at - length, length).SequenceEqual(text.AsSpan(at, length)))
            {
                return length;
            }
        }

        return 0;
    }

    private static char AsLetter(char c) => c switch
    {
        '0' => 'o',
        '1' or '!' => 'i',
        '3' => 'e',
        '4' or '@' => 'a',
        '5' or '$' => 's',
        '7' => 't',
        _ => c,
    };
}
