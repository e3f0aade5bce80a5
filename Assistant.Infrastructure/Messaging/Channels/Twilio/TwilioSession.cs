using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Twilio;

/// <summary>One number or messaging service, connected: puts the parts of this folder together.</summary>
internal sealed class TwilioSession : IChannelSession, IWebhookReceiver, IAttachmentReader, IFileSender
{
    public const string SignatureHeader = "x-twilio-signature";

    private static readonly TimeSpan CatchUpInterval = TimeSpan.FromMinutes(5);
    private static readonly WebhookReply Taken = new(200, "<Response/>", "text/xml; charset=utf-8"); // no answer by the callback itself
    private static readonly WebhookReply WrongMethod = new(405, "Twilio posts.");
    private static readonly WebhookReply Later = new(503, "The connection is not running.");

    private readonly ConnectionId _connection;
    private readonly TwilioSettings _settings;
    private readonly TwilioApi _api;
    private readonly TwilioReader _reader;
    private readonly TwilioSender _sender;
    private readonly TwilioCatchUp _catchUp;
    private readonly DeliveryReports _deliveries = new();
    private readonly TimeProvider _time;

    // Twilio signs the address it calls, which a request behind a proxy does not tell. It is known once the session runs.
    private volatile string? _callback;

    public TwilioSession(Connection connection, MessengerHttp http, TimeProvider time)
    {
        (_connection, _time) = (connection.Id, time);
        _settings = TwilioSettings.Read(connection.Settings);
        _callback = _settings.WebhookUrl;
        _api = new TwilioApi(_settings, http);
        _reader = new TwilioReader(connection.Id, _settings.AccountSid);
        _sender = new TwilioSender(_api);
        _catchUp = new TwilioCatchUp(_api, _reader, time);
    }

    /// <inheritdoc />
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        host.Connecting(TwilioChannel.Name);
        var address = _settings.WebhookUrl is { } own ? new Uri(own) : host.CallbackOf(_connection);
        _callback = _settings.WebhookUrl ?? address.AbsoluteUri;
        var answer = await _api.ReadAccountAsync(cancellationToken);
        if (TwilioFaults.ReasonOf(answer) is { } reason)
        {
            throw new PhrasedException(reason);
        }

        await _catchUp.RunAsync(host, cancellationToken);
        host.Receiving(_settings.From, address);
        _deliveries.ReportTo(host, () => host.Receiving(_settings.From, address));
        while (true)
        {
            await Task.Delay(CatchUpInterval, _time, cancellationToken);
            await _catchUp.RunAsync(host, cancellationToken);
        }
    }

    /// <inheritdoc />
    public async Task<WebhookReply> ReceiveAsync(WebhookRequest request, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (!IsSigned(request))
        {
            return WebhookReply.Refused;
        }

        if (!string.Equals(request.Method, "POST", StringComparison.OrdinalIgnoreCase))
        {
            return WrongMethod;
        }

        var fields = FormBody.Read(request.Body.Span);
        if (TwilioReader.ReadStatus(fields) is { } status)
        {
            Note(status);
            return Taken;
        }

        try
        {
            if (_reader.Read(fields, _time.GetUtcNow()) is { } message)
            {
                await gateway.AcceptAsync(message, cancellationToken);
            }
            else if (TwilioReader.IsTakenByTwilio(fields) && fields.GetValueOrDefault("MessageSid") is { Length: > 0 } sid)
            {
                _catchUp.LeaveAlone(sid);
            }

            return Taken;
        }
        catch (ConnectionGoneException)
        {
            return Later;
        }
    }

    /// <inheritdoc />
    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => _sender.SendAsync(message, _callback, cancellationToken);

    /// <inheritdoc />
    public Task<SendOutcome> SendFileAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
        => _sender.SendFileAsync(message, file, _callback, cancellationToken);

    /// <inheritdoc />
    public Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken) => _api.OpenAsync(attachment.Reference, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private bool IsSigned(WebhookRequest request)
    {
        var signature = request.Headers.GetValueOrDefault(SignatureHeader);
        return _callback is { } callback && (TwilioSignature.BodyHashIn(request.Query) is { } hash
            ? TwilioSignature.IsSigned(_settings.AuthToken, callback, hash, request.Body.Span, signature)
            : TwilioSignature.IsSigned(_settings.AuthToken, callback, FormBody.ReadAll(request.Body.Span), signature));
    }

    /// <summary>Reports come in any order and more than once.</summary>
    private void Note(TwilioStatus status)
    {
        switch (status.Status)
        {
            case "failed" or "undelivered":
                _deliveries.Failed(new Phrase.Several([Phrase.Of("twilio.not-delivered"), TwilioFaults.ReasonOf(status.ErrorCode)]));
                break;
            case "delivered" or "read":
                _deliveries.Arrived();
                break;
            default:
                break;
        }
    }
}
