using System.Globalization;
using Assistant.Domain.Conversations;

namespace Assistant.Web.Localization;

/// <summary>Phrases of the rooms operators work in: conversations, people, audit, dead letters.</summary>
internal static class DeskTexts
{
    private static readonly Phrasebook Book = new("Desk");

    public static bool IsChinese => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "zh";

    // Conversations: list
    public static string SearchConversations => Book.Say();
    public static string Views => Book.Say();
    public static string ViewMine => Book.Say();
    public static string ViewWaiting => Book.Say();
    public static string ViewAll => Book.Say();
    public static string ViewClosed => Book.Say();
    public static string ConnectionFilter => Book.Say();
    public static string AllConnections => Book.Say();
    public static string Updated(long count) => Book.Count(nameof(Updated), count);
    public static string Unread(long count) => Book.Count(nameof(Unread), count);
    public static string ShowMore => Book.Say();
    public static string ShowOlder => Book.Say();
    public static string ShowNewer => Book.Say();
    public static string ShowAll => Book.Say();
    public static string ConnectMessenger => Book.Say();
    public static string EmptyMine => Book.Say();
    public static string EmptyMineWhy => Book.Say();
    public static string EmptyWaiting => Book.Say();
    public static string EmptyWaitingWhy => Book.Say();
    public static string EmptyClosed => Book.Say();
    public static string EmptyClosedWhy => Book.Say();
    public static string EmptyAll => Book.Say();
    public static string EmptyAllWhy => Book.Say();
    public static string EmptyFound => Book.Say();
    public static string EmptyFoundWhy => Book.Say();
    public static string EmptyFiltered => Book.Say();
    public static string EmptyFilteredWhy => Book.Say();
    public static string PreviewAssistant => Book.Say();
    public static string PreviewOperator => Book.Say();
    public static string PreviewSystem => Book.Say();

    // Conversations: state and acts
    public static string WithAssistant => Book.Say();
    public static string WaitingForPerson(string span) => Book.Say(nameof(WaitingForPerson), ("span", span));
    public static string WithYou => Book.Say();
    public static string WithColleague(string name) => Book.Say(nameof(WithColleague), ("name", name));
    public static string Closed => Book.Say();
    public static string TakeOver => Book.Say();
    public static string TakeOverToReply => Book.Say();
    public static string HandBack => Book.Say();
    public static string HandBackWhy => Book.Say();
    public static string CloseConversation => Book.Say();
    public static string CloseWhy => Book.Say();
    public static string Reopen => Book.Say();
    public static string WithKey(string label, string key) => Book.Say(nameof(WithKey), ("label", label), ("key", key));
    public static string KindConversation => Book.Say();
    public static string KeyReply => Book.Say();
    public static string KeyNote => Book.Say();
    public static string KeyClose => Book.Say();
    public static string KeyUnread => Book.Say();
    public static string KeyPause => Book.Say();
    public static string PaneList => Book.Say();
    public static string PaneThread => Book.Say();
    public static string PanePerson => Book.Say();
    public static string NothingSelected => Book.Say();
    public static string NothingSelectedWhy => Book.Say();
    public static string ConversationGone => Book.Say();
    public static string ConversationGoneWhy => Book.Say();
    public static string NoticeHeldBack(long count) => Book.Count(nameof(NoticeHeldBack), count);
    public static string NoticeHeldByColleague(string name) => Book.Say(nameof(NoticeHeldByColleague), ("name", name));
    public static string NoticeTakeOverFirst => Book.Say();
    public static string NoticeNoConnection => Book.Say();
    public static string NoticeHeldDecided => Book.Say();
    public static string NoticeActFailed => Book.Say();
    public static string NoticeTooLong(long count) => Book.Count(nameof(NoticeTooLong), count);
    public static string NoticeFileRefused(string name, string reason) => Book.Say(nameof(NoticeFileRefused), ("name", name), ("reason", reason));

