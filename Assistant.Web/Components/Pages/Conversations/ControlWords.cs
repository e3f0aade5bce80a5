using Assistant.Web.Components.Shared;
using Assistant.Web.Localization;

namespace Assistant.Web.Components.Pages.Conversations;

/// <summary>The state of a conversation in words and as a dot beside them.</summary>
internal static class ControlWords
{
    public static Status Kind(ControlState state) => state switch
    {
        ControlState.WithAssistant => Status.Ok,
        ControlState.Waiting => Status.Warn,
        ControlState.WithYou or ControlState.WithColleague => Status.Info,
        ControlState.Closed => Status.Off,
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    public static string Say(ConversationControl control, DateTimeOffset now) => control.State switch
    {
        ControlState.WithAssistant => DeskTexts.WithAssistant,
        ControlState.Waiting when control.Since is { } since => DeskTexts.WaitingForPerson(TimeWords.Span(Age(since, now))),
        ControlState.WithYou => DeskTexts.WithYou,
        ControlState.WithColleague => DeskTexts.WithColleague(control.Colleague ?? ""),
        ControlState.Closed => DeskTexts.Closed,
        _ => throw new ArgumentOutOfRangeException(nameof(control)),
    };

    // Whole minutes: a second hand in a list nobody asked for would draw the eye.
    private static TimeSpan Age(DateTimeOffset since, DateTimeOffset now) =>
        TimeSpan.FromMinutes(Math.Max(1, Math.Floor((now - since).TotalMinutes)));
}
