using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Slack;

/// <summary>One app in one workspace, connected: puts the parts of this folder together.</summary>
internal sealed class SlackSession : IChannelSession, IWebhookReceiver, IFileSender, IAttachmentReader
{
    private readonly SlackSettings _settings;
    private readonly SlackIdentity _identity;
    private readonly SlackWebhook _webhook;
    private readonly SlackSocketMode _socketMode;
    private readonly SlackSender _sender;
    private readonly SlackFiles _files;
    private readonly SlackUploads _uploads;

    public SlackSession(Connection connection, MessengerHttp http, MessengerSockets sockets, SlackOptions options, TimeProvider time)
    {
        _settings = SlackSettings.Read(connection.Settings);
        var client = new SlackClient(http, _settings);
        var receiver = new SlackReceiver(connection.Id, _settings, new SlackNames(client, options, time), time);
        _identity = new SlackIdentity(client, receiver, options, time);
        _webhook = new SlackWebhook(connection.Id, _settings, _identity, receiver, options, time);
        _socketMode = new SlackSocketMode(_settings, client, sockets, _identity, receiver, options, time);
        _sender = new SlackSender(client);
        _files = new SlackFiles(http, _settings);
        _uploads = new SlackUploads(client, _settings);
    }

    /// <inheritdoc />
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        host.Connecting(SlackChannel.Name);
        if (!_settings.IsComplete)
        {
            var missing = SlackSettings.Fields.First(field => field.Key == _settings.RequiredKey);
            throw new PhrasedException(Phrase.Of("channel.settings-missing", ("names", missing.Label.English)));
        }

        var bot = await _identity.ReadAsync(cancellationToken);
        await (_settings.UsesWebhook ? _webhook.RunAsync(bot, host, cancellationToken) : _socketMode.RunAsync(bot, host, cancellationToken));
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

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
