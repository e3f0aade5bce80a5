using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Assistant.Domain.Audit;

/// <summary>The log as a table for spreadsheets (RFC 4180). For reading: what proves anything is <see cref="AuditExport"/>.</summary>
/// <remarks>
/// A spreadsheet takes a cell that begins with one of <c>= + - @</c>, a tab or a line break for a formula, and what people wrote must not run there:
/// such a cell gets an apostrophe in front, which spreadsheets do not show.
/// </remarks>
public static class AuditCsv
{
    private const string Header = "seq,at,actor_kind,actor_id,actor_name,action,subject,origin,details,previous_hash,hash\r\n";

    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");
    private static readonly SearchValues<char> Formula = SearchValues.Create("=+-@\t\r\n＝＋－＠");

    /// <summary>Writes the header and one row for each event.</summary>
    public static async Task WriteAsync(IAsyncEnumerable<AuditEvent> events, TextWriter target, CancellationToken cancellationToken)
    {
        await target.WriteAsync(Header.AsMemory(), cancellationToken);
        await foreach (var written in events.WithCancellation(cancellationToken))
        {
            await target.WriteAsync(Format(written).AsMemory(), cancellationToken);
        }

        await target.FlushAsync(cancellationToken);
    }

    /// <summary>The row of an event, with its line break.</summary>
    public static string Format(AuditEvent written)
    {
        var what = written.What;
        string[] cells =
        [
            written.Seq.ToString(CultureInfo.InvariantCulture), what.At.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            what.Actor.Kind, what.Actor.Id, what.Actor.Name, what.Action, what.Subject, what.Origin,
            what.Details.Count == 0 ? "" : JsonSerializer.Serialize(what.Details),
            Convert.ToHexStringLower(written.PreviousHash.Span), Convert.ToHexStringLower(written.Hash.Span),
        ];
        return string.Join(',', cells.Select(Cell)) + "\r\n";
    }

    private static string Cell(string text)
    {
        var safe = text.Length > 0 && (Formula.Contains(text[0]) || Formula.Contains(text.AsSpan().TrimStart() is [var first, ..] ? first : 'x')) ? $"'{text}" : text;
        return safe.AsSpan().ContainsAny(Quoted) ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
