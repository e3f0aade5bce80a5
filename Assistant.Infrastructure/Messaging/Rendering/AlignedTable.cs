using System.Globalization;
using System.Text;
using Markdig.Extensions.Tables;
using Markdig.Syntax;

namespace Assistant.Infrastructure.Messaging.Rendering;

/// <summary>A table in a fixed-width block, for messengers that have none of their own.</summary>
internal static class AlignedTable
{
    public static string Align(Table table, Func<Block, string> textOf)
    {
        var rows = table.OfType<TableRow>()
            .Select(row => (row.IsHeader, Cells: row.OfType<TableCell>().Select(textOf).ToArray()))
            .ToList();
        var widths = new int[rows.Max(r => r.Cells.Length)];
        foreach (var (_, cells) in rows)
        {
            for (var i = 0; i < cells.Length; i++)
            {
                widths[i] = Math.Max(widths[i], WidthOf(cells[i]));
            }
        }

        var text = new StringBuilder();
        foreach (var (isHeader, cells) in rows)
        {
            text.AppendJoin(" │ ", cells.Select((cell, i) => i == cells.Length - 1 ? cell : cell + new string(' ', widths[i] - WidthOf(cell)))).Append('\n');
            if (isHeader)
            {
                text.AppendJoin("─┼─", widths.Select(w => new string('─', w))).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>Columns of a fixed-width font: East Asian characters and emoji take two, marks none.</summary>
    private static int WidthOf(string text)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            width += Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
                ? 0
                : IsWide(rune.Value) ? 2 : 1;
        }

        return width;
    }

    private static bool IsWide(int value)
        => value is >= 0x1100 and <= 0x115F or >= 0x2E80 and <= 0xA4CF or >= 0xAC00 and <= 0xD7A3 or >= 0xF900 and <= 0xFAFF
            or >= 0xFE30 and <= 0xFE4F or >= 0xFF00 and <= 0xFF60 or >= 0xFFE0 and <= 0xFFE6 or >= 0x1F300 and <= 0x1FAFF or >= 0x20000 and <= 0x3FFFD;
}