    // Conversations: thread
    public static string EmptyThread => Book.Say();
    public static string NewBelow(long count) => Book.Count(nameof(NewBelow), count);
    public static string ToNewest => Book.Say();
    public static string UnreadFrom => Book.Say();
    public static string Today => Book.Say();
    public static string Yesterday => Book.Say();
    public static string DayFormat => Book.Say();
    public static string DayFormatWithYear => Book.Say();
    public static string AuthorPerson => Book.Say();
    public static string AuthorAssistant => Book.Say();
    public static string AuthorOperator => Book.Say();
    public static string AuthorSystem => Book.Say();
    public static string AssistantName => Book.Say();
    public static string NoteLabel => Book.Say();
    public static string Writing => Book.Say();
    public static string IsTyping(string name) => Book.Say(nameof(IsTyping), ("name", name));
    public static string AreTyping(long count) => Book.Count(nameof(AreTyping), count);
    public static string Edited => Book.Say();
    public static string Forwarded => Book.Say();
    public static string InReplyToWhat(string name, string words) => Book.Say(nameof(InReplyToWhat), ("name", name), ("words", words));
    public static string InReplyToWords(string words) => Book.Say(nameof(InReplyToWords), ("words", words));
    public static string InReplyToEarlier => Book.Say();
    public static string Deleted => Book.Say();
    public static string Forgotten => Book.Say();
    public static string DeliveryStored => Book.Say();
    public static string DeliverySent => Book.Say();
    public static string DeliveryHeld => Book.Say();
    public static string DeliveryFailed => Book.Say();
    public static string DeliveryUncertain => Book.Say();
    public static string DeliveryDropped => Book.Say();
    public static string DeliveryFailedAdvice => Book.Say();
    public static string DeliveryUncertainAdvice => Book.Say();
    public static string ToDeadLetters => Book.Say();
    public static string Attachments => Book.Say();
    public static string Buttons => Book.Say();
    public static string Reactions => Book.Say();
    public static string AttachmentWithSize(string name, string size) => Book.Say(nameof(AttachmentWithSize), ("name", name), ("size", size));
    public static string AttachmentImage => Book.Say();
    public static string AttachmentVoice => Book.Say();
    public static string AttachmentAudio => Book.Say();
    public static string AttachmentVideo => Book.Say();
    public static string AttachmentFile => Book.Say();
    public static string AttachmentWaiting => Book.Say();
    public static string AttachmentKept => Book.Say();
    public static string AttachmentTooLarge => Book.Say();
    public static string AttachmentRefused => Book.Say();
    public static string AttachmentFailed => Book.Say();
    public static string AttachmentStateBecause(string state, string reason) => Book.Say(nameof(AttachmentStateBecause), ("state", state), ("reason", reason));
    public static string Download => Book.Say();
    public static string DownloadFile(string name) => Book.Say(nameof(DownloadFile), ("name", name));
    public static string ShowPicture => Book.Say();
    public static string PictureNotShown => Book.Say();
    public static string Bytes(string count) => Book.Say(nameof(Bytes), ("count", count));
    public static string Kilobytes(string count) => Book.Say(nameof(Kilobytes), ("count", count));
    public static string Megabytes(string count) => Book.Say(nameof(Megabytes), ("count", count));
    public static string HeldTitle => Book.Say();
    public static string HeldPartsSent(long count) => Book.Count(nameof(HeldPartsSent), count);
    public static string HeldUse => Book.Say();
    public static string HeldUseWhy => Book.Say();
    public static string HeldEdit => Book.Say();
    public static string HeldEditWhy => Book.Say();
    public static string HeldDrop => Book.Say();
    public static string HeldDropWhy => Book.Say();

    // Conversations: composer
    public static string WriteAs => Book.Say();
    public static string ModeReply => Book.Say();
    public static string ModeNote => Book.Say();
    public static string NoteOnlyColleagues => Book.Say();
    public static string RewritingHeld => Book.Say();
    public static string ReplyPlaceholder => Book.Say();
    public static string NotePlaceholder => Book.Say();
    public static string Preview => Book.Say();
    public static string EnterSends => Book.Say();
    public static string DraftKept => Book.Say();
    public static string Send => Book.Say();
    public static string AddNote => Book.Say();
    public static string ReplyGoesTo => Book.Say();
    public static string ReplyStaysHere(string name) => Book.Say(nameof(ReplyStaysHere), ("name", name));
    public static string UsedLast(string name) => Book.Say(nameof(UsedLast), ("name", name));
    public static string AttachFiles => Book.Say();
    public static string ChosenFiles => Book.Say();
    public static string ReadingFile(string name) => Book.Say(nameof(ReadingFile), ("name", name));
    public static string RemoveFile(string name) => Book.Say(nameof(RemoveFile), ("name", name));
    public static string SendWithKeys => Book.Say();
    public static string ComposerReadOnly => Book.Say();
    public static string ComposerClosed => Book.Say();
    public static string ComposerWithColleague(string name) => Book.Say(nameof(ComposerWithColleague), ("name", name));
    public static string ComposerHolderGone(string name) => Book.Say(nameof(ComposerHolderGone), ("name", name));
    public static string ComposerWaiting => Book.Say();
    public static string ComposerWithAssistant => Book.Say();

