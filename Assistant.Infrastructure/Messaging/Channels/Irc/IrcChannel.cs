using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Messaging.Channels.Irc;

/// <summary>IRC, with a client of our own.</summary>
[ActsFor("the senders its access policy admits")]
[Audits(AuditActions.MessageReceived, AuditActions.MessageRefused, AuditActions.PairingRequested)]
internal sealed class IrcChannel(MessengerLines lines, IOptions<IrcOptions> options, TimeProvider time, ILogger<IrcChannel> logger) : IChannel
{
    /// <inheritdoc />
    public ChannelManifest Manifest { get; } = new(
        Type: "irc",
        DisplayName: "IRC",
        Glyph: "M9.5 3 8.8 8H4V10H8.5L8 14H3V16H7.7L7 21H9.1L9.8 16H14.7L14 21H16.1L16.8 16H21V14H17.1L17.6 10H22V8H17.9L18.6 3H16.5L15.8 8H10.9L11.6 3ZM10.6 10H15.5L15 14H10.1Z",
        SetupUrl: new Uri("https://modern.ircdocs.horse/"),
        Capabilities: ChannelCapabilities.None,
        TextLimit: IrcText.Limit,
        Settings: IrcSettings.Fields)
    {
        Readers = new(
            "The operators of the network read everything, and in a channel everybody who is in it.", "网络的运营者可以读取全部内容；频道中的内容，频道内所有人都能看到。"),
    };

    /// <inheritdoc />
    public IChannelSession Open(Connection connection) => IrcSettings.Read(connection.Settings) switch
    {
        ({ } settings, _) => new IrcSession(connection, settings, lines, options.Value, time, logger),
        (_, var problem) => new ClosedSession(problem!),
    };

    /// <inheritdoc />
    public Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken)
        => new IrcCheck(lines, options.Value, time).RunAsync(settings, cancellationToken);
}
