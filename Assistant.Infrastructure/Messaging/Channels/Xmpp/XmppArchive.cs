using System.Globalization;
using System.Xml.Linq;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

/// <summary>Something an archive has.</summary>
/// <param name="At">When it came.</param>
internal sealed record XmppArchived(string Id, XElement Stanza, DateTimeOffset? At);

/// <summary>What one question to an archive brought.</summary>
/// <param name="IsLast">Whether there is nothing behind it.</param>
/// <param name="Last">The id it ends with, also where that was nothing that can be read; <see langword="null"/> when there was nothing.</param>
/// <param name="Error">What the archive says against the question.</param>
internal sealed record XmppPage(IReadOnlyList<XmppArchived> Found, bool IsLast, string? Last = null, string? Error = null)
{
    /// <summary>How far the archive is read with a page that is not empty.</summary>
    public XmppMark MarkOf(XmppRoom of, XmppMark? before) => new(of.Address, Last!, (Found is [.., var newest] ? newest.At : null) ?? before?.At);
}

/// <summary>Asks archives (XEP-0313): the account's, and those of rooms. Safe for concurrent use.</summary>
internal sealed class XmppArchive(XmppLink link, TimeProvider time)
{
    private const int PageSize = 100;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (XmppRoom Of, List<XElement> Results)> _asked = [];

    /// <summary>The page behind an id.</summary>
    public Task<XmppPage> ReadAfterAsync(XmppRoom of, string id, CancellationToken cancellationToken)
        => AskAsync(of, [], new XElement(XmppNames.ResultSet + "after", id), cancellationToken);

    /// <summary>The first page from a time on.</summary>
    public Task<XmppPage> ReadFromAsync(XmppRoom of, DateTimeOffset from, CancellationToken cancellationToken)
        => AskAsync(of, [Field("start", Stamp(from))], null, cancellationToken);

    /// <summary>The last page.</summary>
    public Task<XmppPage> ReadLastAsync(XmppRoom of, CancellationToken cancellationToken)
        => AskAsync(of, [], new XElement(XmppNames.ResultSet + "before"), cancellationToken);

    /// <summary>What went to or came from somebody, from a time on.</summary>
    public Task<XmppPage> ReadWithAsync(XmppRoom of, string? with, string? after, DateTimeOffset from, CancellationToken cancellationToken) => AskAsync(
        of, [Field("start", Stamp(from)), with is null ? null : Field("with", with)],
        after is null ? null : new XElement(XmppNames.ResultSet + "after", after), cancellationToken);

    /// <summary>Whether a message is the answer of an archive; anybody can send something of that form, so only what was asked counts.</summary>
    public bool Takes(XElement stanza, XmppAddress? from)
    {
        if (stanza.Element(XmppNames.Archive + "result") is not { } result)
        {
            return false;
        }

        lock (_lock)
        {
            if (result.Get("queryid") is { } query && _asked.TryGetValue(query, out var asked)
                && (from is null || from.ToString() == asked.Of.Address) && (from is not null || !asked.Of.IsRoom))
            {
                asked.Results.Add(result);
            }
        }

        return true;
    }

    private async Task<XmppPage> AskAsync(XmppRoom of, IEnumerable<XElement?> fields, XElement? where, CancellationToken cancellationToken)
    {
        var query = XmppNames.NewId();
        var results = new List<XElement>();
        lock (_lock)
        {
            _asked[query] = (of, results);
        }

        try
        {
            var answer = await link.AskAsync("set", of.IsRoom ? of.Address : null, QueryOf(query, fields, where), cancellationToken);
            if (answer.Get("type") == "error")
            {
                return new([], true, Error: XmppStanzas.ConditionOf(answer));
            }

            var end = answer.Element(XmppNames.Archive + "fin");
            List<XmppArchived> found = [.. results.Select(Read).OfType<XmppArchived>()];
            var last = end?.Element(XmppNames.ResultSet + "set")?.Element(XmppNames.ResultSet + "last")?.Value is { Length: > 0 } id ? id : found.LastOrDefault()?.Id;
            return new(found, last is null || end?.Get("complete") is "true" or "1", last);
        }
        finally
        {
            lock (_lock)
            {
                _asked.Remove(query);
            }
        }
    }

    private XmppArchived? Read(XElement result)
        => result.Get("id") is { Length: > 0 } id && result.Element(XmppNames.Forward + "forwarded") is { } forwarded && forwarded.Element(XmppNames.Message) is { } stanza
            ? new XmppArchived(id, stanza, XmppStanzas.DelayOf(forwarded, time.GetUtcNow()))
            : null;

    private static XElement QueryOf(string query, IEnumerable<XElement?> fields, XElement? where) => new(XmppNames.Archive + "query",
        new XAttribute("queryid", query),
        new XElement(XmppNames.Form + "x", new XAttribute("type", "submit"), Field("FORM_TYPE", XmppNames.Archive.NamespaceName), fields),
        new XElement(XmppNames.ResultSet + "set", new XElement(XmppNames.ResultSet + "max", PageSize), where));

    private static XElement Field(string name, string value)
        => new(XmppNames.Form + "field", new XAttribute("var", name), new XElement(XmppNames.Form + "value", value));

    private static string Stamp(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
