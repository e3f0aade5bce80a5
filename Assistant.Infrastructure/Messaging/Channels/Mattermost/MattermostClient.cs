using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Mattermost;

/// <summary>How a call to the server ended.</summary>
/// <param name="Body">What it says, refusals included.</param>
internal sealed record MattermostReply(CallOutcome Outcome, LooseJson Body)
{
    public bool IsOk => Outcome is CallOutcome.Answered { IsSuccess: true } && (Body.IsObject || Body.IsArray);

    /// <summary>Whether there was an answer, and more of it than is read.</summary>
    public bool IsTooLarge => Outcome is CallOutcome.Lost { IsTooLarge: true };

    /// <summary>Bytes of the answer.</summary>
    public int Size => Outcome is CallOutcome.Answered answered ? answered.Body.Length : 0;

    /// <summary>The status of the answer; 0 when there is none.</summary>
    public int Status => Outcome is CallOutcome.Answered answered ? (int)answered.Status : 0;

    /// <summary>What the server calls its refusal, such as <c>api.context.permissions.app_error</c>; empty otherwise.</summary>
    public string Error => IsOk ? "" : Body["id"].Text ?? "";
}

/// <summary>Calls to one server as one bot. HTTP only: what an answer means is said elsewhere. Safe for concurrent use.</summary>
/// <remarks>The token goes in a header, so that no address holds one.</remarks>
internal sealed class MattermostClient(MessengerHttp http, MattermostSettings settings)
{
    public Task<MattermostReply> GetAsync(string path, CancellationToken cancellationToken) => CallAsync(HttpMethod.Get, path, null, TimeSpan.Zero, cancellationToken);

    public Task<MattermostReply> PostAsync(string path, JsonObject body, CancellationToken cancellationToken)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.ToJsonString()));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return CallAsync(HttpMethod.Post, path, content, TimeSpan.Zero, cancellationToken);
    }

    public Task<MattermostReply> UploadAsync(string path, HttpContent content, TimeSpan longer, CancellationToken cancellationToken)
        => CallAsync(HttpMethod.Post, path, content, longer, cancellationToken);

    public async Task<Stream> DownloadAsync(string path, CancellationToken cancellationToken)
    {
        using var request = NewRequest(HttpMethod.Get, path, null);
        return await http.DownloadAsync(MattermostChannel.Name, request, isConfigured: true, cancellationToken);
    }

    private async Task<MattermostReply> CallAsync(HttpMethod method, string path, HttpContent? body, TimeSpan longer, CancellationToken cancellationToken)
    {
        using var request = NewRequest(method, path, body);
        var outcome = await http.CallAsync(MattermostChannel.Name, request, longer, cancellationToken);
        return new MattermostReply(outcome, outcome is CallOutcome.Answered answered ? LooseJson.Parse(answered.Body) : default);
    }

    private HttpRequestMessage NewRequest(HttpMethod method, string path, HttpContent? body)
    {
        var request = new HttpRequestMessage(method, new Uri(settings.Server, $"api/v4/{path}")) { Content = body };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", settings.Token);
        return request;
    }
}
