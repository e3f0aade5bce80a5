using Assistant.Domain.Messaging;
using Assistant.Testing.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure.Tests.Messaging.Channels.Telegram;

/// <summary>The same promises when Telegram calls us: the emulator posts to a real port, as it would to the webhook endpoint.</summary>
public sealed class TelegramWebhookContractTests : ChannelContract, IAsyncDisposable
{
    private readonly WebApplication _house;
    private TelegramRig? _rig;

    public TelegramWebhookContractTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _house = builder.Build();
        _house.MapPost("/webhooks/tg", ReceiveAsync);
    }

    public async ValueTask DisposeAsync() => await _house.DisposeAsync();

    protected override async Task<ChannelRig> NewRigAsync()
    {
        await _house.StartAsync(Cancel);
        _rig = await TelegramRig.NewAsync(usesWebhook: true);
        _rig.Host.PublicBaseUrl = new Uri(_house.Urls.First());
        return _rig;
    }

    private async Task<IResult> ReceiveAsync(HttpRequest request)
    {
        var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        var callback = new WebhookRequest(
            request.Method,
            request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString()),
            request.Query.ToDictionary(q => q.Key, q => q.Value.ToString()),
            body.ToArray());
        var reply = await ((IWebhookReceiver)_rig!.Session).ReceiveAsync(callback, _rig.Gateway, request.HttpContext.RequestAborted);
        return Results.Text(reply.Body ?? "", reply.ContentType, statusCode: reply.Status);
    }
}
