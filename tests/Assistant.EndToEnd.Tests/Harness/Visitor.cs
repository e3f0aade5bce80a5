using System.Net;
using System.Text.RegularExpressions;
using Xunit;

namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>A browser without script: keeps cookies, those for HTTPS alone too, and follows no redirect.</summary>
/// <param name="headers">Sent with every request, as a proxy on the way would.</param>
internal sealed partial class Visitor(string address, params (string Name, string Value)[] headers) : IDisposable
{
    private readonly HttpClient _http = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(address) };
    private readonly Dictionary<string, string> _cookies = [];

    /// <summary>Every cookie that was set, as the header had it.</summary>
    public List<string> SetCookies { get; } = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async Task<HttpStatusCode> StatusOfAsync(string path) => (await SendAsync(new HttpRequestMessage(HttpMethod.Get, path))).Status;

    /// <summary>What the server draws of a page, before any script.</summary>
    public async Task<string> ReadAsync(string path) => (await SendAsync(new HttpRequestMessage(HttpMethod.Get, path))).Body;

    /// <returns>Where the form leads.</returns>
    public async Task<string> SignInAsync(string email, string password)
    {
        var page = (await SendAsync(new HttpRequestMessage(HttpMethod.Get, "/account/sign-in"))).Body;
        var form = new Dictionary<string, string>
        {
            ["email"] = email, ["password"] = password, ["__RequestVerificationToken"] = Token().Match(page).Groups[1].Value,
        };
        return (await SendAsync(new HttpRequestMessage(HttpMethod.Post, "/account/sign-in") { Content = new FormUrlEncodedContent(form) })).Location;
    }

    public void Dispose() => _http.Dispose();

    private async Task<(HttpStatusCode Status, string Location, string Body)> SendAsync(HttpRequestMessage request)
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

            return (answer.StatusCode, answer.Headers.Location?.OriginalString ?? "", await answer.Content.ReadAsStringAsync(Cancel));
        }
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
