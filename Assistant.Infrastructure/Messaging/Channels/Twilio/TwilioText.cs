using System.Buffers;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.Twilio;

// A text message is sent in segments: 160 characters of GSM 03.38, or 70 of UTF-16 as soon as one character is not among those (153 and 67 when there are
// several). One curly quotation mark so costs as much as the whole text again.

/// <summary>Markdown as a text message. Pure.</summary>
internal static class TwilioText
{
    /// <summary>Longest text of one message.</summary>
    public static TextLimit Limit { get; } = new(1600);

    private const string Extended = "\f^{}\\[~]|€";

    private static readonly SearchValues<char> Gsm = SearchValues.Create(
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà" + Extended);

    public static string Render(string markdown) => Plainer(Rendered.Fit(markdown, Limit, static (text, _) => PlainRenderer.Render(text, alignsTables: false), static words => words));

    /// <summary>How many segments a text is sent in, each of which is billed.</summary>
    public static int SegmentsOf(string text)
    {
        var isGsm = IsGsm(text);
        var length = isGsm ? text.Sum(c => Extended.Contains(c, StringComparison.Ordinal) ? 2 : 1) : text.Length;
        var (alone, joined) = isGsm ? (160, 153) : (70, 67);
        return length <= alone ? 1 : (length + joined - 1) / joined;
    }

    /// <summary>The text with plain signs for typographic ones, where that alone makes it a text of GSM characters; else as it is.</summary>
    private static string Plainer(string text)
    {
        if (IsGsm(text))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            plain.Append(c switch
            {
                '\u2018' or '\u2019' or '\u2032' => "'",
                '\u201C' or '\u201D' or '\u201E' or '\u2033' or '«' or '»' => "\"",
                '\u2010' or '\u2011' or '\u2012' or '\u2013' or '\u2014' or '\u2212' or '•' or '·' => "-",
                '\u00A0' or '\u202F' or '\u2009' or '\t' => " ",
                '…' => "...",
                '☐' => "[ ]",
                '☑' => "[x]",
                _ => c.ToString(),
            });
        }

        var written = plain.ToString();
        return IsGsm(written) && Limit.Measure(written) <= Limit.Max ? written : text;
    }

    private static bool IsGsm(string text) => !text.AsSpan().ContainsAnyExcept(Gsm);
}
