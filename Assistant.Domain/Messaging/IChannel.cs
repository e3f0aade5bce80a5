using Assistant.Domain.Messaging.Gateway;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;

namespace Assistant.Domain.Messaging;

/// <summary>A messenger's adapter: one folder, one manifest. Stateless; state lives in its sessions.</summary>
public interface IChannel
{
    ChannelManifest Manifest { get; }

    /// <summary>Makes what a stored connection needs before anybody comes, a key say. Most need nothing; safe to repeat.</summary>
    Task PrepareAsync(Connection connection, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Makes a session for a connection. Does no I/O; settings have passed the manifest's check.</summary>
    IChannelSession Open(Connection connection);

    /// <summary>Tries the settings against the real messenger, without storing anything.</summary>
    Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken);
}

/// <summary>A live connection to a messenger. Safe for concurrent use.</summary>
/// <remarks>
/// Disposed of once receiving has ended. What it has heard and would not be told again it may hand to <see cref="IMessageGateway"/> until that returns.
/// </remarks>
public interface IChannelSession : IAsyncDisposable
{
    /// <summary>
    /// Receives until cancelled, handing each event to <see cref="IMessageGateway"/> and acknowledging to the messenger only after
    /// it returned. Webhook-only channels register themselves with the messenger and return when cancelled.
    /// A fault rises, best as a <see cref="PhrasedException"/>: the supervisor reports it and starts again with back-off.
    /// </summary>
    Task RunAsync(IChannelHost host, CancellationToken cancellationToken);

    /// <summary>Shows one message. Does not retry by itself and never throws for an answer of the messenger.</summary>
    Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken);
}

/// <summary>What a session may use of the house.</summary>
public interface IChannelHost
{
    IMessageGateway Gateway { get; }

    /// <summary>Where receiving goes on; <see langword="null"/> at first.</summary>
    Task<string?> ReadCursorAsync(CancellationToken cancellationToken);

    /// <summary>Stores where receiving goes on, after everything before it is committed.</summary>
    Task SaveCursorAsync(string cursor, CancellationToken cancellationToken);

    /// <summary>Reports health; shown in the console.</summary>
    void Report(ConnectionState state, Phrase detail);

    /// <summary>Public base address of this installation for webhook registration; <see langword="null"/> when none is configured.</summary>
    Uri? PublicBaseUrl { get; }
}

/// <summary>Optional: the session receives callbacks at <c>/webhooks/{connection}</c>.</summary>
public interface IWebhookReceiver
{
    /// <summary>Verifies the raw bytes, parses, hands over to the gateway, then answers. Never throws for bad input.</summary>
    Task<WebhookReply> ReceiveAsync(WebhookRequest request, IMessageGateway gateway, CancellationToken cancellationToken);
}

/// <summary>Optional: the session may have no way to show the buttons of its messenger, and then writes them out as <see cref="Outbox.ButtonText"/> does.</summary>
public interface IButtonFallback
{
    /// <summary>Whether buttons go out as numbered text now.</summary>
    bool NumbersButtons { get; }
}

/// <summary>Optional: the session can show that the assistant is writing. Best effort.</summary>
public interface ITypingIndicator
{
    Task ShowTypingAsync(ExternalChat chat, CancellationToken cancellationToken);
}

/// <summary>Optional: the session can fetch the bytes of an attachment.</summary>
public interface IAttachmentReader
{
    /// <summary>Opens the file; the stream may end in an <see cref="IOException"/>, and be longer than was announced.</summary>
    /// <exception cref="AttachmentUnavailableException">Expired, too large or refused.</exception>
    Task<Stream> OpenAsync(Attachment attachment, CancellationToken cancellationToken);
}

/// <summary>Optional: after a crash between send and mark, the session can find out whether a message was shown.</summary>
public interface IDeliveryProbe
{
    /// <summary>The outcome of the earlier attempt, or <see langword="null"/> when the messenger cannot tell.</summary>
    /// <param name="knownExternalIds">
    /// Ids of messages this connection is known to have sent or received, from before <paramref name="message"/> was decided until now.
    /// Pass the same set for all messages of one recovery: what is learnt about it is shared.
    /// </param>
    Task<DeliveryFinding?> FindAsync(OutboundMessage message, IReadOnlySet<string> knownExternalIds, CancellationToken cancellationToken);
}

