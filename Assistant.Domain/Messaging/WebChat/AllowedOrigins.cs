using System.Globalization;
using Assistant.Domain.Wording;

namespace Assistant.Domain.Messaging.WebChat;

/// <summary>The sites that may embed a web chat. Empty means none but our own pages.</summary>
/// <remarks>
/// An entry is a scheme and a host, with a port where it is not the usual one: <c>https://shop.example</c>. The first label of the
/// host may be <c>*</c>. There is no entry for "everywhere".
/// </remarks>
public sealed class AllowedOrigins
{
    /// <summary>Entries beyond this are not used: each is repeated in a header of every page.</summary>
    public const int MaxEntries = 32;

    private static readonly char[] Separators = [' ', ',', ';', '\n', '\r', '\t'];
    private readonly Origin[] _origins;

    private AllowedOrigins(IEnumerable<Origin> origins, IReadOnlyList<Phrase> problems)
    {
        _origins = [.. origins];
        Problems = problems;
    }

    /// <summary>What is wrong with entries that are not used.</summary>
    public IReadOnlyList<Phrase> Problems { get; }

    /// <summary>The entries in the form of a <c>frame-ancestors</c> source list.</summary>
    public IReadOnlyList<string> Sources => [.. _origins.Select(origin => origin.ToString())];

    /// <summary>Reads a list separated by spaces, commas, semicolons or lines; wrong entries become <see cref="Problems"/>.</summary>
    public static AllowedOrigins Parse(string? list)
    {
        var origins = new List<Origin>();
        var problems = new List<Phrase>();
        foreach (var entry in (list ?? "").Split(Separators, StringSplitOptions.RemoveEmptyEntries))
        {
            if (origins.Count == MaxEntries)
            {
                problems.Add(Phrase.Of("webchat.too-many-sites", ("limit", MaxEntries.ToString(CultureInfo.InvariantCulture))));
                break;
            }

            if (Origin.TryParse(entry) is { } origin)
            {
                origins.Add(origin);
            }
            else
            {
                problems.Add(Phrase.Of("webchat.no-site", ("value", entry)));
            }
        }

        return new(origins.Distinct(), problems);
    }

    /// <summary>Whether pages of <paramref name="origin"/> (an <c>Origin</c> header) may embed the chat.</summary>
    public bool Includes(string? origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && _origins.Any(entry => entry.Matches(uri));

    private sealed record Origin(string Scheme, string Host, int Port, bool AnySubdomain)
    {
        public static Origin? TryParse(string entry)
        {
            const string wildcard = "://*.";
            var any = entry.Contains(wildcard, StringComparison.Ordinal);
            var plain = any ? entry.Replace(wildcard, "://", StringComparison.Ordinal) : entry;
            return Uri.TryCreate(plain, UriKind.Absolute, out var uri)
                && uri.Scheme is "http" or "https"
                && uri is { UserInfo: "", PathAndQuery: "/", Fragment: "" }
                && Uri.CheckHostName(uri.IdnHost) != UriHostNameType.Unknown
                && (!any || uri.IdnHost.Contains('.', StringComparison.Ordinal))
                    ? new(uri.Scheme, uri.IdnHost, uri.Port, any)
                    : null;
        }

        public bool Matches(Uri uri) =>
            uri.Scheme == Scheme && uri.Port == Port
            && (AnySubdomain ? uri.IdnHost.EndsWith("." + Host, StringComparison.Ordinal) : uri.IdnHost == Host);

        public override string ToString() =>
            $"{Scheme}://{(AnySubdomain ? "*." : "")}{Host}{(new UriBuilder(Scheme, Host).Uri.Port == Port ? "" : $":{Port}")}";
    }
}
