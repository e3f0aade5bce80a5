using Assistant.Web.Localization;

namespace Assistant.Web.Components.Pages.Conversations;

internal static class DeskNoticeWords
{
    public static string Say(DeskNotice notice) => notice switch
    {
        DeskNotice.HeldBack held => DeskTexts.NoticeHeldBack(held.Count),
        DeskNotice.HeldByColleague colleague => DeskTexts.NoticeHeldByColleague(colleague.Name),
        DeskNotice.TakeOverFirst => DeskTexts.NoticeTakeOverFirst,
        DeskNotice.NoConnection => DeskTexts.NoticeNoConnection,
        DeskNotice.Gone => DeskTexts.ConversationGone,
        DeskNotice.HeldDecided => DeskTexts.NoticeHeldDecided,
        DeskNotice.ActFailed => DeskTexts.NoticeActFailed,
        DeskNotice.TooLong tooLong => DeskTexts.NoticeTooLong(tooLong.Limit),
        DeskNotice.FileRefused refused => DeskTexts.NoticeFileRefused(refused.Name, refused.Reason.Words()),
        _ => throw new ArgumentOutOfRangeException(nameof(notice)),
    };
}
