using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Assistant.Domain.Audit;

/// <summary>The log as a table for spreadsheets (RFC 4180). For reading: what proves anything is <see cref="AuditExport"/>.</summary>
/// <remarks>
/// A spreadsheet takes a cell that begins with one of <c>= + - @</c>, a tab or a line break for a formula, and what people wrote must not run there:
/// such a cell gets an apostrophe in front, which spreadsheets do not show. Where a country separates cells by <c>;</c> or a tab, quotes in the middle
/// of a line mean nothing, and what stands behind one of these or a line break within a cell begins a cell too: it gets an apostrophe as well.
/// </remarks>
public static class AuditCsv
{
    private const string Header = "seq,at,actor_kind,actor_id,actor_name,action,subject,origin,details,previous_hash,hash\r\n";

    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");
    private static readonly SearchValues<char> Formula = SearchValues.Create("=+-@\t\r\n＝＋－＠");
    private static readonly SearchValues<char> Elsewhere = SearchValues.Create(";\t\r\n");

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
        var safe = IsFormula(text) ? $"'{text}" : text;
        if (safe.AsSpan().ContainsAny(Elsewhere))
        {
            safe = Disarm(safe);
        }

        return safe.AsSpan().ContainsAny(Quoted) ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }

    private static bool IsFormula(ReadOnlySpan<char> cell)
        => !cell.IsEmpty && (Formula.Contains(cell[0]) || (cell.TrimStart() is [var first, ..] && Formula.Contains(first)));

    private static string Disarm(string text)
    {
        var safe = new StringBuilder(text.Length + 1);
        for (var i = 0; i < text.Length; i++)
        {
            safe.Append(text[i]);
            if (Elsewhere.Contains(text[i]) && BeginsFormula(text.AsSpan(i + 1)))
            {
                safe.Append('\'');
            }
        }

        return safe.ToString();
    }

    // Quotes at the beginning are taken off by whoever reads a cell there; a further separator is looked at by itself.
    private static bool BeginsFormula(ReadOnlySpan<char> rest)
    {
        var at = 0;
        while (at < rest.Length && (rest[at] == '"' || (char.IsWhiteSpace(rest[at]) && !Elsewhere.Contains(rest[at]))))
        {
            at++;
        }

        return at < rest.Length && !Elsewhere.Contains(rest[at]) && Formula.Contains(rest[at]);
    }
}
