using System.Globalization;
using System.Text;

namespace Assistant.Domain.Messaging;

/// <summary>A file to be shown in a chat. What it holds may come from anybody.</summary>
/// <param name="Kind">As of <see cref="Attachment"/>: what the messenger shows it as, where it makes a difference.</param>
/// <param name="Name">What people see and keep it by: see <see cref="NameOf"/>.</param>
/// <param name="MediaType">As its content says.</param>
/// <param name="OpenAsync">Opens it from its beginning; more than once, when a messenger has to be asked again.</param>
public sealed record OutboundFile(string Kind, string Name, string MediaType, long SizeBytes, Func<CancellationToken, Task<Stream>> OpenAsync)
{
    private const int LongestName = 100;

    /// <summary>Where a messenger fetches it from; <see langword="null"/> while this installation has no public https address.</summary>
    public FetchableFile? Fetchable { get; init; }

    // What some system or protocol takes for something else than a part of a name.
    private const string Taken = "/\\\"<>|:*?";

    /// <summary>A name that is one in every messenger: no folder, no mark with a meaning of its own, nothing unseen, never empty, at most 100 characters with its ending.</summary>
    public static string NameOf(string? given)
    {
        var name = new StringBuilder();
        foreach (var rune in (given ?? "").EnumerateRunes())
        {
            name.Append(IsFit(rune) ? rune.ToString() : IsTaken(rune) ? "_" : "");
        }

        var whole = name.ToString().Trim(' ', '.');
        return whole.Length == 0 ? "file" : whole.Length <= LongestName ? whole : Shorten(whole);
    }

    private static bool IsFit(Rune rune) => rune != Rune.ReplacementChar && !IsTaken(rune)
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
        && !IsDirection(rune);

    private static bool IsTaken(Rune rune) => rune.IsAscii && Taken.Contains((char)rune.Value, StringComparison.Ordinal);

    // They turn "gpj.exe" round on the screen. Joiners are of the same category, and hold emoji together.
    private static bool IsDirection(Rune rune) => rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0x200E or 0x200F or 0xFEFF;

    private static string Shorten(string name)
    {
        var end = Path.GetExtension(name);
        end = end.Length > 16 ? "" : end;
        var stem = new StringBuilder();
        var graphemes = StringInfo.GetTextElementEnumerator(name, 0);
        while (graphemes.MoveNext() && stem.Length + graphemes.GetTextElement().Length + end.Length <= LongestName)
        {
            stem.Append(graphemes.GetTextElement());
        }

        return stem + end;
    }
}

/// <summary>A file that a messenger fetches by itself, without signing in.</summary>
/// <param name="AddressFor">A new https address that opens the file for so long and no longer; it gives access to the file, so it goes to the messenger and nowhere else.</param>
/// <param name="StandIn">An https address of a small PNG that stands for a file that has no picture, or one that is too large to be shown beside the words.</param>
public sealed record FetchableFile(Func<TimeSpan, Uri> AddressFor, Uri StandIn);

/// <summary>Optional: the session can show a file. Declared as <see cref="ChannelCapabilities.OutboundAttachments"/>.</summary>
public interface IFileSender
{
    /// <summary>
    /// Shows one file, by itself: what is said with it goes before it as a message of its own. Like <see cref="IChannelSession.SendAsync"/>
    /// it does not retry by itself and never throws for an answer of the messenger.
    /// </summary>
    /// <param name="message">Where, and by which id; its body is empty.</param>
    /// <param name="file">No larger than <see cref="ChannelManifest.LargestFile"/>.</param>
    Task<SendOutcome> SendFileAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken);
}
