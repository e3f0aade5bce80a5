using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Assistant.Infrastructure.Messaging.Meta;

namespace Assistant.Infrastructure.Messaging.Channels.Messenger;

/// <summary>One page, connected: puts the parts of this folder together.</summary>
internal sealed class MessengerSession : IChannelSession, IWebhookReceiver, IFileSender, ITypingIndicator, IAttachmentReader
{
    private static readonly WebhookReply Unreadable = new(400, "This is not a callback.");
    private static readonly WebhookReply Later = new(503, "The connection is not running.");

    private readonly ConnectionId _connection;
    private readonly MetaCallback _callback;
    private readonly MessengerApi _api;
    private readonly MessengerReader _reader;
    private readonly MessengerSender _sender;
    private readonly MessengerFiles _files;
    private readonly MessengerNames _names;
    private readonly TimeProvider _time;

    public MessengerSession(Connection connection, MessengerHttp http, TimeProvider time)
    {
        (_connection, _time) = (connection.Id, time);
        var settings = MessengerSettings.Read(connection.Settings);
        _callback = new MetaCallback(settings.Account.AppSecret, settings.Account.VerifyToken);
        _api = new MessengerApi(settings, http);
        _reader = new MessengerReader(connection.Id, settings.PageId);
        _sender = new MessengerSender(_api);
        _files = new MessengerFiles(_api);
        _names = new MessengerNames(_api, time);
    }

    /// <inheritdoc />
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        host.Connecting(MessengerChannel.Name);
        var address = host.CallbackOf(_connection);
        var answer = await _api.ReadPageAsync(cancellationToken);
        if ((MessengerFaults.All.ReasonOf(answer) ?? _api.WrongPage(answer)) is { } reason)
        {
            throw new PhrasedException(reason);
        }

        host.Receiving(MessengerApi.PageOf(answer)?.Name ?? "", address);
        await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken);
    }

    /// <inheritdoc />
    public async Task<WebhookReply> ReceiveAsync(WebhookRequest request, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (_callback.Answer(request) is { } answer)
        {
            return answer;
        }

        if (_reader.Read(request.Body.Span, _sender.FindSent) is not { } messages)
        {
            return Unreadable;
        }

        try
        {
            foreach (var message in messages)
            {
                await gateway.AcceptAsync(await _names.NameAsync(message, cancellationToken), cancellationToken);
            }

            return WebhookReply.Ok;
        }
        catch (ConnectionGoneException)
        {
            return Later;
        }
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
}
