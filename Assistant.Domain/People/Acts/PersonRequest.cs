using System.Collections.Frozen;
using Assistant.Domain.People.Accounts;

namespace Assistant.Domain.People.Acts;

/// <summary>What a person says to the product itself rather than to an engine.</summary>
public abstract record PersonRequest
{
    private const string ChineseLink = "绑定";

    private static readonly FrozenDictionary<string, (PersonActKind Kind, bool? IsChinese)> Phrases = new Dictionary<string, (PersonActKind, bool?)>
    {
        ["/export"] = (PersonActKind.ExportHtml, null),
        ["/export html"] = (PersonActKind.ExportHtml, null),
        ["/export json"] = (PersonActKind.ExportJson, null),
        ["export my data"] = (PersonActKind.ExportHtml, false),
        ["导出我的数据"] = (PersonActKind.ExportHtml, true),
        ["/forget"] = (PersonActKind.Forget, null),
        ["forget me"] = (PersonActKind.Forget, false),
        ["忘记我"] = (PersonActKind.Forget, true),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private PersonRequest() { }

    /// <summary>The language it was said in; <see langword="null"/> for a command, which has none.</summary>
    public bool? IsChinese { get; private init; }

    /// <summary>A sensitive act about the person themselves.</summary>
    public sealed record Act(PersonActKind Kind) : PersonRequest;

    /// <summary>A code their account showed.</summary>
    /// <param name="Code"><see langword="null"/> when what stands there cannot be one.</param>
    public sealed record Link(LinkCode? Code) : PersonRequest;

    /// <summary>Recognizes exact phrases and commands alone: what only sounds like one is for an engine.</summary>
    /// <returns><see langword="null"/> for everything else.</returns>
    public static PersonRequest? Find(string text)
    {
        text = Plain(text);
        if (Phrases.TryGetValue(text, out var known))
        {
            return new Act(known.Kind) { IsChinese = known.IsChinese };
        }

        if (After(text, "/link") is { } typed)
        {
            return new Link(LinkCode.TryParse(typed, out var code) ? code : null);
        }

        // Without the slash these are words as well: only with a code behind them do they mean this.
        return After(text, "link") is { } english && LinkCode.TryParse(english, out var said) ? new Link(said) { IsChinese = false }
            : text.StartsWith(ChineseLink, StringComparison.Ordinal) && LinkCode.TryParse(text[ChineseLink.Length..].Trim(), out said) ? new Link(said) { IsChinese = true }
            : null;
    }

    private static string? After(string text, string word)
        => text.Equals(word, StringComparison.OrdinalIgnoreCase) ? ""
            : text.StartsWith(word + " ", StringComparison.OrdinalIgnoreCase) ? text[(word.Length + 1)..].Trim()
            : null;

    /// <summary>Without a closing mark, and without the name that messengers put behind a command in groups.</summary>
    private static string Plain(string text)
    {
        text = text.Trim().TrimEnd('.', '!', '。', '！').TrimEnd();
        if (!text.StartsWith('/') || text.IndexOf('@', StringComparison.Ordinal) is not (> 0 and var at))
        {
            return text;
        }

        var space = text.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? text[..at] : at < space ? text[..at] + text[space..] : text;
    }
}
