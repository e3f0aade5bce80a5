using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Meta;

namespace Assistant.Infrastructure.Messaging.Channels.WhatsApp;

/// <summary>One business number, connected: puts the parts of this folder together.</summary>
internal sealed class WhatsAppSession : IChannelSession, IWebhookReceiver, IFileSender, ITypingIndicator, IAttachmentReader
{
    private static readonly WebhookReply Unreadable = new(400, "This is not a callback.");
    private static readonly WebhookReply Later = new(503, "The connection is not running.");

    private readonly ConnectionId _connection;
    private readonly MetaCallback _callback;
    private readonly WhatsAppApi _api;
    private readonly WhatsAppReader _reader;
    private readonly WhatsAppSender _sender;
    private readonly WhatsAppFiles _files;
    private readonly DeliveryReports _deliveries = new();
    private readonly TimeProvider _time;

    public WhatsAppSession(Connection connection, MessengerHttp http, TimeProvider time)
    {
        (_connection, _time) = (connection.Id, time);
        var settings = WhatsAppSettings.Read(connection.Settings);
        _callback = new MetaCallback(settings.Account.AppSecret, settings.Account.VerifyToken);
        _api = new WhatsAppApi(settings, http);
        _reader = new WhatsAppReader(connection.Id, settings.NumberId);
        _sender = new WhatsAppSender(_api, settings);
        _files = new WhatsAppFiles(_api, _sender);
    }

    /// <inheritdoc />
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        host.Connecting(WhatsAppChannel.Name);
        var address = host.CallbackOf(_connection);
        var answer = await _api.ReadNumberAsync(cancellationToken);
        if (WhatsAppFaults.All.ReasonOf(answer) is { } reason)
        {
            throw new PhrasedException(reason);
        }

        host.Receiving(WhatsAppApi.NameOf(answer), address);
        _deliveries.ReportTo(host, () => host.Receiving(WhatsAppApi.NameOf(answer), address));
        await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken);
    }

    /// <inheritdoc />
    public async Task<WebhookReply> ReceiveAsync(WebhookRequest request, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (_callback.Answer(request) is { } answer)
        {
            return answer;
        }

        if (_reader.Read(request.Body.Span, _time.GetUtcNow()) is not { } news)
        {
            return Unreadable;
        }

        try
        {
            foreach (var message in news.Messages)
            {
                await gateway.AcceptAsync(message, cancellationToken);
                if (message.Content is InboundContent.Said or InboundContent.Pressed)
                {
                    _sender.NoteReceived(message.Chat.ExternalId, message.DedupeKey);
                }
            }
        }
        catch (ConnectionGoneException)
        {
            return Later;
        }

        foreach (var status in news.Statuses)
        {
            Note(status);
        }

        return WebhookReply.Ok;
    }

    /// <inheritdoc />
    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => _sender.SendAsync(message, cancellationToken);

    /// <inheritdoc />
    public Task<SendOutcome> SendFileAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
        => _files.SendAsync(message, file, cancellationToken);

    /// <inheritdoc />
    public Task ShowTypingAsync(ExternalChat chat, CancellationToken cancellationToken) => _sender.ShowTypingAsync(chat, cancellationToken);

    /// <inheritdoc />
    public Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken) => _api.OpenAsync(attachment.Reference, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Statuses come in any order and more than once; WhatsApp takes what is too late for its window, and says so here.</summary>
    private void Note(WhatsAppStatus status)
    {
        switch (status.Status)
        {
            case "failed":
                var failed = Phrase.Of("whatsapp.not-delivered");
                _deliveries.Failed(status.Errors is [{ } error, ..] ? new Phrase.Several([failed, WhatsAppFaults.All.ReasonOf(error)]) : failed);
                break;
            case "delivered" or "read" or "played":
                _deliveries.Arrived();
                break;
            default:
                break;
        }
    }
}
