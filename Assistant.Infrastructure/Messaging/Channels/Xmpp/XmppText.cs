using System.Text;
using System.Xml;
using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Rendering;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

/// <summary>The text of a message in message styling (XEP-0393).</summary>
internal static class XmppText
{
    /// <summary>The protocol has no limit. Servers cut stanzas at some size and slow down large ones; below this nobody does.</summary>
    public static TextLimit Limit { get; } = new(9_000, LengthUnit.Utf8Bytes);

    public static string Render(string markdown)
        => Rendered.Fit(Clean(markdown), Limit, XmppRenderer.Render, XmppRenderer.AsWords);

    /// <summary>Without the characters XML cannot hold, which would end the stream.</summary>
    public static string Clean(string text)
    {
        var isClean = true;
        for (var i = 0; i < text.Length && isClean; i++)
        {
            isClean = IsPair(text, i) ? ++i > 0 : XmlConvert.IsXmlChar(text[i]);
        }

        if (isClean)
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (IsPair(text, i))
            {
                clean.Append(text[i++]).Append(text[i]);
            }
            else
            {
                clean.Append(XmlConvert.IsXmlChar(text[i]) ? text[i] : '\uFFFD');
            }
        }

        return clean.ToString();
    }

    /// <summary>The text without a stretch counted in code points, as XEP-0426 counts; any stretch may be asked for.</summary>
    public static string Without(string text, int start, int end)
    {
        if (start < 0 || end <= start)
        {
            return text;
        }

        var kept = new StringBuilder(text.Length);
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (at < start || at >= end)
            {
                kept.Append(rune);
            }

            at++;
        }

        return kept.ToString();
    }

    private static bool IsPair(string text, int at) => char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]);
}