/// <summary>What a probe found out about an earlier attempt.</summary>
/// <param name="ExternalId">Id of the shown message; <see langword="null"/> when it was certainly not shown.</param>
public sealed record DeliveryFinding(string? ExternalId);

/// <summary>Whether it helps to ask for a file again.</summary>
public enum AttachmentFault
{
    /// <summary>It may be there later.</summary>
    Passing,
    /// <summary>The messenger has not got it, or does not hand it out.</summary>
    Final,
    /// <summary>It is larger than what may be fetched.</summary>
    TooLarge,
}

/// <summary>An attachment cannot be fetched.</summary>
public sealed class AttachmentUnavailableException(Phrase reason, AttachmentFault fault = AttachmentFault.Passing) : PhrasedException(reason)
{
    public AttachmentFault Fault { get; } = fault;
}

/// <summary>The channels this build knows, by type.</summary>
public interface IChannelCatalog
{
    IReadOnlyList<IChannel> All { get; }

    /// <summary>The channel, or <see langword="null"/> when no folder provides the type.</summary>
    IChannel? Find(string type);
}

/// <summary>Live sessions of this process.</summary>
public interface IChannelSessions
{
    /// <summary>The running session of a connection, or <see langword="null"/> when it is disabled, removed, ending or not yet started.</summary>
    IChannelSession? Find(ConnectionId id);

    /// <summary>
    /// The session for one send, to be given back at its end; <see langword="null"/> likewise, and as soon as the session is to end. It goes on until what
    /// was lent is given back, or no send may take any longer.
    /// </summary>
    SessionLoan? Lend(ConnectionId id) => Find(id) is { } session ? new SessionLoan(session, null) : null;

    /// <summary>The connection of a running or ending session, as it was when the session began; <see langword="null"/> otherwise.</summary>
    Connection? FindConnection(ConnectionId id);

    /// <summary>Notes for the connection's health that something came in over it, by whichever way.</summary>
    void NoteInbound(ConnectionId id);

    /// <summary>Notes for the connection's health that a message was shown over it.</summary>
    void NoteOutbound(ConnectionId id);
}

/// <summary>A callback as it came: headers with lower-case names, body bytes untouched.</summary>
public sealed record WebhookRequest(
    string Method,
    IReadOnlyDictionary<string, string> Headers,
    IReadOnlyDictionary<string, string> Query,
    ReadOnlyMemory<byte> Body);

/// <summary>The answer to a callback.</summary>
public sealed record WebhookReply(int Status, string? Body = null, string ContentType = "text/plain; charset=utf-8")
{
    public static WebhookReply Ok { get; } = new(200);

    /// <summary>Every security failure looks alike from outside.</summary>
    public static WebhookReply Refused { get; } = new(401);
}

/// <summary>State of a connection, shown with a sentence of detail.</summary>
public enum ConnectionState { Off, Starting, Up, Degraded, Down }

/// <summary>Health of one connection.</summary>
/// <param name="Detail">What is, what it means, what to do.</param>
public sealed record ConnectionHealth(
    ConnectionId Connection,
    ConnectionState State,
    Phrase Detail,
    DateTimeOffset Since,
    DateTimeOffset? LastInboundAt,
    DateTimeOffset? LastOutboundAt);

/// <summary>Health of the connections running in this process.</summary>
public interface IConnectionHealth
{
    /// <summary>The health, or <see langword="null"/> for a connection not running here.</summary>
    ConnectionHealth? Find(ConnectionId id);
}

/// <summary>One check of a connection test.</summary>
/// <param name="Fix">What to do when it failed.</param>
public sealed record ConnectionCheck(Phrase Name, bool IsPassed, Phrase Detail, Phrase? Fix = null);

/// <summary>Result of trying settings for real.</summary>
public sealed record ConnectionTest(IReadOnlyList<ConnectionCheck> Checks, TimeSpan Elapsed)
{
    public bool IsPassed => Checks.All(check => check.IsPassed);
}
