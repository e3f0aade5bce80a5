using System.Globalization;
using Assistant.Domain.People;
using Assistant.Web.Components.Shared;
using Assistant.Web.Localization;

namespace Assistant.Web.Components.Pages.People;

/// <summary>What the rooms say about people.</summary>
internal static class PeopleWords
{
    public static Status Kind(Standing standing) => standing switch
    {
        Standing.Approved => Status.Ok,
        Standing.Pending => Status.Warn,
        Standing.Blocked => Status.Bad,
        Standing.Unknown => Status.Off,
        _ => throw new ArgumentOutOfRangeException(nameof(standing)),
    };

    public static string Say(Standing standing) => standing switch
    {
        Standing.Approved => DeskTexts.StandingApproved,
        Standing.Pending => DeskTexts.StandingPending,
        Standing.Blocked => DeskTexts.StandingBlocked,
        Standing.Unknown => DeskTexts.StandingUnknown,
        _ => throw new ArgumentOutOfRangeException(nameof(standing)),
    };

    /// <summary>What an operator does to bring a standing about.</summary>
    public static string Act(Standing now, Standing wanted) => (now, wanted) switch
    {
        (_, Standing.Approved) => DeskTexts.Allow,
        (_, Standing.Blocked) => DeskTexts.Block,
        (Standing.Blocked, Standing.Unknown) => DeskTexts.Unblock,
        _ => throw new ArgumentOutOfRangeException(nameof(wanted)),
    };

    /// <summary>The language's name in the reader's own. The tag comes from a messenger, so an unknown one is shown as it is.</summary>
    public static string Language(string tag)
    {
        try
        {
            var culture = CultureInfo.GetCultureInfo(tag, predefinedOnly: true);
            return DeskTexts.IsChinese ? culture.NativeName : culture.EnglishName;
        }
        catch (CultureNotFoundException)
        {
            return tag;
        }
    }
}
