using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.DingTalk;

/// <summary>One robot, connected: puts the parts of this folder together.</summary>
internal sealed class DingTalkSession : IChannelSession, IWebhookReceiver, IFileSender, IAttachmentReader
{
    private readonly DingTalkSettings _settings;
    private readonly DingTalkClient _client;
    private readonly DingTalkStream _stream;
    private readonly DingTalkWebhook _webhook;
    private readonly DingTalkSender _sender;
    private readonly DingTalkUploads _uploads;

    public DingTalkSession(Connection connection, MessengerHttp http, MessengerSockets sockets, DingTalkOptions options, TimeProvider time)
    {
        _settings = DingTalkSettings.Read(connection.Settings);
        _client = new DingTalkClient(http, _settings, time);
        var receiver = new DingTalkReceiver(connection.Id, _settings, time);
        _stream = new DingTalkStream(_settings, _client, sockets, receiver, options, time);
        _webhook = new DingTalkWebhook(connection.Id, _settings, _client, receiver, options, time);
        _sender = new DingTalkSender(_client, _settings);
        _uploads = new DingTalkUploads(_client, _sender);
    }

    /// <inheritdoc />
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        host.Connecting(DingTalkChannel.Name);
        await (_settings.UsesWebhook ? _webhook.RunAsync(host, cancellationToken) : _stream.RunAsync(host, cancellationToken));
    }

    /// <inheritdoc />
    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => _sender.SendAsync(message, cancellationToken);

    /// <inheritdoc />
    public Task<SendOutcome> SendFileAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
        => _uploads.SendAsync(message, file, cancellationToken);

    /// <inheritdoc />
    public Task<WebhookReply> ReceiveAsync(WebhookRequest request, IMessageGateway gateway, CancellationToken cancellationToken)
        => _webhook.ReceiveAsync(request, gateway, cancellationToken);

    /// <inheritdoc />
    public Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken) => _client.OpenAsync(attachment.Reference, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
