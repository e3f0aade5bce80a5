using System.Text;

namespace Assistant.Infrastructure.Messaging.Rendering;

/// <summary>Marks that stand at the beginning of every line.</summary>
internal static class Lines
{
    /// <summary>Puts the prefix before every line that <paramref name="write"/> adds to the text.</summary>
    public static void Prefixed(StringBuilder text, string prefix, Action write)
    {
        var start = text.Length;
        write();
        if (prefix.Length > 0 && text.Length > start)
        {
            var added = text.ToString(start, text.Length - start);
            text.Length = start;
            text.Append(prefix).Append(added.Replace("\n", "\n" + prefix, StringComparison.Ordinal));
        }
    }
}
