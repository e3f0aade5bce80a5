using System.Globalization;
using System.Net.Http.Headers;
using System.Xml.Linq;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

/// <summary>Files lie on the server's own file service; a message names their address (XEP-0363 and XEP-0066).</summary>
internal sealed class XmppFiles(XmppSettings settings, XmppLink link, XmppSender sender, MessengerHttp http)
{
    public const long Largest = 20_000_000;

    // What else a server wants to be sent along is not its business (XEP-0363, 5).
    private static readonly HashSet<string> Headers = new(StringComparer.OrdinalIgnoreCase) { "Authorization", "Cookie", "Expires" };

    private string? _service;

    public Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken)
        => Uri.TryCreate(attachment.Reference, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? http.DownloadAsync(XmppChannel.Name, new HttpRequestMessage(HttpMethod.Get, address), IsNamed(address), cancellationToken)
            : throw new AttachmentUnavailableException(Phrase.Of("channel.file-gone", ("name", XmppChannel.Name)), AttachmentFault.Final);

    public async Task<SendOutcome> SendAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
    {
        XElement slot;
        try
        {
            if (await FindServiceAsync(cancellationToken) is not { } service)
            {
                return new SendOutcome.Rejected(Phrase.Of("xmpp.no-files", ("name", settings.Self.Domain)));
            }

            slot = await link.AskAsync("get", service, new XElement(XmppNames.Upload + "request",
                new XAttribute("filename", file.Name), new XAttribute("size", file.SizeBytes.ToString(CultureInfo.InvariantCulture)),
                new XAttribute("content-type", file.MediaType)), cancellationToken);
        }
        catch (IOException)
        {
            return new SendOutcome.RetryAfter(null, Phrase.Of("channel.unreachable", ("name", XmppChannel.Name)), PauseScope.Connection);
        }

        if (slot.Get("type") == "error")
        {
            var says = Phrase.Of("channel.refuses", ("name", XmppChannel.Name), ("says", XmppStanzas.ConditionOf(slot)));
            return XmppStanzas.IsPassing(slot) ? new SendOutcome.RetryAfter(null, says) : new SendOutcome.Rejected(says);
        }

        return await UploadAsync(slot.Element(XmppNames.Upload + "slot"), file, cancellationToken) switch
        {
            (null, var failure) => failure!,
            var (address, _) => await sender.SendAsync(
                message,
                [
                    new XElement(XmppNames.Client + "body", address),
                    new XElement(XmppNames.OutOfBand + "x", new XElement(XmppNames.OutOfBand + "url", address)),
                ],
                cancellationToken),
        };
    }

    private async Task<(string? Address, SendOutcome? Failure)> UploadAsync(XElement? slot, OutboundFile file, CancellationToken cancellationToken)
    {
        var put = slot?.Element(XmppNames.Upload + "put");
        if (AddressOf(put) is not { } where || AddressOf(slot?.Element(XmppNames.Upload + "get")) is not { } address)
        {
            return (null, new SendOutcome.Rejected(Phrase.Of("channel.unreadable", ("name", XmppChannel.Name))));
        }

        await using var content = await file.OpenAsync(cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Put, where) { Content = new StreamContent(content) };
        request.Content.Headers.ContentLength = file.SizeBytes;
        request.Content.Headers.ContentType = MediaTypeHeaderValue.TryParse(file.MediaType, out var type) ? type : null;
        foreach (var header in put!.Elements(XmppNames.Upload + "header").Where(header => Headers.Contains(header.Get("name") ?? "")))
        {
            request.Headers.TryAddWithoutValidation(header.Get("name")!, header.Value.Replace("\n", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal));
        }

        var outcome = await (IsNamed(where)
            ? http.UploadAsync(XmppChannel.Name, request, cancellationToken)
            : http.UploadUntrustedAsync(XmppChannel.Name, request, cancellationToken));

        // A file nobody has the address of was not shown: whatever became of it, it can be sent again.
        return outcome is CallOutcome.Answered { IsSuccess: true } ? (address.AbsoluteUri, null) : (null, CallFaults.OutcomeOf(XmppChannel.Name, outcome) switch
        {
            SendOutcome.Uncertain lost => new SendOutcome.RetryAfter(null, lost.Reason),
            { } failure => failure,
            null => new SendOutcome.Rejected(CallFaults.ReasonOf(XmppChannel.Name, outcome)!),
        });
    }

    private async Task<string?> FindServiceAsync(CancellationToken cancellationToken)
    {
        if (_service is not null)
        {
            return _service;
        }

        var items = await link.AskAsync("get", settings.Self.Domain, new XElement(XmppNames.DiscoItems + "query"), cancellationToken);
        foreach (var item in items.Descendants(XmppNames.DiscoItems + "item").Select(item => item.Get("jid")).OfType<string>().Prepend(settings.Self.Domain))
        {
            var answer = await link.AskAsync("get", item, new XElement(XmppNames.DiscoInfo + "query"), cancellationToken);
            if (answer.Descendants(XmppNames.DiscoInfo + "feature").Any(feature => feature.Get("var") == XmppNames.Upload.NamespaceName))
            {
                return _service = item;
            }
        }

        return null;
    }

    /// <summary>An address files may go to: encrypted, or the service the operator named.</summary>
    private Uri? AddressOf(XElement? holder)
        => Uri.TryCreate(holder?.Get("url"), UriKind.Absolute, out var address) && (address.Scheme == "https" || (address.Scheme == "http" && IsNamed(address))) ? address : null;

    /// <summary>Whether the operator named the host: only then may it lie in a private network.</summary>
    private bool IsNamed(Uri address) => settings.Files is { } files && files.Scheme == address.Scheme && files.Host == address.Host && files.Port == address.Port;
}
