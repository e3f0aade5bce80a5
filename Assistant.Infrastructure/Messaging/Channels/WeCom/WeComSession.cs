using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Weixin;

namespace Assistant.Infrastructure.Messaging.Channels.WeCom;

/// <summary>One app, connected: puts the parts of this folder together.</summary>
internal sealed class WeComSession : IChannelSession, IWebhookReceiver, IFileSender, IAttachmentReader
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMinutes(1);

    /// <summary>WeCom waits five seconds for the answer to a callback.</summary>
    private static readonly TimeSpan CardPatience = TimeSpan.FromSeconds(2);

    private static readonly WebhookReply Later = new(503, "The connection is not running.");

    private readonly ConnectionId _connection;
    private readonly WeComSettings _settings;
    private readonly WeixinEnvelope _envelope;
    private readonly WeComApi _api;
    private readonly WeComSender _sender;
    private readonly WeComUploads _uploads;
    private readonly TimeProvider _time;

    public WeComSession(Connection connection, MessengerHttp http, TimeProvider time)
    {
        (_connection, _time) = (connection.Id, time);
        _settings = WeComSettings.Read(connection.Settings);
        _envelope = new WeixinEnvelope(_settings.Token, new WeixinCrypt(_settings.EncodingAesKey, _settings.CorpId), time);
        _api = new WeComApi(http, _settings, time);
        _sender = new WeComSender(_api, _settings);
        _uploads = new WeComUploads(_api, _sender);
    }

    /// <inheritdoc />
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        host.Connecting(WeComChannel.Name);
        await StartAsync(host, cancellationToken);
        await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken);
    }

    /// <inheritdoc />
    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => _sender.SendAsync(message, cancellationToken);

    /// <inheritdoc />
    public Task<SendOutcome> SendFileAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
        => _uploads.SendAsync(message, file, cancellationToken);

    /// <inheritdoc />
    public async Task<WebhookReply> ReceiveAsync(WebhookRequest request, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (string.Equals(request.Method, "GET", StringComparison.OrdinalIgnoreCase))
        {
            return _envelope.OpenText(request, request.Query.GetValueOrDefault("echostr")) is { } echo
                ? new WebhookReply(200, Encoding.UTF8.GetString(echo))
                : WebhookReply.Refused;
        }

        if (_envelope.Open(request) is not { } xml || (xml["AgentID"].Length > 0 && xml["AgentID"] != _settings.AgentId))
        {
            return WebhookReply.Refused;
        }

        if (WeComMessages.Read(xml, _connection, _time.GetUtcNow()) is not { } message)
        {
            return WebhookReply.Ok;
        }

        try
        {
            await gateway.AcceptAsync(message, cancellationToken);
        }
        catch (ConnectionGoneException)
        {
            return Later;
        }

        if (message.Content is InboundContent.Pressed pressed && xml["ResponseCode"] is { Length: > 0 } code)
        {
            await CloseCardAsync(message.Sender.ExternalId, code, pressed.Label, cancellationToken);
        }

        return WebhookReply.Ok;
    }

    /// <inheritdoc />
    public Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken) => _api.OpenMediaAsync(attachment.Reference, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _api.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Signs in, and waits for the operator where WeCom wants something of them; callbacks are taken meanwhile.</summary>
    private async Task StartAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        if (!_settings.HasKeyForm)
        {
            throw new PhrasedException(Phrase.Of("wecom.key-form"));
        }

        var callback = host.CallbackOf(_connection);
        if (await _api.SignInAsync(cancellationToken) is { } refusal)
        {
            throw new PhrasedException(WeComFaults.All.ReasonOf(refusal)!);
        }

        WeixinAnswer app;
        while (WeComFaults.All.ReasonOf(app = await _api.ReadAppAsync(cancellationToken)) is { } reason)
        {
            // The console takes trusted addresses only after it has seen the callback work: to end here would make that impossible.
            host.Report(ConnectionState.Degraded, reason);
            await Task.Delay(CheckInterval, _time, cancellationToken);
        }

        host.Receiving(app.Text("name"), callback);
    }

    /// <summary>Best effort: the press is committed, and a second one of the same card is told from the first by the Domain.</summary>
    private async Task CloseCardAsync(string user, string responseCode, string label, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(CardPatience);
        try
        {
            await _api.CloseCardAsync(user, responseCode, label, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The card goes on offering its buttons.
        }
    }
}
