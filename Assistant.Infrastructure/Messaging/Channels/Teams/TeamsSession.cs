using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Teams;

/// <summary>One bot, connected: puts the parts of this folder together.</summary>
internal sealed class TeamsSession : IChannelSession, IWebhookReceiver, IFileSender, ITypingIndicator, IAttachmentReader
{
    private static readonly WebhookReply WrongMethod = new(405, "Teams posts.");
    private static readonly WebhookReply Unreadable = new(400, "This is not an activity.");
    private static readonly WebhookReply Later = new(503, "Deliver again later.");

    /// <summary>Genuine, and not for us: whoever gets this has a token of Microsoft's.</summary>
    private static readonly WebhookReply Forbidden = new(403);

    private readonly ConnectionId _connection;
    private readonly TeamsSettings _settings;
    private readonly TeamsConnector _connector;
    private readonly PublishedKeys _keys;
    private readonly TeamsServers _servers;
    private readonly TeamsReader _reader;
    private readonly TeamsSender _sender;
    private readonly TeamsFiles _files;
    private readonly TeamsOffers _offers;
    private readonly TimeProvider _time;
    private volatile IChannelHost? _host;
    private volatile string? _savedServer;

    public TeamsSession(Connection connection, MessengerHttp http, CallOptions options, TimeProvider time)
    {
        (_connection, _time) = (connection.Id, time);
        _settings = TeamsSettings.Read(connection.Settings);
        _connector = new TeamsConnector(_settings, http, time);
        _keys = new PublishedKeys(TeamsChannel.Name, _settings.Keys, http, options, time);
        _servers = new TeamsServers(_settings);
        _reader = new TeamsReader(connection.Id, _settings.Groups);
        _sender = new TeamsSender(_connector, _servers, _settings);
        _files = new TeamsFiles(_connector, _settings);
        _offers = new TeamsOffers(_sender, _connector, _settings, connection.Id, time);
    }

    /// <inheritdoc />
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        host.Connecting(TeamsChannel.Name);
        if (_settings.AdmitsNobody)
        {
            throw new PhrasedException(Phrase.Of("teams.tenants-missing"));
        }

        var callback = host.CallbackOf(_connection);
        _savedServer = await host.ReadCursorAsync(cancellationToken);
        _servers.Resume(_savedServer);
        _host = host;
        await _connector.GetTokenAsync(cancellationToken);
        await _keys.PrepareAsync(cancellationToken);
        host.Receiving(_settings.AppId, callback);
        await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken);
    }

    /// <inheritdoc />
    public async Task<WebhookReply> ReceiveAsync(WebhookRequest request, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        var verdict = await BearerProof.VerifyAsync(
            request.Headers.GetValueOrDefault(BearerProof.Header), TeamsProof.RuleOf(_settings), _keys.FindAsync, _time, cancellationToken);
        if (verdict is not BearerVerdict.Genuine token)
        {
            return verdict is BearerVerdict.Unknown ? Later : WebhookReply.Refused;
        }

        if (!string.Equals(request.Method, "POST", StringComparison.OrdinalIgnoreCase))
        {
            return WrongMethod;
        }

        if (TeamsReader.Parse(request.Body.Span) is not { } activity)
        {
            return Unreadable;
        }

        if (!TeamsProof.Covers(token, activity) || (activity.ChannelId == TeamsReader.Channel && !_settings.IsAllowed(TeamsReader.TenantOf(activity))))
        {
            return Forbidden;
        }

        return await _offers.DecideAsync(activity) ?? await AcceptAsync(activity, gateway, cancellationToken);
    }

    /// <inheritdoc />
    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => _sender.SendAsync(message, cancellationToken);

    /// <inheritdoc />
    public Task<SendOutcome> SendFileAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken) => _offers.SendAsync(message, file, cancellationToken);

    /// <inheritdoc />
    public Task ShowTypingAsync(ExternalChat chat, CancellationToken cancellationToken) => _sender.ShowTypingAsync(chat, cancellationToken);

    /// <inheritdoc />
    public Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken) => _files.OpenAsync(attachment, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _connector.Dispose();
        _keys.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<WebhookReply> AcceptAsync(TeamsActivity activity, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (_reader.Read(activity, _time.GetUtcNow()) is not { } message)
        {
            return WebhookReply.Ok;
        }

        // Known before the message is: its answer may be sent at once.
        var isConnector = _servers.Note(message.Chat.ExternalId, activity.ServiceUrl!);
        try
        {
            await gateway.AcceptAsync(message, cancellationToken);
        }
        catch (ConnectionGoneException)
        {
            return Later;
        }

        if (isConnector && activity.ServiceUrl != _savedServer && _host is { } host)
        {
            await host.SaveCursorAsync(activity.ServiceUrl!, cancellationToken);
            _savedServer = activity.ServiceUrl;
        }

        return WebhookReply.Ok;
    }
}
