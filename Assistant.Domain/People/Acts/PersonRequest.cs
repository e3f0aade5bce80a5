using System.Collections.Frozen;
using Assistant.Domain.Ai.Embedded;
using Assistant.Domain.People.Accounts;

namespace Assistant.Domain.People.Acts;

/// <summary>What a person says to the product itself rather than to an engine.</summary>
public abstract record PersonRequest
{
    private const string ChineseLink = "绑定";
    private const string ChineseConfirm = "确认";

    private static readonly FrozenDictionary<string, (PersonActKind Kind, bool? IsChinese)> Phrases = new Dictionary<string, (PersonActKind, bool?)>
    {
        ["/export"] = (PersonActKind.ExportHtml, null),
        ["/export html"] = (PersonActKind.ExportHtml, null),
        ["/export json"] = (PersonActKind.ExportJson, null),
        ["export my data"] = (PersonActKind.ExportHtml, false),
        ["导出我的数据"] = (PersonActKind.ExportHtml, true),
        ["导出我的资料"] = (PersonActKind.ExportHtml, true),
        // As it is folded: 匯 is no form of 导.
        ["匯出我的资料"] = (PersonActKind.ExportHtml, true),
        ["/forget"] = (PersonActKind.Forget, null),
        ["forget me"] = (PersonActKind.Forget, false),
        ["忘记我"] = (PersonActKind.Forget, true),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, bool?> Offers = new Dictionary<string, bool?>
    {
        ["/connect"] = null,
        ["connect my other messenger"] = false,
        ["关联其他应用"] = true,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, bool?> Partings = new Dictionary<string, bool?>
    {
        ["/unlink"] = null,
        ["disconnect my other messengers"] = false,
        ["解除关联"] = true,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, (bool IsHere, bool? IsChinese)> Preferences = new Dictionary<string, (bool, bool?)>
    {
        ["/here"] = (true, null),
        ["write to me here"] = (true, false),
        ["以后在这里联系我"] = (true, true),
        ["/anywhere"] = (false, null),
        ["write to me wherever i am"] = (false, false),
        ["在我所在的地方联系我"] = (false, true),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly string[] ChineseTowards = ["转到", "在", "到", "去"];
    private static readonly string[] ChineseGoOn = ["上继续", "里继续", "继续"];

    private PersonRequest() { }

    /// <summary>The language it was said in; <see langword="null"/> for a command, which has none.</summary>
    public bool? IsChinese { get; private init; }

    /// <summary>A sensitive act about the person themselves.</summary>
    public sealed record Act(PersonActKind Kind) : PersonRequest;

    /// <summary>A code that links them with who they are on another messenger.</summary>
    public sealed record Connect : PersonRequest;

    /// <summary>They know whose code they typed, and say that it is theirs.</summary>
    /// <param name="Code"><see langword="null"/> when what stands there cannot be one.</param>
    public sealed record Confirm(LinkCode? Code) : PersonRequest;

    /// <summary>They are one person with nobody any more.</summary>
    public sealed record Disconnect : PersonRequest;

    /// <summary>They want to go on on another messenger.</summary>
    /// <param name="Messenger">What they call it.</param>
    /// <param name="IsCommand">Whether it cannot be anything else; words may be said about a thing that is no messenger.</param>
    public sealed record GoOn(string Messenger, bool IsCommand) : PersonRequest;

    /// <summary>They want to be written to where they say it, or wherever they spoke last.</summary>
    public sealed record Preference(bool IsHere) : PersonRequest;

    /// <summary>A code their account showed, or the assistant on another messenger.</summary>
    /// <param name="Code"><see langword="null"/> when what stands there cannot be one.</param>
    public sealed record Link(LinkCode? Code) : PersonRequest;

    /// <summary>Recognizes exact phrases (in traditional characters, too) and commands alone: what only sounds like one is for an engine.</summary>
    /// <returns><see langword="null"/> for everything else.</returns>
    public static PersonRequest? Find(string text)
    {
        text = Plain(text);
        var folded = TraditionalForms.Fold(text);
        if (Phrases.TryGetValue(folded, out var known))
        {
            return new Act(known.Kind) { IsChinese = known.IsChinese };
        }

        if (Offers.TryGetValue(folded, out var isChinese))
        {
            return new Connect { IsChinese = isChinese };
        }

        if (Partings.TryGetValue(folded, out isChinese))
        {
            return new Disconnect { IsChinese = isChinese };
        }

        if (Preferences.TryGetValue(folded, out var wanted))
        {
            return new Preference(wanted.IsHere) { IsChinese = wanted.IsChinese };
        }

        if (FindGoOn(text, folded) is { } goOn)
        {
            return goOn;
        }

        if (After(text, "/link") is { } typed)
        {
            return new Link(LinkCode.TryParse(typed, out var code) ? code : null);
        }

        if (After(text, "/confirm") is { } confirmed)
        {
            return new Confirm(LinkCode.TryParse(confirmed, out var code) ? code : null);
        }

        // Without the slash these are words as well: only with a code behind them do they mean this.
        return Coded(text, "link", ChineseLink) is { } link ? new Link(link.Code) { IsChinese = link.IsChinese }
            : Coded(text, "confirm", ChineseConfirm) is { } confirm ? new Confirm(confirm.Code) { IsChinese = confirm.IsChinese }
            : null;
    }

    private static GoOn? FindGoOn(string text, string folded)
    {
        if (After(text, "/continue") is { } named)
        {
            return new GoOn(named, IsCommand: true);
        }

        if (After(text, "continue on") is { Length: > 0 } said)
        {
            return new GoOn(said, IsCommand: false) { IsChinese = false };
        }

        if (Array.Find(ChineseTowards, word => folded.StartsWith(word, StringComparison.Ordinal)) is { } towards
            && Array.Find(ChineseGoOn, word => folded.EndsWith(word, StringComparison.Ordinal)) is { } ending && text.Length > towards.Length + ending.Length)
        {
            return new GoOn(text[towards.Length..^ending.Length].Trim(), IsCommand: false) { IsChinese = true };
        }

        return null;
    }

    private static (LinkCode Code, bool IsChinese)? Coded(string text, string english, string chinese)
        => After(text, english) is { } said && LinkCode.TryParse(said, out var code) ? (code, false)
            : TraditionalForms.Fold(text).StartsWith(chinese, StringComparison.Ordinal) && LinkCode.TryParse(text[chinese.Length..].Trim(), out code) ? (code, true)
            : null;

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
