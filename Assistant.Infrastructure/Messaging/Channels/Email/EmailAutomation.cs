using MimeKit;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

/// <summary>Tells mail of machines from mail of people (RFC 3834, section 2): answering a machine is how loops begin.</summary>
internal static class EmailAutomation
{
    private static readonly string[] BulkPrecedences = ["bulk", "list", "junk", "auto_reply"];
    private static readonly string[] Marks = ["X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply-From", "X-Mail-Autoreply", "X-Failed-Recipients"];
    private static readonly string[] Machines = ["mailer-daemon", "postmaster", "noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "do_not_reply", "bounce", "bounces"];

    /// <param name="address">Who it is from, in lower case.</param>
    public static bool IsAutomatic(MimeMessage mail, string address)
        => mail.Body is MultipartReport
            || IsReport(mail.Body?.ContentType)
            || Array.IndexOf(Machines, address[..address.LastIndexOf('@')]) >= 0
            || mail.Headers.Any(header => IsMark(header.Field, header.Value.Trim()));

    private static bool IsMark(string name, string value) => name.ToLowerInvariant() switch
    {
        "auto-submitted" => !value.Split(';')[0].Trim().Equals("no", StringComparison.OrdinalIgnoreCase),
        "return-path" => value == "<>",
        "precedence" => Array.Exists(BulkPrecedences, bulk => value.Equals(bulk, StringComparison.OrdinalIgnoreCase)),
        "x-auto-response-suppress" => value.Length > 0 && !value.Equals("none", StringComparison.OrdinalIgnoreCase),
        var list when list.StartsWith("list-", StringComparison.Ordinal) => true,
        var other => Array.Exists(Marks, mark => other.Equals(mark, StringComparison.OrdinalIgnoreCase)),
    };

    private static bool IsReport(ContentType? type) => type is not null && (type.IsMimeType("multipart", "report") || type.IsMimeType("message", "delivery-status"));
}
