using System.Globalization;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;

namespace Assistant.Domain.People.Reach;

/// <summary>What is said when a conversation goes on on another messenger.</summary>
public static class PersonReachWords
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en");
    private static readonly CultureInfo Chinese = CultureInfo.GetCultureInfo("zh-CN");

    private static readonly LocalizedText LeftText = new("Continued on {0}", "已转到 {0} 继续");
    private static readonly LocalizedText EnteredText = new("Continued from {0}", "接续自 {0}");

    // No word of what was said before: whoever ends the link between the two shall find here what was here.
    private static readonly LocalizedText NoticeText = new(
        "Let's go on here: I know what we talked about on {0}. Just write.", "我们在这里继续：我记得我们在 {0} 上的对话，请直接发消息。");

    /// <summary>The line where it was begun.</summary>
    public static MessageBody Left(string messenger) => Line(LeftText, messenger);

    /// <summary>The line where it goes on.</summary>
    public static MessageBody Entered(string messenger) => Line(EnteredText, messenger);

    /// <summary>What the person reads where it goes on, on their own wish.</summary>
    public static string Notice(string from, CultureInfo culture) => string.Format(culture, NoticeText.In(culture), from);

    private static MessageBody Line(LocalizedText said, string messenger)
        => new(string.Format(English, said.In(English), messenger)) { Chinese = string.Format(Chinese, said.In(Chinese), messenger) };
}
