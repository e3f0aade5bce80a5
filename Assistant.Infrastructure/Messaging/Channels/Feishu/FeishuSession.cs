using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

/// <summary>One app, connected: puts the parts of this folder together.</summary>
internal sealed class FeishuSession : IChannelSession, IWebhookReceiver, IFileSender, IAttachmentReader
{
    private readonly FeishuSettings _settings;
    private readonly FeishuClient _client;
    private readonly FeishuReceiver _receiver;
    private readonly FeishuWebhook _webhook;
    private readonly FeishuSocket _socket;
    private readonly FeishuSender _sender;
    private readonly FeishuFiles _files;
    private readonly FeishuUploads _uploads;

    public FeishuSession(Connection connection, MessengerHttp http, MessengerSockets sockets, FeishuOptions options, TimeProvider time)
    {
        _settings = FeishuSettings.Read(connection.Settings);
        _client = new FeishuClient(http, _settings, time);
        var recent = new FeishuRecent(options.MaxRemembered);
        _receiver = new FeishuReceiver(connection.Id, _settings, new FeishuNames(_client, options, time), new FeishuPlaces(_client, recent, options, time), recent, time);
        _webhook = new FeishuWebhook(
            connection.Id, _settings, new FeishuProof(_settings, options.SignatureTolerance, time), _client, _receiver, options, time);
        _socket = new FeishuSocket(_settings, _client, sockets, _receiver, options, time);
        _sender = new FeishuSender(_client, recent);
        _files = new FeishuFiles(_client);
        _uploads = new FeishuUploads(_client, _sender);
    }

    /// <inheritdoc />
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        host.Connecting(_settings.Messenger);
        await ReceiveAsync(host, cancellationToken);
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
    public Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken) => _files.OpenAsync(attachment, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task ReceiveAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        if (_settings is { UsesWebhook: true, CanProve: false })
        {
            throw new PhrasedException(Phrase.Of("feishu.no-proof"));
        }

        var bot = await ReadBotAsync(cancellationToken);
        _receiver.Bot = bot.OpenId;
        await (_settings.UsesWebhook ? _webhook.RunAsync(bot, host, cancellationToken) : _socket.RunAsync(bot, host, cancellationToken));
    }

    private async Task<FeishuBot> ReadBotAsync(CancellationToken cancellationToken)
    {
        var reply = await _client.ReadBotAsync(cancellationToken);
        return reply is { IsOk: true, Answer.Bot: { OpenId.Length: > 0 } bot } ? bot : throw new PhrasedException(FeishuFailure.Explain(_settings.Messenger, reply));
    }
}
