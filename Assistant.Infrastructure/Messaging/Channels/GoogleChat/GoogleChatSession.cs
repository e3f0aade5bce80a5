using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.GoogleChat;

/// <summary>One Chat app, connected: puts the parts of this folder together.</summary>
internal sealed class GoogleChatSession : IChannelSession, IWebhookReceiver, IAttachmentReader, IFileSender
{
    private static readonly WebhookReply WrongMethod = new(405, "Google Chat posts.");
    private static readonly WebhookReply Unreadable = new(400, "This is not an event.");
    private static readonly WebhookReply Later = new(503, "Deliver again later.");

    /// <summary>Nothing to say at once: the answer is sent when there is one.</summary>
    private static readonly WebhookReply Taken = new(200, "{}", "application/json; charset=utf-8");

    private readonly ConnectionId _connection;
    private readonly GoogleChatSettings _settings;
    private readonly GoogleServiceAccount _account;
    private readonly GoogleChatApi _api;
    private readonly PublishedKeys _keys;
    private readonly GoogleChatReader _reader;
    private readonly GoogleChatSender _sender;
    private readonly TimeProvider _time;
    private volatile string _endpoint;

    public GoogleChatSession(Connection connection, GoogleChatSettings settings, GoogleServiceAccount account, MessengerHttp http, CallOptions options, TimeProvider time)
    {
        (_connection, _settings, _account, _time) = (connection.Id, settings, account, time);
        _endpoint = settings.EndpointUrl ?? "";
        _api = new GoogleChatApi(settings, account, http, time);
        _keys = new PublishedKeys(GoogleChatChannel.Name, settings.Keys, http, options, time);
        _reader = new GoogleChatReader(connection.Id, settings.Groups);
        _sender = new GoogleChatSender(_api);
    }

    /// <inheritdoc />
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        host.Connecting(GoogleChatChannel.Name);
        if (_settings is { UsesEndpoint: false, ProjectNumber.Length: 0 })
        {
            throw new PhrasedException(Phrase.Of("googlechat.project-number"));
        }

        var callback = host.CallbackOf(_connection);
        _endpoint = _settings.EndpointUrl ?? callback.AbsoluteUri;
        await _api.SignInAsync(cancellationToken);
        await _keys.PrepareAsync(cancellationToken);
        host.Receiving(_account.Email, callback);
        await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken);
    }

    /// <inheritdoc />
    public async Task<WebhookReply> ReceiveAsync(WebhookRequest request, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (_settings.UsesEndpoint && _endpoint.Length == 0)
        {
            return Later; // our own address is not known yet
        }

        var verdict = await BearerProof.VerifyAsync(
            request.Headers.GetValueOrDefault(BearerProof.Header), GoogleChatProof.RuleOf(_settings, _endpoint), _keys.FindAsync, _time, cancellationToken);
        if (verdict is not BearerVerdict.Genuine token || !GoogleChatProof.IsChat(token, _settings))
        {
            return verdict is BearerVerdict.Unknown ? Later : WebhookReply.Refused;
        }

        if (!string.Equals(request.Method, "POST", StringComparison.OrdinalIgnoreCase))
        {
            return WrongMethod;
        }

        if (GoogleChatReader.Parse(request.Body.Span) is not { } received)
        {
            return Unreadable;
        }

        try
        {
            if (_reader.Read(received, _time.GetUtcNow()) is { } message)
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
    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => _sender.SendAsync(message, _endpoint, cancellationToken);

    /// <inheritdoc />
    public Task<SendOutcome> SendFileAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
        => _sender.SendFileAsync(message, file, cancellationToken);

    /// <inheritdoc />
    public Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken) => _api.DownloadAsync(attachment.Reference, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _api.Dispose();
        _keys.Dispose();
        return ValueTask.CompletedTask;
    }
}
