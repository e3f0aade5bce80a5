using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Assistant.Domain.Attachments;
using Assistant.Domain.Audit;
using Assistant.Domain.Conversations;
using Assistant.Domain.Memory;
using Assistant.Domain.Messaging;
using Assistant.Domain.People;
using Assistant.Domain.People.Accounts;
using Assistant.Domain.People.Links;
using Assistant.Domain.Settings;

namespace Assistant.Domain.Forgetting;

/// <summary>The export of a person as one page: everything said in it is encoded, nothing in it runs, and nothing is loaded from elsewhere.</summary>
internal sealed class PersonHtml(Stream target, CultureInfo culture)
{
    private const string Style =
        "body{font:15px/1.6 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}"
        + "h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2.5rem;border-top:1px solid #ccc;padding-top:1rem}"
        + "dt{color:#555}dd{margin:0 0 .5rem}article{margin:.75rem 0;padding-left:.75rem;border-left:3px solid #ccc}"
        + "article.note{border-left-style:dashed}header{color:#555;font-size:.85rem}p{margin:.2rem 0;white-space:pre-wrap;overflow-wrap:anywhere}"
        + "table{border-collapse:collapse;font-size:.85rem}td,th{text-align:left;padding:.15rem .75rem .15rem 0;vertical-align:top}";

    // Should a reader's program ever run something in it against all encoding: it may not.
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'";

    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private static readonly LocalizedText Everything = new("Everything about", "关于此人的全部内容：");
    private static readonly LocalizedText Exported = new("Exported", "导出时间");
    private static readonly LocalizedText Known = new("First seen", "首次出现");
    private static readonly LocalizedText Language = new("Language", "语言");
    private static readonly LocalizedText Accounts = new("Accounts", "账号");
    private static readonly LocalizedText Connections = new("Connections", "连接");
    private static readonly LocalizedText OneWith = new("The same human being as", "与以下联系人为同一人");
    private static readonly LocalizedText SignsInAs = new("Signs in as", "登录账号");
    private static readonly LocalizedText Remembered = new("Remembered", "记住的内容");
    private static readonly LocalizedText Conversation = new("Conversation", "会话");
    private static readonly LocalizedText Preferred = new("Wants to be written to here, said", "希望在此接收消息，提出时间：");
    private static readonly LocalizedText Continued = new("Goes on from conversation", "接续自会话");
    private static readonly LocalizedText Note = new("note among colleagues", "同事间备注");
    private static readonly LocalizedText TakenBack = new("taken back", "已撤回");
    private static readonly LocalizedText NotKept = new("(not kept)", "（未保存）");
    private static readonly LocalizedText Reacted = new("Reactions", "表情回应");
    private static readonly LocalizedText Log = new("Events in the log", "日志中的事件");
    private static readonly LocalizedText Nothing = new("Nothing.", "无。");

    // What was written since the last flush: a page of messages at most. An answer's stream takes no writes but asynchronous ones.
    private readonly StringBuilder _html = new();

    public void Begin(PersonRow row, DateTimeOffset now, IReadOnlyList<PersonLink> links, PersonAccount? account)
    {
        var title = $"{Everything.In(culture)} {row.Person.DisplayName}";
        Write($"<!doctype html>\n<html lang=\"{Encode(culture.Name.Length == 0 ? "en" : culture.Name)}\">\n<head>\n<meta charset=\"utf-8\">\n");
        Write($"<meta http-equiv=\"Content-Security-Policy\" content=\"{Policy}\">\n<meta name=\"referrer\" content=\"no-referrer\">\n");
        Write($"<title>{Encode(title)}</title>\n<style>{Style}</style>\n</head>\n<body>\n<h1>{Encode(title)}</h1>\n<dl>\n");
        Term(Exported, Time(now));
        Term(Known, Time(row.Person.CreatedAt));
        Term(Language, row.Person.Locale ?? "–");
        Term(Accounts, string.Join("; ", row.Identities.Select(i => $"{i.ChannelType}: {i.DisplayName} ({i.ExternalId})")));
        Term(Connections, string.Join("; ", row.Standings.Select(s => $"{s.Connection}: {NameOf(s.Standing).In(culture)}")));
        if (links.Count > 0)
        {
            Term(OneWith, string.Join("; ", links.Select(link => $"{link.OtherThan(row.Person.Id)} ({NameOf(link.Proof).In(culture)} · {Time(link.LinkedAt)})")));
        }

        if (account is not null)
        {
            Term(SignsInAs, $"{account.Email} ({Time(account.LinkedAt)})");
        }

        Write("</dl>\n");
    }

