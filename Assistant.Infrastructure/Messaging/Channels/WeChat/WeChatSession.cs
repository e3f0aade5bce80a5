using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.WeChat;

/// <summary>One account, connected: puts the parts of this folder together.</summary>
internal sealed class WeChatSession : IChannelSession, IWebhookReceiver, ITypingIndicator, IFileSender, IAttachmentReader
{
    // A reply in the answer would have to be ready within five seconds; anything but this word shows the person a fault of the account.
    private static readonly WebhookReply Taken = new(200, "success");
    private static readonly WebhookReply Later = new(503, "The connection is not running.");

    private readonly ConnectionId _connection;
    private readonly WeChatSettings _settings;
    private readonly WeChatCallbacks _callbacks;
    private readonly DeliveryReports _callbackReports = new();
    private readonly WeChatApi _api;
    private readonly WeChatUploads _uploads;
    private readonly TimeProvider _time;

    public WeChatSession(Connection connection, MessengerHttp http, TimeProvider time)
    {
        (_connection, _time) = (connection.Id, time);
        _settings = WeChatSettings.Read(connection.Settings);
        _callbacks = new WeChatCallbacks(_settings, time);
        _api = new WeChatApi(http, _settings, time);
        _uploads = new WeChatUploads(_api);
    }

    /// <inheritdoc />
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        host.Connecting(WeChatChannel.Name);
        await StartAsync(host, cancellationToken);
        await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken);
    }

    /// <inheritdoc />
    public async Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
    {
        var answer = await _api.SendTextAsync(message.Chat.ExternalId, WeChatChannel.Plain(message.Body.Markdown), cancellationToken);

        // WeChat gives a sent message no id.
        return WeChatFaults.All.OutcomeOf(answer) ?? new SendOutcome.Delivered(message.Id.ToString("N"));
    }

    /// <inheritdoc />
    public Task<SendOutcome> SendFileAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
        => _uploads.SendAsync(message, file, cancellationToken);

    /// <inheritdoc />
    public async Task<WebhookReply> ReceiveAsync(WebhookRequest request, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (string.Equals(request.Method, "GET", StringComparison.OrdinalIgnoreCase))
        {
            return _callbacks.EchoOf(request) is { } echo ? new WebhookReply(200, echo) : WebhookReply.Refused;
        }

        if (_callbacks.Open(request) is not { } xml)
        {
            return WebhookReply.Refused;
        }

        if (_callbacks.IsClosed(xml))
        {
            _callbackReports.Failed(Phrase.Of("wechat.mode-differs"));
            return Taken;
        }

        _callbackReports.Arrived();
        try
        {
            if (WeChatMessages.Read(xml, _connection, _time.GetUtcNow()) is { } message)
            {
                await gateway.AcceptAsync(message, cancellationToken);
            }

            return Taken;
        }
        catch (ConnectionGoneException)
        {
            return Later;
        }
    }

    /// <inheritdoc />
    public Task ShowTypingAsync(ExternalChat chat, CancellationToken cancellationToken) => _api.ShowTypingAsync(chat.ExternalId, cancellationToken);

    /// <inheritdoc />
    public Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken) => _api.OpenMediaAsync(attachment.Reference, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _api.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task StartAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        if (!_settings.HasKeyForm)
        {
            throw new PhrasedException(Phrase.Of("wechat.key-form"));
        }

        var callback = host.CallbackOf(_connection);
        if (await _api.SignInAsync(cancellationToken) is { } refusal)
        {
            throw new PhrasedException(WeChatFaults.All.ReasonOf(refusal)!);
        }

        _callbackReports.ReportTo(host, () => host.Receiving(_settings.AppId, callback));
        host.Receiving(_settings.AppId, callback);
    }
}
