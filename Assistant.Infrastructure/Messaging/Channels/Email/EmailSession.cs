using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.Logging;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

/// <summary>One mailbox, connected: puts the parts of this folder together.</summary>
internal sealed class EmailSession : IChannelSession, IFileSender, IAttachmentReader
{
    private readonly AccessTokens? _tokens;
    private readonly EmailMailbox _mailbox;
    private readonly EmailSender _sender;
    private readonly EmailArchive _archive;

    public EmailSession(ConnectionId connection, EmailSettings settings, EmailDialer dialer, EmailOptions options, TimeProvider time, ILogger logger)
    {
        _tokens = settings.TokenSource is { } source ? dialer.NewTokens(source) : null;
        var threads = new EmailThreads();
        _archive = new EmailArchive(settings, dialer, _tokens, options, time);
        _sender = new EmailSender(settings, dialer, _tokens, threads, _archive, options, time);
        _mailbox = new EmailMailbox(connection, settings, dialer, _tokens, threads, options, time, logger);
    }

    /// <inheritdoc />
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        host.Connecting("Email");
        await _mailbox.RunAsync(host, cancellationToken);
    }

    /// <inheritdoc />
    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => _sender.SendAsync(message, cancellationToken);

    /// <inheritdoc />
    public Task<SendOutcome> SendFileAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
        => _sender.SendFileAsync(message, file, cancellationToken);

    /// <inheritdoc />
    public Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken) => _archive.OpenAsync(attachment, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _tokens?.Dispose();
        return ValueTask.CompletedTask;
    }
}
