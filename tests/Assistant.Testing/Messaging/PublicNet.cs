using System.Net;
using System.Net.Http.Headers;

namespace Assistant.Testing.Messaging;

/// <summary>What was found at an address.</summary>
public sealed record FoundFile(string MediaType, byte[] Content);

/// <summary>
/// The internet as a messenger sees it: https addresses of one host, behind which a program listens at a port of this machine, as behind a reverse proxy. Whatever
/// else is asked for is not there. Safe for concurrent use.
/// </summary>
/// <param name="publicBase">What the program is called from outside.</param>
/// <param name="program">Where it listens.</param>
public sealed class PublicNet(Uri publicBase, Uri program) : IDisposable
{
    private const int PartBytes = 50_000;

    private readonly HttpClient _http = new(new Proxy(publicBase, program)) { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>Asks for the head first and then for the file, as most messengers do.</summary>
    /// <returns><see langword="null"/> when it is not to be had over https, or the head says something else than the file.</returns>
    public async Task<FoundFile?> FetchAsync(string? address)
    {
        using var head = await AskAsync(HttpMethod.Head, address, null);
        using var whole = await AskAsync(HttpMethod.Get, address, null);
        if (head?.StatusCode is not HttpStatusCode.OK || whole?.StatusCode is not HttpStatusCode.OK)
        {
            return null;
        }

        var content = await whole.Content.ReadAsByteArrayAsync();
        var (type, said) = (whole.Content.Headers.ContentType?.MediaType ?? "", head.Content.Headers);
        return said.ContentType?.MediaType == type && (said.ContentLength ?? content.Length) == content.Length ? new FoundFile(type, content) : null;
    }

    /// <summary>Asks for one part after the other, as players do.</summary>
    public async Task<FoundFile?> FetchInPartsAsync(string? address)
    {
        using var content = new MemoryStream();
        while (true)
        {
            using var part = await AskAsync(HttpMethod.Get, address, new RangeHeaderValue(content.Length, content.Length + PartBytes - 1));
            if (part?.StatusCode is not HttpStatusCode.PartialContent || part.Content.Headers.ContentRange is not { Length: { } length, From: { } from } || from != content.Length)
            {
                return null;
            }

            await part.Content.CopyToAsync(content);
            if (content.Length >= length)
            {
                return new FoundFile(part.Content.Headers.ContentType?.MediaType ?? "", content.ToArray());
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage?> AskAsync(HttpMethod method, string? address, RangeHeaderValue? range)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme != "https")
        {
            return null;
        }

        using var request = new HttpRequestMessage(method, uri);
        request.Headers.Range = range;
        try
        {
            return await _http.SendAsync(request);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private sealed class Proxy(Uri publicBase, Uri program) : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.GetLeftPart(UriPartial.Authority) != publicBase.GetLeftPart(UriPartial.Authority))
            {
                throw new HttpRequestException("There is no such host.");
            }

            request.Headers.Host = publicBase.Authority;
            request.RequestUri = new Uri(program, request.RequestUri.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
