using System.Security.Cryptography;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Line;

/// <summary>One LINE official account, connected.</summary>
internal sealed class LineSession : IChannelSession, IWebhookReceiver, ITypingIndicator, IAttachmentReader, IFileSender
{
    public const string SignatureHeader = "x-line-signature";

    private static readonly WebhookReply WrongMethod = new(405, "LINE posts.");
    private static readonly WebhookReply Unreadable = new(400, "This is not a callback.");
    private static readonly WebhookReply Later = new(503, "The connection is not running.");

    private readonly ConnectionId _connection;
    private readonly LineSettings _settings;
    private readonly LineClient _client;
    private readonly LineReader _reader;
    private readonly LineSender _sender;
    private readonly LineNames _names;
    private readonly TimeProvider _time;

    public LineSession(Connection connection, MessengerHttp http, TimeProvider time)
    {
        (_connection, _time) = (connection.Id, time);
        _settings = new LineSettings(connection.Settings);
        _client = new LineClient(_settings, http);
        _reader = new LineReader(connection.Id, _settings.Groups);
        _sender = new LineSender(_client, time);
        _names = new LineNames(_client, time);
    }

    /// <inheritdoc />
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        host.Connecting(LineClient.Messenger);
        var callback = host.CallbackOf(_connection);
        var answer = await _client.GetAsync("info", cancellationToken);
        if (CallFaults.ReasonOf(LineClient.Messenger, answer) is { } reason)
        {
            throw new PhrasedException(reason);
        }

        var bot = LineClient.Read((CallOutcome.Answered)answer, LineJson.Default.LineBot);
        host.Receiving(bot?.DisplayName ?? bot?.BasicId ?? "", callback);
        await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken);
    }

    /// <summary>Whether the signature is the channel's over these bytes.</summary>
    public static bool IsSigned(string? signature, string secret, ReadOnlySpan<byte> body)
        => secret.Length > 0 && CallbackProof.IsBase64(signature, HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));

    /// <inheritdoc />
    public async Task<WebhookReply> ReceiveAsync(WebhookRequest request, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (!IsSigned(request.Headers.GetValueOrDefault(SignatureHeader), _settings.Secret, request.Body.Span))
        {
            return WebhookReply.Refused;
        }

        if (!string.Equals(request.Method, "POST", StringComparison.OrdinalIgnoreCase))
        {
            return WrongMethod;
        }

        if (LineReader.Parse(request.Body.Span) is not { } callback)
        {
            return Unreadable;
        }

        try
        {
            foreach (var happened in callback.Events ?? [])
            {
                await AcceptAsync(happened, gateway, cancellationToken);
            }

            return WebhookReply.Ok;
        }
        catch (ConnectionGoneException)
        {
            return Later;
        }
    }

    /// <inheritdoc />
    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => _sender.SendAsync(message, cancellationToken);

    /// <inheritdoc />
    public Task<SendOutcome> SendFileAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
        => _sender.SendFileAsync(message, file, cancellationToken);

    /// <inheritdoc />
    public Task ShowTypingAsync(ExternalChat chat, CancellationToken cancellationToken) => _sender.ShowTypingAsync(chat, cancellationToken);

    /// <inheritdoc />
    public Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken) => LineIds.IsMessage(attachment.Reference)
        ? _client.DownloadAsync(attachment.Reference, cancellationToken)
        : throw new AttachmentUnavailableException(Phrase.Of("channel.file-gone", ("name", LineClient.Messenger)), AttachmentFault.Final);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task AcceptAsync(LineEvent? happened, IMessageGateway gateway, CancellationToken cancellationToken)
    {
        if (happened is null || _reader.Read(happened, _sender.FindSent) is not { } message)
        {
            return;
        }

        if (happened.ReplyToken is { Length: > 0 } token)
        {
            _sender.NoteToken(message.Chat.ExternalId, token, _time.GetUtcNow());
        }

        await gateway.AcceptAsync(await _names.NameAsync(message, cancellationToken), cancellationToken);
    }
}
