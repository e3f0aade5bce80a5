using Assistant.Domain.Messaging;
using Assistant.Domain.Settings;

namespace Assistant.Testing.Messaging;

/// <summary>A channel with one running session that shows typing and short messages, and keeps what it showed.</summary>
public sealed class QuietLine : IChannel, IChannelCatalog, IChannelSessions, IChannelSession, ITypingIndicator, IButtonFallback
{
    /// <summary>Chats that were shown that the assistant is writing, in order.</summary>
    public List<ExternalChat> Typing { get; } = [];

    /// <summary>What happens while typing is being shown.</summary>
    public Action? ShowingTyping { get; set; }

    /// <summary>The connection of the running session; <see langword="null"/> while it is not running.</summary>
    public Connection? Running { get; set; }

    public bool NumbersButtons { get; set; }

    public ChannelManifest Manifest { get; set; } = new("loopback", "Quiet", "", null, ChannelCapabilities.Typing, new TextLimit(40), []);

    public IReadOnlyList<IChannel> All => [this];

    IChannel? IChannelCatalog.Find(string type) => type == Manifest.Type ? this : null;

    IChannelSession? IChannelSessions.Find(ConnectionId id) => id == Running?.Id ? this : null;

    public Connection? FindConnection(ConnectionId id) => id == Running?.Id ? Running : null;

    /// <summary>Connections something came in over, in order.</summary>
    public List<ConnectionId> Received { get; } = [];

    public void NoteInbound(ConnectionId id) => Received.Add(id);

    void IChannelSessions.NoteOutbound(ConnectionId id) { }

    public Task ShowTypingAsync(ExternalChat chat, CancellationToken cancellationToken)
    {
        Typing.Add(chat);
        ShowingTyping?.Invoke();
        return Task.CompletedTask;
    }

    public IChannelSession Open(Connection connection) => this;

    public Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task RunAsync(IChannelHost host, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
