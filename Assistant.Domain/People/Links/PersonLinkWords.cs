using System.Globalization;
using Assistant.Domain.Ai.Embedded;
using Assistant.Domain.Settings;

namespace Assistant.Domain.People.Links;

/// <summary>What people are told about links between their persons.</summary>
public static class PersonLinkWords
{
    private static readonly LocalizedText LinkedText = new(
        "You are one person with “{0}” now: what you tell me on one messenger I know on the other. If this was not you, write to me: /unlink",
        "您现在与“{0}”关联为同一个人：您在一个消息应用中告诉我的内容，我在另一个应用中也会知道。如果这不是您本人的操作，请发送：/unlink");

    private static readonly LocalizedText EndedText = new(
        "You are not one person with “{0}” any more. What each of you told me stays with each of you.",
        "您与“{0}”的关联已解除。各自告诉我的内容仍归各自所有。");

    /// <summary>Tells somebody that they were linked.</summary>
    public static string Linked(Person told, Person with) => Fill(LinkedText, told, with);

    /// <summary>Tells somebody that a link ended.</summary>
    public static string Ended(Person told, Person with) => Fill(EndedText, told, with);

    private static string Fill(LocalizedText text, Person told, Person with)
        => string.Format(CultureInfo.InvariantCulture, told.SpeaksChinese ? text.Chinese : text.English, MarkdownText.Escape(with.DisplayName));
}
