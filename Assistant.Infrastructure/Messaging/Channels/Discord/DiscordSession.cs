using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Discord;

/// <summary>One bot, connected: puts the parts of this folder together.</summary>
internal sealed class DiscordSession : IChannelSession, IWebhookReceiver, ITypingIndicator, IAttachmentReader, IFileSender
{
    private readonly DiscordSettings _settings;
    private readonly DiscordClient _client;
    private readonly DiscordGateway _gateway;
    private readonly DiscordWebhook _webhook;
    private readonly DiscordSender _sender;
    private readonly DiscordFiles _files;

    public DiscordSession(Connection connection, MessengerHttp http, MessengerSockets sockets, DiscordOptions options, TimeProvider time)
    {
        _settings = DiscordSettings.Read(connection.Settings);
        var limits = new DiscordLimits(time);
        var commands = new DiscordCommands(time);
        _client = new DiscordClient(http, _settings, limits);
        var receiver = new DiscordReceiver(connection.Id, _settings, new DiscordAuthors(_client), commands, time);
        _gateway = new DiscordGateway(_settings, _client, sockets, receiver, options, time);
        _webhook = new DiscordWebhook(_settings, receiver, options, time);
        _sender = new DiscordSender(_client, limits, commands, options, time);
        _files = new DiscordFiles(http, _settings, _client);
    }

    /// <inheritdoc />
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        host.Connecting(DiscordChannel.Name);
        var bot = DiscordCheck.BotOf(await _client.ReadSelfAsync(cancellationToken));
        await OfferCommandAsync(cancellationToken);
        await _gateway.RunAsync(bot, host, cancellationToken);
    }

    /// <inheritdoc />
    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => _sender.SendAsync(message, cancellationToken);

    /// <inheritdoc />
    public Task<SendOutcome> SendFileAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken) => _sender.SendFileAsync(message, file, cancellationToken);

    /// <inheritdoc />
    public Task<WebhookReply> ReceiveAsync(WebhookRequest request, IMessageGateway gateway, CancellationToken cancellationToken)
        => _webhook.ReceiveAsync(request, gateway, cancellationToken);

    /// <inheritdoc />
    public Task ShowTypingAsync(ExternalChat chat, CancellationToken cancellationToken) => _sender.ShowTypingAsync(chat, cancellationToken);

    /// <inheritdoc />
    public Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken) => _files.OpenAsync(attachment, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Makes the command of the settings known; to do it again changes nothing.</summary>
    /// <exception cref="PhrasedException">Discord does not take it.</exception>
    private async Task OfferCommandAsync(CancellationToken cancellationToken)
    {
        if (_settings.Command.Length == 0)
        {
            return;
        }

        var application = await _client.ReadApplicationAsync(cancellationToken);
        if (application is not CallOutcome.Answered { IsSuccess: true, Body: var body }
            || DiscordEvents.Read(body, DiscordJson.Default.DiscordApplication) is not { Id: { } id } || !DiscordIds.Is(id))
        {
            throw new PhrasedException(DiscordFailure.Explain(application));
        }

        var command = new DiscordCommand(_settings.Command, "Ask the assistant · 向助手提问", [new DiscordParameter("question", "What you want to know · 您想知道什么")]);
        if (await _client.OfferAsync(id, command, cancellationToken) is not CallOutcome.Answered { IsSuccess: true } and var refusal)
        {
            throw new PhrasedException(DiscordFailure.Explain(refusal));
        }
    }
}
