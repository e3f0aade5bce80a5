using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Assistant.Infrastructure.Messaging.Channels.Teams;

/// <summary>Addresses of links: a message's text has the title of a pasted page only, and the HTML that comes along says where it is. Pure, and total.</summary>
internal static partial class TeamsLinks
{
    private const string Html = "text/html";
    private const string Open = "<a ";
    private const string Close = "</a>";
    private const int MaxLinks = 50;

    /// <summary>The words, each link with its address behind it unless that is there already.</summary>
    public static string AddressedIn(string words, IReadOnlyList<TeamsAttachment?>? attachments)
    {
        var from = 0;
        foreach (var (label, address) in (attachments ?? []).SelectMany(LinksOf).Take(MaxLinks))
        {
            if (IsShown(address, words))
            {
                continue;
            }

            var at = label.Length == 0 ? -1 : words.IndexOf(label, from, StringComparison.Ordinal);
            if (at >= 0)
            {
                var behind = $" ({address})";
                words = words.Insert(at + label.Length, behind);
                from = at + label.Length + behind.Length;
            }
            else
            {
                words = $"{words}\n{(label.Length == 0 ? address : $"{label} ({address})")}".Trim();
            }
        }

        return words;
    }

    // What somebody typed got its scheme and its last slash from Teams.
    private static bool IsShown(string address, string words)
        => words.Contains(address[(address.IndexOf("://", StringComparison.Ordinal) + 3)..].TrimEnd('/'), StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<(string Label, string Address)> LinksOf(TeamsAttachment? attachment)
    {
        var html = attachment is { ContentType: Html } ? TextOf(attachment.Content) : "";
        for (var at = 0; (at = html.IndexOf(Open, at, StringComparison.OrdinalIgnoreCase)) >= 0;)
        {
            var begin = html.IndexOf('>', at);
            var end = begin < 0 ? -1 : html.IndexOf(Close, begin, StringComparison.OrdinalIgnoreCase);
            if (end < 0)
            {
                yield break;
            }

            var address = WebUtility.HtmlDecode(Address().Match(html[at..begin]).Groups[1].Value).Trim();
            if (Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps))
            {
                yield return (WordsOf(html[(begin + 1)..end]), address);
            }

            at = end + Close.Length;
        }
    }

    private static string WordsOf(string html) => Space().Replace(WebUtility.HtmlDecode(Tag().Replace(html, "")), " ").Trim();

    private static string TextOf(JsonElement content)
    {
        try
        {
            return content.ValueKind == JsonValueKind.String ? content.GetString()! : "";
        }
        catch (InvalidOperationException)
        {
            // Half of a character.
            return "";
        }
    }

    [GeneratedRegex("\\shref=\"(https?://[^\"]+)\"", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Address();

    [GeneratedRegex("<[^<>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
