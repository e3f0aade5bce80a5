using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Matrix;

/// <summary>How a call to the homeserver ended.</summary>
/// <param name="Body">What it says, refusals included.</param>
/// <param name="IsSignIn">Whether it is the sign-in that ended so, and the call itself was not made.</param>
internal sealed record MatrixReply(CallOutcome Outcome, LooseJson Body, bool IsSignIn = false)
{
    public bool IsOk => Outcome is CallOutcome.Answered { IsSuccess: true } && Body.IsObject;

    /// <summary>The status of the answer; 0 when there is none.</summary>
    public int Status => Outcome is CallOutcome.Answered answered ? (int)answered.Status : 0;

    /// <summary>What the server calls its refusal, such as <c>M_FORBIDDEN</c>; empty otherwise.</summary>
    public string Error => IsOk ? "" : Body["errcode"].Text ?? "";

    public static MatrixReply Of(CallOutcome outcome) => new(outcome, outcome is CallOutcome.Answered answered ? LooseJson.Parse(answered.Body) : default);
}

/// <summary>Calls to one homeserver as one account. HTTP only: what an answer means is said elsewhere. Safe for concurrent use.</summary>
/// <remarks>The token goes in a header, so that no address holds one. A token that is refused is renewed once, within the call, where that can be done.</remarks>
internal sealed class MatrixClient(MessengerHttp http, MatrixSettings settings, MatrixSignIn signIn)
{
    private volatile string _me = "";

    /// <summary>The account, once the server has said it; empty before.</summary>
    public string Me => _me;

    /// <summary>Asks whose token this is.</summary>
    public async Task<MatrixReply> WhoAmIAsync(CancellationToken cancellationToken)
    {
        var reply = await GetAsync("v3/account/whoami", cancellationToken);
        _me = MatrixIds.IsUser(reply.Body["user_id"].Text) ? reply.Body["user_id"].Text! : _me;
        return reply;
    }

    public Task<MatrixReply> GetAsync(string path, CancellationToken cancellationToken, TimeSpan longer = default)
        => CallAsync(HttpMethod.Get, $"_matrix/client/{path}", null, longer, cancellationToken);

    public Task<MatrixReply> PostAsync(string path, JsonObject body, CancellationToken cancellationToken)
        => CallAsync(HttpMethod.Post, $"_matrix/client/{path}", () => Task.FromResult(Json(body)), TimeSpan.Zero, cancellationToken);

    public Task<MatrixReply> PutAsync(string path, JsonObject body, CancellationToken cancellationToken)
        => CallAsync(HttpMethod.Put, $"_matrix/client/{path}", () => Task.FromResult(Json(body)), TimeSpan.Zero, cancellationToken);

    /// <summary>Uploads a file.</summary>
    /// <param name="openAsync">The file from its beginning, for every attempt.</param>
    public Task<MatrixReply> UploadAsync(string name, Func<Task<HttpContent>> openAsync, TimeSpan longer, CancellationToken cancellationToken)
        => CallAsync(HttpMethod.Post, $"_matrix/media/v3/upload?filename={Uri.EscapeDataString(name)}", openAsync, longer, cancellationToken);

    /// <summary>Opens a file.</summary>
    public async Task<Stream> DownloadAsync(string mediaPath, CancellationToken cancellationToken)
    {
        using var request = NewRequest(settings, HttpMethod.Get, $"_matrix/client/v1/media/download/{mediaPath}", null);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await signIn.GetTokenAsync(cancellationToken));
        return await http.DownloadAsync(MatrixChannel.Name, request, isConfigured: true, cancellationToken);
    }

    /// <summary>A part of a path, escaped.</summary>
    public static string Part(string id) => Uri.EscapeDataString(id);

    public static HttpContent Json(JsonObject body)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.ToJsonString()));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    public static HttpRequestMessage NewRequest(MatrixSettings settings, HttpMethod method, string path, HttpContent? body)
        => new(method, new Uri(settings.Homeserver, path)) { Content = body };

    private async Task<MatrixReply> CallAsync(
        HttpMethod method, string path, Func<Task<HttpContent>>? openAsync, TimeSpan longer, CancellationToken cancellationToken)
    {
        try
        {
            var token = await signIn.GetTokenAsync(cancellationToken);
            var reply = await CallAsync(method, path, openAsync, longer, token, cancellationToken);
            if (reply.Error != "M_UNKNOWN_TOKEN" || !signIn.CanRenew)
            {
                return reply;
            }

            signIn.Refused(token, reply.Body["soft_logout"].IsTrue);
            return await CallAsync(method, path, openAsync, longer, await signIn.GetTokenAsync(cancellationToken), cancellationToken);
        }
        catch (MatrixSignInException fault)
        {
            return fault.Reply;
        }
    }

    private async Task<MatrixReply> CallAsync(
        HttpMethod method, string path, Func<Task<HttpContent>>? openAsync, TimeSpan longer, string token, CancellationToken cancellationToken)
    {
        using var request = NewRequest(settings, method, path, openAsync is null ? null : await openAsync());
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return MatrixReply.Of(await http.CallAsync(MatrixChannel.Name, request, longer, cancellationToken));
    }
}
