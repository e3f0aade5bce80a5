using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>The REST API as another program uses it.</summary>
internal sealed class ApiClient : IDisposable
{
    private readonly HttpClient _http;

    /// <param name="key">An API key, or <see langword="null"/> to come without one.</param>
    public ApiClient(string address, string? key)
    {
        _http = new HttpClient { BaseAddress = new Uri(new Uri(address), "/api/v1/") };
        _http.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>Names a request for proof in every request from now on.</summary>
    public void Prove(string stepUp)
    {
        _http.DefaultRequestHeaders.Remove("Step-Up");
        _http.DefaultRequestHeaders.Add("Step-Up", stepUp);
    }

    public async Task<HttpStatusCode> StatusOfAsync(string path)
    {
        using var answer = await _http.GetAsync(path, Cancel);
        return answer.StatusCode;
    }

    /// <summary>Asks for anything and takes whatever comes.</summary>
    public async Task<(HttpStatusCode Status, string Text)> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await _http.SendAsync(request, Cancel);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel));
    }

    /// <summary>Sends anything, and takes whatever comes. The caller disposes the answer.</summary>
    public async Task<HttpResponseMessage> AskAsync(HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        return await _http.SendAsync(request, Cancel);
    }

    /// <summary>Asks for anything that is not text. The caller disposes the answer.</summary>
    public Task<HttpResponseMessage> OpenAsync(string path) => _http.GetAsync(path, Cancel);

    public async Task<JsonNode> GetAsync(string path) => (await _http.GetFromJsonAsync<JsonNode>(path, Cancel))!;

    /// <returns>The status and what was answered, if anything.</returns>
    public async Task<(HttpStatusCode Status, JsonNode? Body)> PostAsync(string path, object? body = null)
    {
        using var answer = await _http.PostAsJsonAsync(path, body ?? new { }, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        return (answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>Sends bytes as they are.</summary>
    public async Task<(HttpStatusCode Status, JsonNode? Body)> PostBytesAsync(string path, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/octet-stream");
        using var answer = await _http.PostAsync(new Uri(path, UriKind.Relative), content, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        return (answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>Creates or replaces something, and insists that it worked.</summary>
    public async Task PutAsync(string path, object body)
    {
        using var answer = await _http.PutAsJsonAsync(path, body, Cancel);
        Assert.True(answer.IsSuccessStatusCode, $"PUT {path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(Cancel)}");
    }

    /// <summary>Removes something, and insists that it worked.</summary>
    public async Task DeleteAsync(string path)
    {
        using var answer = await _http.DeleteAsync(path, Cancel);
        Assert.True(answer.IsSuccessStatusCode, $"DELETE {path}: {(int)answer.StatusCode}");
    }

    /// <summary>Waits until the list has an entry that fits.</summary>
    public Task<JsonNode> FindAsync(string path, string what, Func<JsonNode, bool> fits)
        => Eventually.FindAsync(what, async () => (await GetAsync(path))["items"]!.AsArray().FirstOrDefault(item => fits(item!)));

    public void Dispose() => _http.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
