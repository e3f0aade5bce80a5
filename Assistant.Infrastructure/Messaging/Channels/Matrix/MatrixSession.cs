using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;

namespace Assistant.Infrastructure.Messaging.Channels.Matrix;

/// <summary>One account on a homeserver, connected: puts the parts of this folder together.</summary>
internal sealed class MatrixSession : IChannelSession, IAttachmentReader, ITypingIndicator, IFileSender
{
    private readonly MatrixSettings _settings;
    private readonly MatrixSignIn _signIn;
    private readonly MatrixSync _sync;
    private readonly MatrixSender _sender;
    private readonly MatrixFiles _files;
    private readonly MatrixTyping _typing;

    public MatrixSession(Connection connection, MessengerHttp http, MatrixOptions options, TimeProvider time)
    {
        _settings = MatrixSettings.Read(connection.Settings);
        _signIn = new MatrixSignIn(http, _settings, MatrixSignIn.DeviceOf(connection.Id), time);
        var client = new MatrixClient(http, _settings, _signIn);
        var rooms = new MatrixRooms(client);
        var events = new MatrixEventBook(client, options.RememberedEvents);
        var receiver = new MatrixReceiver(connection.Id, _settings, rooms, events, time);
        var timelines = new MatrixTimelines(client, options);
        _sync = new MatrixSync(client, timelines, receiver, new MatrixInvitations(client, _settings, time), rooms, options, time);
        _sender = new MatrixSender(client, rooms, _settings);
        _files = new MatrixFiles(client, _sender, options);
        _typing = new MatrixTyping(client);
    }

    /// <inheritdoc />
    public async Task RunAsync(IChannelHost host, CancellationToken cancellationToken)
    {
        host.Connecting(MatrixChannel.Name);
        if (!_settings.IsComplete)
        {
            var names = MatrixSettings.Fields.Where(field => _settings.RequiredKeys.Contains(field.Key)).Select(field => field.Label.English);
            throw new PhrasedException(Phrase.Of("channel.settings-missing", ("names", string.Join(", ", names))));
        }

        await _sync.RunAsync(host, cancellationToken);
    }

    /// <inheritdoc />
    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => _sender.SendAsync(message, cancellationToken);

    /// <inheritdoc />
    public Task<SendOutcome> SendFileAsync(OutboundMessage message, OutboundFile file, CancellationToken cancellationToken)
        => _files.SendAsync(message, file, cancellationToken);

    /// <inheritdoc />
    public Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken) => _files.OpenAsync(attachment, cancellationToken);

    /// <inheritdoc />
    public Task ShowTypingAsync(ExternalChat chat, CancellationToken cancellationToken) => _typing.ShowAsync(chat, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _signIn.Dispose();
        return ValueTask.CompletedTask;
    }
}
