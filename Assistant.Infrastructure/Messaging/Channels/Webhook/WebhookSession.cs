using System.Text.Json;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Webhook;

/// <summary>One platform, connected by its mapping.</summary>
internal sealed class WebhookSession(Connection connection, WebhookSettings settings, MessengerHttp http, TimeProvider time) : IChannelSession, IWebhookReceiver
{
    private static readonly WebhookReply WrongMethod = new(405, "Post it.");
    private static readonly WebhookReply Unreadable = new(400, "This is neither JSON nor a form.");
    private static readonly WebhookReply Later = new(503, "The connection is not running.");

    private readonly WebhookReader _reader = new(settings, connection.Id);
    private readonly WebhookSender _sender = new(settings, http, time);
    private readonly WebhookProof _proof = new(settings, time);

    /// <inheritdoc />
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        host.Receiving(connection.DisplayName, host.CallbackOf(connection.Id));
        await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        host.Report(ConnectionState.Off, Phrase.Of("connection.off"));
    }

    /// <inheritdoc />
    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => _sender.SendAsync(message, cancellationToken);

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

        return settings.Challenge?.TextIn(document.RootElement) is { } challenge
            ? new WebhookReply(200, challenge)
            : await AcceptAsync(document.RootElement, gateway, cancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<WebhookReply> AcceptAsync(JsonElement root, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var message in _reader.Read(root, time.GetUtcNow()))
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

/// <summary>A connection whose mapping means nothing: it says what is wrong, takes nothing, and what waits to be sent goes on waiting.</summary>
internal sealed class WebhookClosedSession(string wrong) : IChannelSession
{
    private readonly Phrase _reason = Phrase.Of("webhook.unreadable-settings", ("keys", wrong));

    /// <inheritdoc />
    public Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        host.Report(ConnectionState.Down, _reason);
        throw new PhrasedException(_reason);
    }

    /// <inheritdoc />
    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
        => Task.FromResult<SendOutcome>(new SendOutcome.RetryAfter(TimeSpan.FromMinutes(1), _reason, PauseScope.Connection));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