    // People
    public static string Person => Book.Say();
    public static string PeopleNotAllowed => Book.Say();
    public static string FirstSeen => Book.Say();
    public static string LastSeen => Book.Say();
    public static string LanguageOfPerson => Book.Say();
    public static string Started => Book.Say();
    public static string OpenPerson => Book.Say();
    public static string Identities => Book.Say();
    public static string Reached => Book.Say();
    public static string PrefersMessenger(string name) => Book.Say(nameof(PrefersMessenger), ("name", name));
    public static string Standing => Book.Say();
    public static string Remembered => Book.Say();
    public static string NothingRemembered => Book.Say();
    public static string SearchPeople => Book.Say();
    public static string Everybody => Book.Say();
    public static string NoPeople => Book.Say();
    public static string NoPeopleWhy => Book.Say();
    public static string NoPeopleFound => Book.Say();
    public static string PairingRequests => Book.Say();
    public static string NoPairingRequests => Book.Say();
    public static string PairingCheckCode => Book.Say();
    public static string PairingTooLate => Book.Say();
    public static string CodeIs(string code) => Book.Say(nameof(CodeIs), ("code", code));
    public static string OnConnection(string connection) => Book.Say(nameof(OnConnection), ("connection", connection));
    public static string Asked => Book.Say();
    public static string ExpiresIn(string span) => Book.Say(nameof(ExpiresIn), ("span", span));
    public static string Approve => Book.Say();
    public static string ApproveWhy => Book.Say();
    public static string Decline => Book.Say();
    public static string DeclineWhy => Book.Say();
    public static string Block => Book.Say();
    public static string BlockWhy => Book.Say();
    public static string Allow => Book.Say();
    public static string Unblock => Book.Say();
    public static string Name => Book.Say();
    public static string StandingApproved => Book.Say();
    public static string StandingPending => Book.Say();
    public static string StandingBlocked => Book.Say();
    public static string StandingUnknown => Book.Say();
    public static string StandingHelp => Book.Say();
    public static string PersonGone => Book.Say();
    public static string PersonGoneWhy => Book.Say();
    public static string TheirConversations => Book.Say();

    // Audit
    public static string SearchAudit => Book.Say();
    public static string When => Book.Say();
    public static string Who => Book.Say();
    public static string What => Book.Say();
    public static string OnWhat => Book.Say();
    public static string FromWhere => Book.Say();
    public static string Proof => Book.Say();
    public static string Details => Book.Say();
    public static string Changed => Book.Say();
    public static string Nothing => Book.Say();
    public static string Number => Book.Say();
    public static string Hash => Book.Say();
    public static string PreviousHash => Book.Say();
    public static string OnlyThis => Book.Say();
    public static string OpenSubject => Book.Say();
    public static string EventGone => Book.Say();
    public static string NoEvents => Book.Say();
    public static string NoEventsWhy => Book.Say();
    public static string NoEventsFound => Book.Say();
    public static string AddFilter => Book.Say();
    public static string RemoveFilter => Book.Say();
    public static string AnyAction => Book.Say();
    public static string FromDay => Book.Say();
    public static string UntilDay => Book.Say();
    public static string FilterWho(string name) => Book.Say(nameof(FilterWho), ("name", name));
    public static string FilterText(string text) => Book.Say(nameof(FilterText), ("text", text));
    public static string FilterFrom(string day) => Book.Say(nameof(FilterFrom), ("day", day));
    public static string FilterUntil(string day) => Book.Say(nameof(FilterUntil), ("day", day));
    public static string SavedFilters => Book.Say();
    public static string NoSavedFilters => Book.Say();
    public static string FilterName => Book.Say();
    public static string SaveFilter => Book.Say();
    public static string DeleteFilter(string name) => Book.Say(nameof(DeleteFilter), ("name", name));
    public static string FilterNameRefused => Book.Say();
    public static string FilterRefused => Book.Say();
    public static string TooManyFilters(int count) => Book.Say(nameof(TooManyFilters), ("count", count));
    public static string ExportLog => Book.Say();
    public static string ExportTable => Book.Say();
    public static string ShowProof => Book.Say();
    public static string DownloadProof => Book.Say();
    public static string ProofNotYet => Book.Say();
    public static string ProofCovers => Book.Say();
    public static string ProofSignedAt => Book.Say();
    public static string ProofCheckpoint => Book.Say();
    public static string ProofHashes => Book.Say();
    public static string Verify => Book.Say();
    public static string Verifying => Book.Say();
    public static string ChainIntact(long count) => Book.Count(nameof(ChainIntact), count);
    public static string ChainHead => Book.Say();
    public static string ChainEdited(long seq) => Book.Say(nameof(ChainEdited), ("seq", seq));
    public static string ChainDeleted(long seq) => Book.Say(nameof(ChainDeleted), ("seq", seq));
    public static string ChainInserted(long seq) => Book.Say(nameof(ChainInserted), ("seq", seq));
    public static string ChainReordered(long seq) => Book.Say(nameof(ChainReordered), ("seq", seq));
    public static string ChainTruncated(long seq) => Book.Say(nameof(ChainTruncated), ("seq", seq));
    public static string ChainRewritten(long seq) => Book.Say(nameof(ChainRewritten), ("seq", seq));
    public static string ChainBrokenAdvice => Book.Say();

