using System.Text;
using Assistant.Domain.Attachments;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;

namespace Assistant.Web.Endpoints;

/// <summary>A file that somebody sent, as an answer no browser opens by itself.</summary>
/// <remarks>
/// Always a download, of a type of ours and never a guessed one, in a sandbox should anything show it all the same, and kept nowhere.
/// </remarks>
internal static class AttachmentAnswer
{
    private const string Policy = "sandbox; default-src 'none'";
    private const int LongestName = 120;

    public static IResult Of(AttachmentDownload download, HttpContext context)
    {
        var type = WriteHead(context.Response.Headers, download.File, download.Named);
        context.Response.ContentLength = download.File.SizeBytes;
        return Results.Stream(stream => download.WriteAsync(stream, context.RequestAborted), type);
    }

    /// <summary>Writes what every answer with a file says of it.</summary>
    /// <returns>The type it goes by.</returns>
    public static string WriteHead(IHeaderDictionary headers, AttachmentFile file, Attachment named)
    {
        headers.ContentDisposition = Disposition(NameOf(file, named));
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = Policy;
        headers.CacheControl = "no-store";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        return FileType.Named(file.MediaType).MediaType;
    }

    /// <summary>The name twice: in ASCII for old programs, and as it is (RFC 6266).</summary>
    internal static string Disposition(string name)
    {
        var plain = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            plain.Append(rune.Value is >= 0x20 and < 0x7F and not ('"' or '\\' or '%') ? (char)rune.Value : '_');
        }

        return $"attachment; filename=\"{plain}\"; filename*=UTF-8''{Uri.EscapeDataString(name)}";
    }

    /// <summary>A name that is one name on every system: no folder, no control character, nothing that turns the writing direction around.</summary>
    internal static string Safe(string name)
    {
        var safe = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            var isFine = Legible.Is(rune) && rune.Value is not ('/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|');
            safe.Append(isFine ? rune.ToString() : "_");
        }

        // The end says what it is, so it is the beginning that is cut.
        var whole = safe.ToString().Trim('.', ' ');
        var cut = whole.Length <= LongestName ? whole : whole[^LongestName..];
        return cut.Length > 0 && char.IsLowSurrogate(cut[0]) ? cut[1..] : cut;
    }

    private static string NameOf(AttachmentFile file, Attachment named) => named.FileName is { } name && Safe(name) is { Length: > 0 } safe
        ? safe
        : $"file-{file.Id.Seq}-{file.Id.Number}{FileType.Named(file.MediaType).Extensions.FirstOrDefault() ?? ".bin"}";
}
