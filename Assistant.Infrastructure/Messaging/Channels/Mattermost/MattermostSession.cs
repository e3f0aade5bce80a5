using System.Text.Json.Nodes;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Mattermost;

/// <summary>One bot on one server, connected: puts the parts of this folder together.</summary>
internal sealed class MattermostSession : IChannelSession, IWebhookReceiver, IAttachmentReader, ITypingIndicator, IFileSender, IDeliveryProbe, IButtonFallback
{
    private readonly ConnectionId _connection;
    private readonly MattermostClient _client;
    private readonly MattermostSocket _socket;
    private readonly MattermostSender _sender;
    private readonly MattermostFiles _files;
    private readonly MattermostCallbacks _callbacks;

    public MattermostSession(Connection connection, MessengerHttp http, MessengerSockets sockets, MattermostOptions options, TimeProvider time)
    {
        _connection = connection.Id;
        var settings = MattermostSettings.Read(connection.Settings);
        _client = new MattermostClient(http, settings);
        var people = new MattermostPeople(_client, options, time);
        var receiver = new MattermostReceiver(connection.Id, settings, _client, people);
        var buttons = new MattermostButtons(connection.Id, settings);
        _socket = new MattermostSocket(settings, _client, sockets, receiver, new MattermostCatchUp(_client, receiver, people, options), people, options, time);
        _sender = new MattermostSender(_client, buttons);
        _files = new MattermostFiles(_client, _sender, options);
        _callbacks = new MattermostCallbacks(connection.Id, settings, buttons, people, time);
    }

    /// <inheritdoc />
    public bool NumbersButtons => _sender.Callback is null;

    /// <inheritdoc />
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        host.Connecting(MattermostChannel.Name);
        _sender.Callback = host.PublicBaseUrl is null ? null : host.CallbackOf(_connection);
        await _socket.RunAsync(host, cancellationToken);
    }

    /// <inheritdoc />
    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => _sender.SendAsync(message, cancellationToken);

    /// <inheritdoc />
    public Task<SendOutcome> SendFileAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
        => _files.SendAsync(message, file, cancellationToken);

    /// <inheritdoc />
    public Task<DeliveryFinding?> FindAsync(OutboundMessage message, IReadOnlySet<string> knownExternalIds, CancellationToken cancellationToken)
        => _sender.FindAsync(message, knownExternalIds, cancellationToken);

    /// <inheritdoc />
    public Task<WebhookReply> ReceiveAsync(WebhookRequest request, IMessageGateway gateway, CancellationToken cancellationToken)
        => _callbacks.ReceiveAsync(request, gateway, cancellationToken);

    /// <inheritdoc />
    public Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken) => _files.OpenAsync(attachment, cancellationToken);

    /// <inheritdoc />
    public async Task ShowTypingAsync(ExternalChat chat, CancellationToken cancellationToken)
    {
        if (MattermostIds.IsId(chat.ExternalId))
        {
            await _client.PostAsync("users/me/typing", new JsonObject { ["channel_id"] = chat.ExternalId, ["parent_id"] = chat.ThreadId ?? "" }, cancellationToken);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
