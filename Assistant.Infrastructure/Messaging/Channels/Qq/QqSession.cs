using System.Text.Json;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Qq;

/// <summary>One bot, connected: puts the parts of this folder together.</summary>
internal sealed class QqSession : IChannelSession, IWebhookReceiver, IAttachmentReader, IFileSender
{
    private const string AppIdHeader = "x-bot-appid";
    private const int LargestQuestion = 2_000;

    private static readonly WebhookReply WrongMethod = new(405, "QQ posts.");
    private static readonly WebhookReply Unreadable = new(400, "This is not an event.");
    private static readonly WebhookReply Later = new(503, "The connection is not running.");
    private static readonly WebhookReply Taken = new(200, """{"op":12}""", "application/json");

    private readonly ConnectionId _connection;
    private readonly QqSettings _settings;
    private readonly QqKey _key;
    private readonly QqApi _api;
    private readonly QqSender _sender;
    private readonly QqFiles _files;
    private readonly TimeProvider _time;

    public QqSession(Connection connection, MessengerHttp http, TimeProvider time)
    {
        (_connection, _time) = (connection.Id, time);
        _settings = QqSettings.Read(connection.Settings);
        _key = new QqKey(_settings.Secret);
        _api = new QqApi(http, _settings, time);
        _sender = new QqSender(_api, time);
        _files = new QqFiles(http, _settings);
    }

    /// <inheritdoc />
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        host.Connecting(QqChannel.Name);
        var callback = host.CallbackOf(_connection);
        var self = await _api.ReadSelfAsync(cancellationToken);
        if (!self.IsSuccess)
        {
            throw new PhrasedException(QqFaults.Explain(self));
        }

        host.Receiving(self.Read?.Username ?? _settings.AppId, callback);
        await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken);
    }

    /// <inheritdoc />
    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => _sender.SendAsync(message, cancellationToken);

    /// <inheritdoc />
    public Task<SendOutcome> SendFileAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
        => _sender.SendFileAsync(message, file, cancellationToken);

    /// <inheritdoc />
    public async Task<WebhookReply> ReceiveAsync(WebhookRequest request, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (!_key.IsProven(request, _time.GetUtcNow()))
        {
            return AnswerQuestion(request) ?? WebhookReply.Refused;
        }

        if (!string.Equals(request.Method, "POST", StringComparison.OrdinalIgnoreCase))
        {
            return WrongMethod;
        }

        if (QqEvents.Read(request.Body.Span, QqJson.Default.QqPayload) is not { } payload)
        {
            return Unreadable;
        }

        if (payload.Op == QqEvents.Validation)
        {
            return AnswerQuestion(payload) ?? Unreadable;
        }

        if (QqEvents.Read(payload, _connection, _time.GetUtcNow()) is not { } message)
        {
            return Taken;
        }

        try
        {
            _sender.Note(message);
            await gateway.AcceptAsync(message with { IsAddressed = _settings.Groups.IsAddressed(message.Chat.IsGroup, message.IsAddressed) }, cancellationToken);
            return Taken;
        }
        catch (ConnectionGoneException)
        {
            return Later;
        }
    }

    /// <inheritdoc />
    public Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken) => _files.OpenAsync(attachment, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _api.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>QQ tries an address before it is used, with a question that has no proof; what is answered to it is of no use for anything else.</summary>
    private WebhookReply? AnswerQuestion(WebhookRequest request)
        => string.Equals(request.Method, "POST", StringComparison.OrdinalIgnoreCase) && request.Body.Length <= LargestQuestion
            && !request.Headers.ContainsKey(Ed25519Proof.SignatureHeader)
            && CallbackProof.IsText(request.Headers.GetValueOrDefault(AppIdHeader), _settings.AppId)
            && QqEvents.Read(request.Body.Span, QqJson.Default.QqPayload) is { Op: QqEvents.Validation } payload
                ? AnswerQuestion(payload)
                : null;

    private WebhookReply? AnswerQuestion(QqPayload payload)
        => QqEvents.Read(payload, QqJson.Default.QqValidation) is { } question && _key.Answer(question) is { } signature
            ? new WebhookReply(200, JsonSerializer.Serialize(new QqValidated(question.PlainToken!, signature), QqJson.Default.QqValidated), "application/json")
            : null;
}
