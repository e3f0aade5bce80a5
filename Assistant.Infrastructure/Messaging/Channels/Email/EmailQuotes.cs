using System.Text.RegularExpressions;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

// What somebody wrote stands above what their program added: the mail that is answered, and a signature. There is no standard for either, so
// this is a list of what programs write: Gmail, Apple Mail, Thunderbird, Outlook, QQ, 163 and their like, in English and Chinese.
//
// Rules. (1) At a line that begins the answered mail, all is cut. (2) After "… wrote:" with lines marked ">", answers may stand between the
// quoted lines: then everything stays, for an answer without its question says nothing. (3) What was forwarded stays: it was sent to be read.
// So was whatever stands in a mail that answers nothing: there a signature is all that is cut. (4) Rather too much than nothing: if nothing would
// be left, the whole text stays.

/// <summary>Takes quotations and signatures off a mail's text.</summary>
internal static partial class EmailQuotes
{
    /// <summary>A line that certainly begins the answered mail.</summary>
    public const string Cut = "-----Original Message-----";

    /// <summary>The line above a signature (RFC 3676, section 4.3). Without the space it is a line somebody typed, between two parts of a text.</summary>
    private const string SignatureMark = "-- ";

    /// <summary>Lines over which "On … wrote:" may be broken.</summary>
    private const int AttributionLines = 3;

    private const int MaxAttributionLength = 300;

    /// <summary>What somebody wrote; never empty unless the text is.</summary>
    /// <param name="isReply">Whether the mail answers another and passes none on.</param>
    public static string Strip(string text, bool isReply)
    {
        var lines = LinesOf(text);
        var kept = WithoutClosing(lines[..(isReply ? EndOfReply(lines) : EndOfOther(lines))], isReply);
        var result = TextOf(kept);
        return result.Length > 0 ? result : TextOf(lines);
    }

    /// <summary>Whether a text has no words but a signature, or what a phone adds. So it is of an empty one.</summary>
    public static bool IsOnlyClosing(string text)
    {
        var lines = LinesOf(text);
        return lines[..EndOfOther(lines)].TrueForAll(IsClosing);
    }

    private static List<string> LinesOf(string text) => [.. text.ReplaceLineEndings("\n").Split('\n').Select(line => line is SignatureMark or "--\u00A0" ? SignatureMark : line.TrimEnd())];

    private static string TextOf(List<string> lines) => string.Join('\n', lines.Select(line => line.TrimEnd())).Trim();

    private static int EndOfReply(List<string> lines)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            if (IsForwarded(lines, i))
            {
                return lines.Count;
            }

