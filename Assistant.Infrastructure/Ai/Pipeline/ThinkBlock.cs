namespace Assistant.Infrastructure.Ai.Pipeline;

/// <summary>Parts one leading <c>&lt;think&gt;…&lt;/think&gt;</c> from the text after it, in pieces as they come.</summary>
internal sealed class ThinkBlock
{
    private const string Open = "<think>";
    private const string Close = "</think>";

    private bool _isInside;
    private string _held = "";

    /// <summary>All further text is said.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Characters of the block so far.</summary>
    public int Length { get; private set; }

    /// <summary>What of the text, and of what was held before it, is thought and what is said.</summary>
    public (string Thought, string Said) Add(string piece)
    {
        var text = _held + piece;
        _held = "";
        if (IsOver)
        {
            return ("", text);
        }

        if (!_isInside)
        {
            var start = text.AsSpan().TrimStart();
            if (start.IsEmpty)
            {
                return ("", text);
            }

            if (!start.StartsWith(Open, StringComparison.Ordinal))
            {
                if (Open.AsSpan().StartsWith(start, StringComparison.Ordinal))
                {
                    _held = text;
                    return ("", "");
                }

                IsOver = true;
                return ("", text);
            }

            _isInside = true;
            text = start[Open.Length..].ToString();
        }

        return Inside(text);
    }

    /// <summary>The text has ended: what was held because it might become a tag was said after all. A block that is still open was all thought.</summary>
    public string End() => _isInside ? "" : _held;

    private (string Thought, string Said) Inside(string text)
    {
        var end = text.IndexOf(Close, StringComparison.Ordinal);
        if (end >= 0)
        {
            IsOver = true;
            Length += end;
            return (text[..end], text[(end + Close.Length)..]);
        }

        var tail = text.LastIndexOf('<');
        if (tail >= 0 && Close.AsSpan().StartsWith(text.AsSpan(tail), StringComparison.Ordinal))
        {
            (_held, text) = (text[tail..], text[..tail]);
        }

        Length += text.Length;
        return (text, "");
    }
}
