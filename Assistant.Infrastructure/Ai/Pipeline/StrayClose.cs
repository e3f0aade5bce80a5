using System.Globalization;

namespace Assistant.Infrastructure.Ai.Pipeline;

/// <summary>
/// Finds the tag that ends a thought of which the beginning was not marked, in pieces of text as they come. Answers speak of the tag, too: in a
/// span or block of code, after a blank or in quotes. What ends a thought begins a line or stands right after a word or sentence. Only the
/// first tag outside of code counts; an opening one before it says that tags are what the text is about.
/// </summary>
internal sealed class StrayClose
{
    private char _last;
    private int _ticks;
    private bool _isLineStart = true;
    private bool _isSpan;
    private bool _isBlock;

    /// <returns>
    /// Where the tag begins and whether it ends a thought; without a tag, where something begins that may become one, or the end of the text.
    /// </returns>
    public (int At, bool? EndsThought) Find(string text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            var sign = text[at];
            if (sign == '`')
            {
                _ticks++;
                continue;
            }

            if (_ticks > 0)
            {
                EndTicks();
            }

            if (sign == '<' && !_isSpan && !_isBlock)
            {
                var rest = text.AsSpan(at);
                var isClose = rest.StartsWith(ThinkBlock.Close, StringComparison.Ordinal);
                if (isClose || rest.StartsWith(ThinkBlock.Open, StringComparison.Ordinal))
                {
                    return (at, isClose && IsEndOfThought());
                }

                if (ThinkBlock.Open.AsSpan().StartsWith(rest, StringComparison.Ordinal) || ThinkBlock.Close.AsSpan().StartsWith(rest, StringComparison.Ordinal))
                {
                    return (at, null);
                }
            }

            _isSpan &= sign != '\n';
            _isLineStart = sign == '\n' || (_isLineStart && char.IsWhiteSpace(sign));
            _last = sign;
        }

        return (text.Length, null);
    }

    private bool IsEndOfThought() => _isLineStart || char.IsAsciiLetterOrDigit(_last)
        || (_last is not ('"' or '\'') && char.GetUnicodeCategory(_last) is UnicodeCategory.OtherPunctuation or UnicodeCategory.ClosePunctuation);

    private void EndTicks()
    {
        if (_isLineStart && _ticks >= 3)
        {
            _isBlock = !_isBlock;
        }
        else if (!_isBlock)
        {
            _isSpan = !_isSpan;
        }

        (_ticks, _isLineStart, _last) = (0, false, '`');
    }
}
