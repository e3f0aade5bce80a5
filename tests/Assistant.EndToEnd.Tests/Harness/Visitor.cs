using System.Net;
using System.Text.RegularExpressions;
using Xunit;

namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>A browser without script: keeps cookies, those for HTTPS alone too, and follows no redirect.</summary>
/// <param name="headers">Sent with every request, as a proxy on the way would.</param>
internal sealed partial class Visitor(string address, params (string Name, string Value)[] headers) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, Expect100ContinueTimeout = TimeSpan.FromMinutes(1),
    })
    { BaseAddress = new Uri(address) };
    private readonly Dictionary<string, string> _cookies = [];

    /// <summary>Every cookie that was set, as the header had it.</summary>
    public List<string> SetCookies { get; } = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async Task<HttpStatusCode> StatusOfAsync(string path) => (await OpenAsync(path)).Status;

    /// <summary>Asks for a page as a browser does.</summary>
    public Task<Answer> OpenAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "text/html, */*" } } });

    /// <summary>Whatever else a browser sends.</summary>
    public Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] own)
    {
        var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in own)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return SendAsync(request);
    }

    /// <summary>What the server draws of a page, before any script.</summary>
    public async Task<string> ReadAsync(string path) => (await SendAsync(new HttpRequestMessage(HttpMethod.Get, path))).Body;

    /// <returns>Where the form leads.</returns>
    public async Task<string> SignInAsync(string email, string password, string code = "")
    {
        var page = (await OpenAsync("/account/sign-in")).Body;
        var form = new Dictionary<string, string>
        {
            ["email"] = email, ["password"] = password, ["code"] = code, ["__RequestVerificationToken"] = Token().Match(page).Groups[1].Value,
        };
        return (await SendAsync(HttpMethod.Post, "/account/sign-in", new FormUrlEncodedContent(form))).Location;
    }

    public void Dispose() => _http.Dispose();

    private async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            foreach (var (name, value) in headers)
            {
                request.Headers.Add(name, value);
            }

            if (_cookies.Count > 0)
            {
                request.Headers.Add("Cookie", string.Join("; ", _cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
            }

            using var answer = await _http.SendAsync(request, Cancel);
            foreach (var set in answer.Headers.TryGetValues("Set-Cookie", out var all) ? all : [])
            {
                SetCookies.Add(set);
                var pair = set.Split(';')[0].Split('=', 2);
                _cookies[pair[0]] = pair[1];
            }

            var received = answer.Headers.Concat(answer.Content.Headers)
                .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
            return new Answer(answer.StatusCode, received, await answer.Content.ReadAsStringAsync(Cancel));
        }
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex Token();
}

/// <summary>What came back.</summary>
/// <param name="Headers">Those of the content too; names in any case.</param>
internal sealed record Answer(HttpStatusCode Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string Location => Headers.GetValueOrDefault("Location", "");

    public bool IsPage => Headers.GetValueOrDefault("Content-Type", "").StartsWith("text/html", StringComparison.OrdinalIgnoreCase);
}
