using System.Globalization;
using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;

namespace Assistant.Domain.People.Acts;

/// <summary>What is said of an act: a line to colleagues, in both languages, and once it is over a message to the person.</summary>
public static class PersonActWords
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en");
    private static readonly CultureInfo Chinese = CultureInfo.GetCultureInfo("zh-CN");

    /// <summary>The line in the conversation.</summary>
    public static MessageBody LineOf(Person person, PersonActKind kind, PersonActStep step)
    {
        var said = Lines(step);
        return new MessageBody(Fill(said, person, kind, English)) { Chinese = Fill(said, person, kind, Chinese) };
    }

    /// <summary>What the person is told, in their language; <see langword="null"/> while the act is open.</summary>
    public static string? NoticeOf(Person person, PersonActKind kind, PersonActStep step)
        => Notices(step) is { } said ? Fill(said, person, kind, person.SpeaksChinese ? Chinese : English) : null;

    private static LocalizedText Lines(PersonActStep step) => step switch
    {
        PersonActStep.Asked => new("Asked for, to be proven behind the link: {0}", "已请求，待通过链接证明：{0}"),
        PersonActStep.Done => new("Proven and done: {0}", "已证明并完成：{0}"),
        PersonActStep.Declined => new("Declined behind the link: {0}", "已通过链接拒绝：{0}"),
        PersonActStep.Expired => new("Not used in time, nothing was done: {0}", "逾期未使用，未执行任何操作：{0}"),
        PersonActStep.Replaced => new("Not used, asked for anew: {0}", "未使用，已重新请求：{0}"),
        _ => throw new ArgumentOutOfRangeException(nameof(step)),
    };

    private static LocalizedText? Notices(PersonActStep step) => step switch
    {
        PersonActStep.Asked => null,
        PersonActStep.Done => new("Done, as you asked and proved: {0}", "已完成（经您请求并证明）：{0}"),
        PersonActStep.Declined => new("Declined with your account, nothing was done: {0}", "您的账户已拒绝，未执行任何操作：{0}"),
        PersonActStep.Expired => new(
            "The link was not used in time and opens nothing any more, nothing was done: {0} If you still want it, ask again.",
            "链接逾期未使用，现已失效，未执行任何操作：{0}如仍需要，请重新请求。"),
        PersonActStep.Replaced => new(
            "You asked anew: the earlier link opens nothing any more, and nothing was done behind it: {0}", "您已重新请求：之前的链接现已失效，未通过它执行任何操作：{0}"),
        _ => throw new ArgumentOutOfRangeException(nameof(step)),
    };

    private static string Fill(LocalizedText said, Person person, PersonActKind kind, CultureInfo culture)
        => string.Format(culture, said.In(culture), PersonActDesk.SentenceOf(person, kind, culture));
}
