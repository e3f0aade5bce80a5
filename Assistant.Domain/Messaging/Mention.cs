using System.Text.RegularExpressions;

namespace Assistant.Domain.Messaging;

/// <summary>Tells a mention that only calls the assistant from one that is part of what is said, and takes it off. Pure.</summary>
public static partial class Mention
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>No greeting or name is longer; a pattern reads no more.</summary>
    private const int MaxGreetingChars = 60;

    private static readonly char[] Marks = [',', '，', '.', '。', '!', '！', ':', '：', ';', '；', '?', '？', '~', '～', '…'];

    /// <summary>
    /// The text, trimmed, without the mention where that begins it, stands behind a greeting ("Hey @name, …"), or ends it but for the last mark. A mention
    /// inside a sentence stays, as it is part of it; so does one that is everything that was said.
    /// </summary>
    /// <param name="start">Where the mention begins, with its @.</param>
    public static string TakeOff(string text, int start, int length)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (before, after) = (text[..start].Trim(), text[(start + length)..].Trim());
        if (!HasWords(before) && !HasWords(after))
        {
            return text.Trim();
        }

        if (before.Length == 0)
        {
            return Separator().Replace(after, string.Empty, 1);
        }

        if (after.All(c => Marks.Contains(c)))
        {
            return after.Length == 0 || ".。!！?？".Contains(before[^1], StringComparison.Ordinal) ? before : before.TrimEnd(Marks) + after;
        }

        var isMarked = Marks.Contains(after[0]);
        if (before.Length > MaxGreetingChars || !(Greeting().IsMatch(before) || (isMarked && Opening().IsMatch(before))))
        {
            return text.Trim();
        }

        return isMarked ? before.TrimEnd(Marks) + after
            : before[^1] is '请' or '請' or '问' or '問' ? before + after // written as one
            : $"{before} {after}";
    }

    /// <summary>The text, trimmed, without the first of its mentions that is one to take off.</summary>
    /// <param name="mentions">Where each begins, and its length, within the text.</param>
    public static string TakeOff(string text, IEnumerable<(int Start, int Length)> mentions)
    {
        ArgumentNullException.ThrowIfNull(text);
        var whole = text.Trim();
        return mentions.Select(mention => TakeOff(text, mention.Start, mention.Length)).FirstOrDefault(rest => rest.Length < whole.Length, whole);
    }

    /// <summary>Whether a name is everything that was said: "@name". That greets, in no language.</summary>
    public static bool IsAlone(string text) => text.Length <= MaxGreetingChars && NameAlone().IsMatch(text);

    private static bool HasWords(string text) => !text.All(c => char.IsPunctuation(c) || char.IsWhiteSpace(c) || Marks.Contains(c));

    [GeneratedRegex(@"^\s*@[\w.\-]+[\p{P}\s]*$", Options)]
    private static partial Regex NameAlone();

    /// <summary>A mark of Latin script with no space behind it may begin a word: "!list".</summary>
    [GeneratedRegex(@"^(?:[.!]+(?=\s)|[\s,，:：。！])+", Options)]
    private static partial Regex Separator();

    [GeneratedRegex(
        @"^(?:(?:(?:hi|hiya|hello|hey|howdy|yo|greetings|good\s+(?:morning|afternoon|evening|day)|there|dear|please)\b"
        + @"|你好|您好|大家好|嗨|哈[喽罗啰嘍囉]|早上好|早安|上午好|中午好|下午好|晚上好|请问|請問|请|請)[啊呀]?[\s,，.。!！~～]*)+$", Options)]
    private static partial Regex Greeting();

    /// <summary>Words that open a sentence as well: "OK @name is slow" is about who is named, "OK @name, …" is not.</summary>
    [GeneratedRegex(@"^(?:(?:(?:ok|okay|so|well|oh|also|and|thanks|thank\s+you)\b|好的?|谢谢|謝謝|那么?|那麼|对了|對了)[\s,，.。!！~～]*)+$", Options)]
    private static partial Regex Opening();
}
