using System.Text.Json;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Webhook;

/// <summary>One platform, connected by its mapping.</summary>
internal sealed class WebhookSession : IChannelSession, IWebhookReceiver, IFileSender, IAttachmentReader
{
    private static readonly WebhookReply WrongMethod = new(405, "Post it.");
    private static readonly WebhookReply Unreadable = new(400, "This is neither JSON nor a form.");
    private static readonly WebhookReply Later = new(503, "The connection is not running.");

    private readonly Connection _connection;
    private readonly WebhookSettings _settings;
    private readonly TimeProvider _time;
    private readonly WebhookReader _reader;
    private readonly WebhookSender _sender;
    private readonly WebhookFiles _files;
    private readonly WebhookProof _proof;

    public WebhookSession(Connection connection, WebhookSettings settings, MessengerHttp http, TimeProvider time)
    {
        (_connection, _settings, _time) = (connection, settings, time);
        _reader = new WebhookReader(settings, connection.Id);
        _sender = new WebhookSender(settings, http, time);
        _files = new WebhookFiles(settings, _sender, http);
        _proof = new WebhookProof(settings, time);
    }

    /// <inheritdoc />
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        host.Receiving(_connection.DisplayName, host.CallbackOf(_connection.Id));
        await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken);
    }

    /// <inheritdoc />
    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => _sender.SendAsync(message, cancellationToken);

    /// <inheritdoc />
    public Task<SendOutcome> SendFileAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken) => _files.SendAsync(message, file, cancellationToken);

    /// <inheritdoc />
    public Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken) => _files.OpenAsync(attachment, cancellationToken);

    /// <inheritdoc />
    public async Task<WebhookReply> ReceiveAsync(WebhookRequest request, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        // Nothing is parsed that is not proven, but where the proof lies in what has to be parsed.
        if (!_proof.IsInBody && !_proof.IsGiven(request))
        {
            return WebhookReply.Refused;
        }

        if (!string.Equals(request.Method, "POST", StringComparison.OrdinalIgnoreCase))
        {
            return _proof.IsInBody ? WebhookReply.Refused : WrongMethod;
        }

        using var document = WebhookReader.Parse(request);
        if (_proof.IsInBody && !_proof.IsGiven(document?.RootElement))
        {
            return WebhookReply.Refused;
        }

        if (document is null)
        {
            return Unreadable;
        }

        return _settings.Challenge?.TextIn(document.RootElement) is { } challenge
            ? new WebhookReply(200, challenge)
            : await AcceptAsync(document.RootElement, gateway, cancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<WebhookReply> AcceptAsync(JsonElement root, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var message in _reader.Read(root, _time.GetUtcNow()))
            {
                await gateway.AcceptAsync(message, cancellationToken);
            }

            return WebhookReply.Ok;
        }
        catch (ConnectionGoneException)
        {
            return Later;
        }
    }
}