    public void Facts(IReadOnlyList<Fact> facts)
    {
        Heading(Remembered.In(culture));
        if (facts.Count == 0)
        {
            Paragraph(Nothing.In(culture));
        }

        foreach (var fact in facts)
        {
            Write($"<article><header>{Encode(Time(fact.StatedAt))}</header>");
            Paragraph(fact.Text);
            Write("</article>\n");
        }
    }

    public void BeginConversation(PersonConversation conversation)
    {
        Heading($"{Conversation.In(culture)} {conversation.Connection} · {conversation.Title ?? Time(conversation.CreatedAt)}");
        if (conversation.PreferredAt is { } at)
        {
            Paragraph($"{Preferred.In(culture)} {Time(at)}");
        }

        if (conversation is { ContinuedFrom: { } from, ContinuedAt: { } since })
        {
            Paragraph($"{Continued.In(culture)} {from} · {Time(since)}");
        }
    }

    public void Messages(IReadOnlyList<Message> messages)
    {
        foreach (var message in messages)
        {
            Write(message.IsNote ? "<article class=\"note\">" : "<article>");
            Write($"<header>{Encode($"{message.AuthorName} · {Time(message.At)}")}");
            Mark(message.IsNote, Note);
            Mark(message.DeletedAt is not null, TakenBack);
            Write("</header>");
            Paragraph(message.Body.In(culture));
            foreach (var (named, at) in message.Attachments.Select((named, at) => (named, at)))
            {
                Paragraph(Describe(named, message.Files.ElementAtOrDefault(at)));
            }

            if (message.Reactions.Count > 0)
            {
                Paragraph($"{Reacted.In(culture)}: {string.Join(' ', message.Reactions.Select(reaction => reaction.Name))}");
            }

            Write("</article>\n");
        }
    }

    public void EndConversation() => Write("\n");

    public void BeginEvents()
    {
        Heading(Log.In(culture));
        Write("<table>\n");
    }

    public void Events(IReadOnlyList<AuditEvent> events)
    {
        foreach (var written in events)
        {
            Write($"<tr><td>{written.Seq}</td><td>{Encode(Time(written.What.At))}</td><td>{Encode(written.What.Action)}</td><td>{Encode(written.What.Subject)}</td></tr>\n");
        }
    }

    public void End() => Write("</table>\n</body>\n</html>\n");

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await target.WriteAsync(Encoding.UTF8.GetBytes(_html.ToString()), cancellationToken);
        await target.FlushAsync(cancellationToken);
        _html.Clear();
    }

    private void Write(string text) => _html.Append(text);

    private void Heading(string text) => Write($"<h2>{Encode(text)}</h2>\n");

    private void Paragraph(string text) => Write($"<p dir=\"auto\">{Encode(text)}</p>");

    private void Term(LocalizedText term, string text) => Write($"<dt>{Encode(term.In(culture))}</dt><dd dir=\"auto\">{Encode(text)}</dd>\n");

    private void Mark(bool applies, LocalizedText word)
    {
        if (applies)
        {
            Write($" · {Encode(word.In(culture))}");
        }
    }

    // The bytes are in the machine-readable export.
    private string Describe(Attachment named, AttachmentFile? file)
    {
        var size = (file?.SizeBytes ?? named.SizeBytes) is { } bytes ? $"{bytes.ToString("N0", culture)} B" : "";
        var state = file is null or { State: AttachmentState.Kept } ? "" : NotKept.In(culture);
        return string.Join(' ', new[] { $"[{NameOfKind(named.Kind).In(culture)}]", named.FileName, file?.MediaType ?? named.MediaType, size, state }.Where(word => !string.IsNullOrEmpty(word)));
    }

    private static LocalizedText NameOf(Standing standing) => standing switch
    {
        Standing.Approved => new("approved", "已允许"),
        Standing.Pending => new("waiting", "等待准入"),
        Standing.Blocked => new("blocked", "已屏蔽"),
        _ => new("not decided", "未决定"),
    };

    private static LocalizedText NameOf(LinkProof proof)
        => proof == LinkProof.Code ? new("linked by a code", "通过代码关联") : new("linked by an operator", "由客服关联");

    // The word comes from the messenger's channel: one that is not known stands as it is.
    private static LocalizedText NameOfKind(string kind) => kind switch
    {
        "image" => new("image", "图片"),
        "audio" => new("audio", "音频"),
        "voice" => new("voice", "语音消息"),
        "video" => new("video", "视频"),
        "file" => new("file", "文件"),
        "location" => new("location", "位置"),
        _ => new(kind, kind),
    };

    private static string Encode(string text) => Encoder.Encode(text);

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
