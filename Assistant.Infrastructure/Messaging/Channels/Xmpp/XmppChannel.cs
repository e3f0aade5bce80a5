using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

/// <summary>XMPP, with an account on a server.</summary>
[ActsFor("the senders its access policy admits")]
[Audits(AuditActions.MessageReceived, AuditActions.MessageEdited, AuditActions.MessageDeleted, AuditActions.MessageReacted, AuditActions.MessageRefused, AuditActions.PairingRequested)]
internal sealed class XmppChannel(MessengerLines lines, MessengerHttp http, IOptions<XmppOptions> options, TimeProvider time) : IChannel
{
    public const string Name = "XMPP";

    private static readonly Phrase NoAddress = Phrase.Of("xmpp.no-address");

    /// <inheritdoc />
    public ChannelManifest Manifest { get; } = new(
        Type: "xmpp",
        DisplayName: Name,
        Glyph: "M3 4 C5 12 9 17 17 20 C19 17 20.5 11 21 4 L16 5.5 C16 10 15 13.5 13.5 16.5 C10 13.5 8.5 10 8 5.5 Z",
        SetupUrl: new Uri("https://xmpp.org/getting-started/"),
        Capabilities: ChannelCapabilities.Typing | ChannelCapabilities.InboundEdits | ChannelCapabilities.InboundDeletions | ChannelCapabilities.InboundAttachments | ChannelCapabilities.InboundReactions
            | ChannelCapabilities.OutboundAttachments,
        TextLimit: XmppText.Limit,
        Settings: XmppSettings.Fields)
    {
        LargestFile = XmppFiles.Largest,
        Readers = new(
            "The servers of both sides read everything: the line to them is encrypted, the messages are not (no OMEMO).",
            "双方的服务器可以读取全部内容：连接是加密的，消息本身不加密（不支持 OMEMO）。"),
    };

    /// <inheritdoc />
    public IChannelSession Open(Connection connection) => XmppSettings.Read(connection.Settings) is { } settings
        ? new XmppSession(connection, settings, options.Value, lines, http.Of(connection.Id), time)
        : new ClosedSession(NoAddress);

    /// <inheritdoc />
    public async Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        return new ConnectionTest([await CheckAsync(settings, cancellationToken)], time.GetElapsedTime(started));
    }

    /// <summary>Signs in and hangs up: no resource is bound, so nobody sees it.</summary>
    private async Task<ConnectionCheck> CheckAsync(SettingValues values, CancellationToken cancellationToken)
    {
        if (XmppSettings.Read(values) is not { } settings)
        {
            return new(Phrase.Of("channel.check-settings"), false, NoAddress, Phrase.Of("channel.settings-fix"));
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.Value.CallTimeout);
        try
        {
            var (line, _) = await XmppLine.SignInAsync(settings, lines, patience.Token);
            await using (line)
            {
                return Checks.SignedIn(Name, settings.Self.Bare);
            }
        }
        catch (XmppRefusedException refused)
        {
            return Checks.WrongCredentials(Name, refused.Reason);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            return Checks.Unreachable(Name, fault is OperationCanceledException ? Phrase.Of("channel.no-answer", ("name", Name)) : XmppSession.ReasonOf(fault));
        }
    }
}