            if (IsOriginal(lines, i) || (lines[i] is SignatureMark && IsSignature(lines, i)) || (AttributionAt(lines, i) is { } after && EndsWithQuote(lines, after)))
            {
                return i;
            }
        }

        return lines.Count;
    }

    // A signature may stand above what is passed on: nothing is cut then.
    private static int EndOfOther(List<string> lines)
    {
        var signature = lines.Count;
        for (var i = 0; i < lines.Count; i++)
        {
            if (IsForwarded(lines, i) || IsOriginal(lines, i))
            {
                return lines.Count;
            }

            if (signature == lines.Count && lines[i] is SignatureMark && IsSignature(lines, i))
            {
                signature = i;
            }
        }

        return signature;
    }

    private static bool IsForwarded(List<string> lines, int at) => Forwarded().IsMatch(lines[at].TrimStart('>', ' '));

    private static bool IsOriginal(List<string> lines, int at) => Original().IsMatch(lines[at].TrimStart('>', ' ')) || IsHeaderBlock(lines, at);

    /// <summary>Lines the sender did not type: a quotation at the end, and what a phone adds.</summary>
    private static List<string> WithoutClosing(List<string> lines, bool isReply)
    {
        while (lines.Count > 0 && (IsClosing(lines[^1]) || (isReply && lines[^1].StartsWith('>'))))
        {
            lines.RemoveAt(lines.Count - 1);
        }

        return lines;
    }

    // Outlook writes where an answered mail would begin though there is none.
    private static bool IsClosing(string line)
        => line.Trim().Length == 0 || Underline().IsMatch(line) || SentFrom().IsMatch(line.Trim()) || Original().IsMatch(line);

    /// <summary>Between two dashes on a line of their own and the end stand few lines, or what is quoted.</summary>
    private static bool IsSignature(List<string> lines, int at)
        => lines.Skip(at + 1).TakeWhile(line => !line.StartsWith('>') && !Original().IsMatch(line)).Count(line => line.Length > 0) <= 12;

    /// <summary>Whether an attribution begins here, and the line after it.</summary>
    private static int? AttributionAt(List<string> lines, int at)
    {
        if (!AttributionStart().IsMatch(lines[at].TrimStart('>', ' ')))
        {
            return null;
        }

        var joined = "";
        for (var i = at; i < Math.Min(lines.Count, at + AttributionLines); i++)
        {
            var line = lines[i].TrimStart('>', ' ');
            joined = $"{joined} {line}".Trim();
            if (line.Length == 0 || joined.Length > MaxAttributionLength)
            {
                return null;
            }

            if (Attribution().IsMatch(joined))
            {
                return i + 1;
            }
        }

        return null;
    }

    /// <summary>Whether nothing of the sender's own follows. A quotation that is not marked goes to the end.</summary>
    private static bool EndsWithQuote(List<string> lines, int from)
    {
        var rest = lines.Skip(from).Where(line => line.Length > 0).TakeWhile(line => line is not SignatureMark).ToList();
        return rest.Count == 0 || !rest[0].StartsWith('>') || rest.TrueForAll(line => line.StartsWith('>') || SentFrom().IsMatch(line.Trim()));
    }

    /// <summary>
    /// "From: … Sent: … To: …", as Outlook and its like put it above what they quote. Who wants a train has a from, a to and a date as well: a mail has an
    /// address besides, or says when it was sent or what it is about.
    /// </summary>
    private static bool IsHeaderBlock(List<string> lines, int at)
    {
        if (!FromLabel().IsMatch(WithoutMarks(lines[at])))
        {
            return false;
        }

        var others = lines.Skip(at + 1).Take(5).Select(WithoutMarks).Where(line => OtherLabel().IsMatch(line)).ToList();
        return others.Count >= 2 && (lines[at].Contains('@', StringComparison.Ordinal) || others.Exists(line => line.Contains('@', StringComparison.Ordinal) || MailLabel().IsMatch(line)));
    }

    private static string WithoutMarks(string line) => line.TrimStart('>', ' ', '|', '*');

    [GeneratedRegex(@"^-{2,}\s*(Original(\s+(Message|Appointment|Email))?|Replied Message|Reply Message|邮件原件|原始邮件|原邮件|回复的原邮件|原始郵件)\s*-{2,}$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Original();

    [GeneratedRegex(@"^(-{2,}\s*(Forwarded message|Forwarded mail|转发邮件|转发的邮件|轉寄郵件|Begin forwarded message)\b?.*|Begin forwarded message:|下面是被转发的邮件：?|开始转发的邮件：)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Forwarded();

    [GeneratedRegex(@"^(On\s|At\s[0-9]|(在|於)\s?[0-9]|[0-9]{4}\s?[年/-]|.{1,120}(于|於)\s?[0-9]{4}\s?年|.{1,80}<[^<>\s]+@[^<>\s]+>)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AttributionStart();

    [GeneratedRegex(@"^.*[0-9@].*(\swrote|写道|寫道)\s?[:：]$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Attribution();

    [GeneratedRegex(@"^\**(From|发件人|寄件者|發件人)\**\s*[:：|]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FromLabel();

    [GeneratedRegex(@"^\**(Sent|Date|To|Cc|Subject|发送时间|发送日期|日期|收件人|抄送|抄送人|主题|主旨|寄件日期|收件者|傳送時間|主題)\**\s*[:：|]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OtherLabel();

    [GeneratedRegex(@"^\**(Sent|Subject|发送时间|发送日期|主题|主旨|寄件日期|傳送時間|主題)\**\s*[:：|]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex MailLabel();

    [GeneratedRegex(
        @"^(Sent from (my|Mail|Outlook|Yahoo|Proton|Samsung|the all-new).{0,60}|Get Outlook for (iOS|Android).{0,60}|Sent via .{1,40}|发自我的.{1,30}|從我的.{1,20}(傳送|寄出)|从我的.{1,20}发送|发自.{0,6}(网易邮箱大师|QQ邮箱|iPhone|iPad|Outlook|Foxmail).{0,10}|来自我的.{1,20}|(发送自|发自).{1,30}版?邮件(应用)?|获取(适用于)?.{0,6}Outlook.{0,20})$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SentFrom();

    [GeneratedRegex("^_{10,}$")]
    private static partial Regex Underline();
}
