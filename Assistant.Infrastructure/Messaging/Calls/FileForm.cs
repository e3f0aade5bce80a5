using System.Net.Http.Headers;
using System.Text;
using Assistant.Domain.Messaging;

namespace Assistant.Infrastructure.Messaging.Calls;

/// <summary>
/// A form with a file in it, as browsers post it: names stand in it as they are, in UTF-8. <see cref="MultipartFormDataContent"/> writes them as mails do,
/// and messengers then show people the encoding. Its boundary stands in quotation marks, which no browser writes and Tencent does not read.
/// </summary>
internal static class FileForm
{
    /// <param name="fields">Come before the file.</param>
    /// <param name="fileField">Name of the field with the file.</param>
    /// <param name="mediaType">What the file is said to be.</param>
    /// <param name="content">The file from its beginning; the form owns it.</param>
    public static MultipartContent Of(IEnumerable<(string Name, string Value)> fields, string fileField, OutboundFile file, string mediaType, Stream content)
    {
        var boundary = Guid.CreateVersion7().ToString("N");
        var form = new MultipartContent("form-data", boundary) { HeaderEncodingSelector = (_, _) => Encoding.UTF8 };
        form.Headers.ContentType!.Parameters.Single().Value = boundary;
        foreach (var (name, value) in fields)
        {
            form.Add(Part(new StringContent(value), $"form-data; name=\"{name}\""));
        }

        // A name of OutboundFile.NameOf has no quotation mark in it.
        var part = Part(new StreamContent(content), $"form-data; name=\"{fileField}\"; filename=\"{OutboundFile.NameOf(file.Name)}\"");
        part.Headers.ContentType = MediaTypeHeaderValue.TryParse(mediaType, out var type) ? type : new MediaTypeHeaderValue("application/octet-stream");
        part.Headers.ContentLength = file.SizeBytes;
        form.Add(part);
        return form;
    }

    private static HttpContent Part(HttpContent content, string disposition)
    {
        content.Headers.ContentType = null;
        content.Headers.TryAddWithoutValidation("Content-Disposition", disposition);
        return content;
    }
}
