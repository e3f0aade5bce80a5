using Assistant.Domain.Messaging;
using Assistant.Testing.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Assistant.Testing.Messaging;

/// <summary>The webhook endpoint on a real port, for one session: an emulated messenger posts to it as the real one would.</summary>
public sealed class CallbackHouse : IAsyncDisposable
{
    private readonly WebApplication _app;
    private ChannelRig? _rig;

    public CallbackHouse()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapMethods("/webhooks/{connection}", [HttpMethods.Get, HttpMethods.Post], ReceiveAsync);
    }

    /// <summary>Where callbacks of the connection arrive, once a rig is adopted.</summary>
    public Uri AddressOf(ConnectionId connection) => new(new Uri(_app.Urls.First()), $"webhooks/{connection}");

    /// <summary>Begins to listen for the session of a rig.</summary>
    public async Task<ChannelRig> AdoptAsync(ChannelRig rig)
    {
        await _app.StartAsync();
        _rig = rig;
        rig.Host.PublicBaseUrl = new Uri(_app.Urls.First());
        return rig;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> ReceiveAsync(HttpRequest request, string connection)
    {
        var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        if (_rig is not { IsRunning: true, Session: IWebhookReceiver receiver } || connection != _rig.Connection.Id.Value)
        {
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }

        var callback = new WebhookRequest(
            request.Method,
            request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString()),
            request.Query.ToDictionary(q => q.Key, q => q.Value.ToString()),
            body.ToArray());
        var reply = await receiver.ReceiveAsync(callback, _rig.Gateway, request.HttpContext.RequestAborted);
        return Results.Text(reply.Body ?? "", reply.ContentType, statusCode: reply.Status);
    }
}