    // Audit: actions

    // Dead letters
    public static string NoDeadLetters => Book.Say();
    public static string NoDeadLettersWhy => Book.Say();
    public static string DeadLettersWhat(long count) => Book.Count(nameof(DeadLettersWhat), count);
    public static string ResendAll(long count) => Book.Count(nameof(ResendAll), count);
    public static string ResendAllWhy => Book.Say();
    public static string PutBack(long count) => Book.Count(nameof(PutBack), count);
    public static string DeadInbound(string name) => Book.Say(nameof(DeadInbound), ("name", name));
    public static string DeadOutbound(string name, string connection) => Book.Say(nameof(DeadOutbound), ("name", name), ("connection", connection));
    public static string Attempts(long count) => Book.Count(nameof(Attempts), count);
    public static string GivenUp => Book.Say();
    public static string Resend => Book.Say();
    public static string AnswerAgain => Book.Say();
    public static string OpenConversation => Book.Say();

    // Chosen by a value
    public static string View(ConversationView view) => view switch
    {
        ConversationView.Mine => ViewMine,
        ConversationView.Waiting => ViewWaiting,
        ConversationView.All => ViewAll,
        ConversationView.Closed => ViewClosed,
        _ => throw new ArgumentOutOfRangeException(nameof(view)),
    };

    /// <summary>Why a list of conversations is empty.</summary>
    public static string EmptyList(ConversationView view, bool isSearched, bool isOneConnection) => (view, isSearched, isOneConnection) switch
    {
        (_, true, _) => EmptyFound,
        (_, _, true) => EmptyFiltered,
        (ConversationView.Mine, _, _) => EmptyMine,
        (ConversationView.Waiting, _, _) => EmptyWaiting,
        (ConversationView.Closed, _, _) => EmptyClosed,
        _ => EmptyAll,
    };

    public static string EmptyListWhy(ConversationView view, bool isSearched, bool isOneConnection) => (view, isSearched, isOneConnection) switch
    {
        (_, true, _) => EmptyFoundWhy,
        (_, _, true) => EmptyFilteredWhy,
        (ConversationView.Mine, _, _) => EmptyMineWhy,
        (ConversationView.Waiting, _, _) => EmptyWaitingWhy,
        (ConversationView.Closed, _, _) => EmptyClosedWhy,
        _ => EmptyAllWhy,
    };

    public static string PreviewBy(AuthorKind author) => author switch
    {
        AuthorKind.Assistant => PreviewAssistant,
        AuthorKind.Operator => PreviewOperator,
        _ => PreviewSystem,
    };

    public static string AttachmentKind(string kind) => kind switch
    {
        "image" => AttachmentImage,
        "voice" => AttachmentVoice,
        "audio" => AttachmentAudio,
        "video" => AttachmentVideo,
        _ => AttachmentFile,
    };

    /// <summary>A person the log names by id alone.</summary>
    public static string PersonById(string id) => Book.Say(nameof(PersonById), ("id", id));

    /// <summary>An action of the audit log in words; only those of <c>AuditActions</c>.</summary>
    public static string AuditAction(string action) => Book.Say($"Action_{action.Replace('.', '_')}");
}
