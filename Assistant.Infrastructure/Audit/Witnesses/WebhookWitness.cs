using System.Net.Http.Headers;
using System.Text;
using Assistant.Domain.Audit.Checkpoints;

namespace Assistant.Infrastructure.Audit.Witnesses;

/// <summary>Posts checkpoints to an address, which answers 2xx when it has kept one.</summary>
internal sealed class WebhookWitness(WebhookWitnessOptions options, HttpMessageHandler handler) : IWitness, IDisposable
{
    private readonly HttpClient _http = new(handler);

    public string Name => "webhook";

    public TimeSpan Every => TimeSpan.Zero;

    public async Task DeliverAsync(SignedCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Url) { Content = new StringContent(checkpoint.Note, Encoding.UTF8, "text/plain") };
        if (!string.IsNullOrEmpty(options.Token))
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.Token);
        }

        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new WitnessException($"{options.Url!.Host} answered {(int)response.StatusCode}.");
            }
        }
        catch (HttpRequestException error)
        {
            throw new WitnessException($"{options.Url!.Host} cannot be reached: {error.InnerException?.Message ?? error.Message}", error);
        }
    }

    public void Dispose() => _http.Dispose();
}
