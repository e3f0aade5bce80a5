namespace Assistant.Infrastructure.Ai.Pipeline;

/// <summary>A piece of text, parted.</summary>
/// <param name="IsVoid">What was said before was thought.</param>
internal readonly record struct PartedText(string Thought, string Said, bool IsVoid = false);

/// <summary>
/// Parts one leading <c>&lt;think&gt;…&lt;/think&gt;</c> from the text after it, in pieces as they come. Where the opening tag is missing, since
/// it was the end of the prompt, the closing one says that all before it was thought.
/// </summary>
internal sealed class ThinkBlock
{
    public const string Open = "<think>";
    public const string Close = "</think>";

    private readonly StrayClose _stray = new();
    private bool _isInside;
    private bool _hasSaid;
    private string _held = "";

    /// <summary>All further text is said.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Characters of the block so far.</summary>
    public int Length { get; private set; }

    /// <summary>What of the text, and of what was held before it, is thought and what is said. Text that is all said is the same object.</summary>
    public PartedText Add(string piece)
    {
        var text = _held + piece;
        _held = "";
        if (IsOver)
        {
            return new("", text);
        }

        if (!_isInside && !_hasSaid)
        {
            var start = text.AsSpan().TrimStart();
            if (start.IsEmpty)
            {
                return new("", text);
            }

            if (!start.StartsWith(Open, StringComparison.Ordinal))
            {
                if (Open.AsSpan().StartsWith(start, StringComparison.Ordinal))
                {
                    _held = text;
                    return new("", "");
                }

                return Outside(text);
            }

            _isInside = true;
            text = start[Open.Length..].ToString();
        }

        return _isInside ? Inside(text) : Outside(text);
    }

    /// <summary>The text has ended: what was held because it might become a tag was said after all. A block that is still open was all thought.</summary>
    public string End() => _isInside ? "" : _held;

    private PartedText Outside(string text)
    {
        var (end, endsThought) = _stray.Find(text);
        if (endsThought is { } isThought)
        {
            IsOver = true;
            return isThought ? new(text[..end], text[(end + Close.Length)..], IsVoid: _hasSaid) : new("", text);
        }

        _hasSaid |= end > 0;
        _held = text[end..];
        return new("", end == text.Length ? text : text[..end]);
    }

    private PartedText Inside(string text)
    {
        var end = text.IndexOf(Close, StringComparison.Ordinal);
        if (end >= 0)
        {
            IsOver = true;
            Length += end;
            return new(text[..end], text[(end + Close.Length)..]);
        }

        var tail = text.LastIndexOf('<');
        if (tail >= 0 && Close.AsSpan().StartsWith(text.AsSpan(tail), StringComparison.Ordinal))
        {
            (_held, text) = (text[tail..], text[..tail]);
        }

        Length += text.Length;
        return new(text, "");
    }
}
