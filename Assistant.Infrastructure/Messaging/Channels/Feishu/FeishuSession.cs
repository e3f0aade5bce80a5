using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Feishu;

/// <summary>One app, connected: puts the parts of this folder together.</summary>
internal sealed class FeishuSession : IChannelSession, IWebhookReceiver, IFileSender, IAttachmentReader
{
    private readonly ConnectionId _connection;
    private readonly FeishuSettings _settings;
    private readonly FeishuOptions _options;
    private readonly TimeProvider _time;
    private readonly FeishuClient _client;
    private readonly FeishuWebhook _webhook;
    private readonly FeishuSender _sender;
    private readonly FeishuFiles _files;
    private readonly FeishuUploads _uploads;

    public FeishuSession(Connection connection, MessengerHttp http, FeishuOptions options, TimeProvider time)
    {
        (_connection, _options, _time) = (connection.Id, options, time);
        _settings = FeishuSettings.Read(connection.Settings);
        _client = new FeishuClient(http, _settings, time);
        var recent = new FeishuRecent(options.MaxRemembered);
        _webhook = new FeishuWebhook(
            connection.Id, _settings, new FeishuProof(_settings, options.SignatureTolerance, time), new FeishuNames(_client, options, time), recent, time);
        _sender = new FeishuSender(_client, recent);
        _files = new FeishuFiles(_client);
        _uploads = new FeishuUploads(_client, _sender);
    }

    /// <inheritdoc />
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        host.Connecting(_settings.Messenger);
        try
        {
            await ReceiveAsync(host, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            host.Report(ConnectionState.Off, Phrase.Of("connection.off"));
        }
        catch (PhrasedException fault)
        {
            host.Report(ConnectionState.Down, fault.Reason);
            throw;
        }
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

    /// <summary>Learns who the assistant is, and watches that the credentials are still taken; events are taken meanwhile.</summary>
    private async Task ReceiveAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        if (!_settings.CanProve)
        {
            throw new PhrasedException(Phrase.Of("feishu.no-proof"));
        }

        var address = host.CallbackOf(_connection);
        var bot = await ReadBotAsync(cancellationToken);
        _webhook.Bot = bot.OpenId;
        host.Receiving(bot.AppName ?? "", address);
        for (var isUp = true; ;)
        {
            await Task.Delay(_options.CheckInterval, _time, cancellationToken);
            var reply = await _client.ReadBotAsync(cancellationToken);
            if (!reply.IsOk && FeishuFailure.NeedsOperator(reply))
            {
                throw new PhrasedException(FeishuFailure.Explain(_settings.Messenger, reply));
            }

            if (!reply.IsOk)
            {
                host.Report(ConnectionState.Degraded, FeishuFailure.Explain(_settings.Messenger, reply));
            }
            else if (!isUp)
            {
                host.Receiving(bot.AppName ?? "", address);
            }

            isUp = reply.IsOk;
        }
    }

    private async Task<FeishuBot> ReadBotAsync(CancellationToken cancellationToken)
    {
        var reply = await _client.ReadBotAsync(cancellationToken);
        return reply is { IsOk: true, Answer.Bot: { OpenId.Length: > 0 } bot } ? bot : throw new PhrasedException(FeishuFailure.Explain(_settings.Messenger, reply));
    }
}
