using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;
using Microsoft.Extensions.Logging;
using Telegram.Bot.Exceptions;

namespace Assistant.Infrastructure.Messaging.Channels.Telegram;

/// <summary>One bot, connected: puts the parts of this folder together.</summary>
internal sealed class TelegramSession : IChannelSession, IWebhookReceiver, IFileSender, ITypingIndicator, IAttachmentReader, IDeliveryProbe
{
    private readonly TelegramSettings _settings;
    private readonly TelegramReceiver _receiver;
    private readonly TelegramPolling _polling;
    private readonly TelegramWebhook _webhook;
    private readonly TelegramSender _sender;
    private readonly TelegramFiles _files;
    private readonly TelegramAttachments _attachments;
    private readonly TelegramDeliveryProbe _probe;

    public TelegramSession(Connection connection, TelegramHttp http, TelegramOptions options, TimeProvider time, ILogger logger)
    {
        _settings = TelegramSettings.Read(connection.Settings);
        var client = http.NewClient(_settings);
        var sightings = new TelegramSightings(time);
        _sender = new TelegramSender(_settings.BotId, client, sightings, time);
        _files = new TelegramFiles(http.NewUploadingClient(_settings), _sender);
        _receiver = new TelegramReceiver(connection, _settings, client, _sender, sightings, time, logger);
        _polling = new TelegramPolling(http.NewPollingClient(_settings), _settings, _receiver, sightings, options, time, logger);
        _webhook = new TelegramWebhook(connection.Id, _settings, client, _receiver, sightings, options, time, logger);
        _attachments = new TelegramAttachments(http, _settings, client, options);
        _probe = new TelegramDeliveryProbe(_settings.BotId, client, sightings, options, time);
    }

    /// <inheritdoc />
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        host.Report(ConnectionState.Starting, Phrase.Of("telegram.connecting"));
        try
        {
            var bot = await _receiver.ReadBotAsync(cancellationToken);
            await (_settings.UsesWebhook ? _webhook.RunAsync(bot, host, cancellationToken) : _polling.RunAsync(bot, host, cancellationToken));
        }
        catch (RequestException failure)
        {
            throw new PhrasedException(TelegramFailure.Explain(failure));
        }
    }

    /// <inheritdoc />
    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => _sender.SendAsync(message, cancellationToken);

    /// <inheritdoc />
    public Task<SendOutcome> SendFileAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
        => _files.SendAsync(message, file, cancellationToken);

    /// <inheritdoc />
    public Task<WebhookReply> ReceiveAsync(WebhookRequest request, IMessageGateway gateway, CancellationToken cancellationToken)
        => _webhook.ReceiveAsync(request, gateway, cancellationToken);

    /// <inheritdoc />
    public Task ShowTypingAsync(ExternalChat chat, CancellationToken cancellationToken) => _sender.ShowTypingAsync(chat, cancellationToken);

    /// <inheritdoc />
    public Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken) => _attachments.OpenAsync(attachment, cancellationToken);

    /// <inheritdoc />
    public Task<DeliveryFinding?> FindAsync(OutboundMessage message, IReadOnlySet<string> knownExternalIds, CancellationToken cancellationToken)
        => _probe.FindAsync(message, knownExternalIds, cancellationToken);

    public ValueTask DisposeAsync()
    {
        // Clients hold nothing: their sockets stay for the next session.
        _probe.Dispose();
        return ValueTask.CompletedTask;
    }
}
