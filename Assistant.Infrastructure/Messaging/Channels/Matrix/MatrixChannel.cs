using Assistant.Domain.Audit;
using Assistant.Domain.Messaging;
using Assistant.Domain.Security;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Messaging.Channels.Matrix;

/// <summary>Matrix, over the Client-Server API of a homeserver.</summary>
[ActsFor("the senders its access policy admits")]
[Audits(AuditActions.MessageReceived, AuditActions.MessageEdited, AuditActions.MessageDeleted, AuditActions.MessageReacted, AuditActions.MessageRefused, AuditActions.PairingRequested)]
internal sealed class MatrixChannel(MessengerHttp http, IOptions<MatrixOptions> options, TimeProvider time) : IChannel
{
    /// <summary>As people know it.</summary>
    public const string Name = "Matrix";

    /// <inheritdoc />
    public ChannelManifest Manifest { get; } = new(
        Type: "matrix",
        DisplayName: Name,
        Glyph: "M2 2H6V4H4V20H6V22H2ZM18 2H22V22H18V20H20V4H18ZM7 8H9V9.2C9.5 8.4 10.3 8 11.2 8 12.1 8 12.8 8.4 13.2 9.2 13.7 8.4 14.5 8 15.4 8 17 8 17.8 9 17.8 10.8V16"
            + "H15.8V11.2C15.8 10.3 15.5 9.8 14.8 9.8 14 9.8 13.4 10.5 13.4 11.6V16H11.4V11.2C11.4 10.3 11.1 9.8 10.4 9.8 9.6 9.8 9 10.5 9 11.6V16H7Z",
        SetupUrl: new Uri("https://matrix.org/docs/chat_basics/matrix-for-im/"),
        Capabilities: ChannelCapabilities.Typing | ChannelCapabilities.InboundEdits | ChannelCapabilities.InboundDeletions
            | ChannelCapabilities.InboundAttachments | ChannelCapabilities.InboundReactions | ChannelCapabilities.OutboundAttachments | ChannelCapabilities.IdempotentSend,
        TextLimit: MatrixContent.Limit,
        Settings: MatrixSettings.Fields)
    {
        LargestFile = MatrixFiles.Largest,
        Readers = new(
            "The operators of the homeserver, and of every server whose people are in a room, read everything: this installation takes part in rooms without end-to-end encryption only.",
            "主服务器的运营者以及房间内其他成员所在服务器的运营者可以读取全部内容：本系统只参与未启用端到端加密的房间。"),
    };

    /// <inheritdoc />
    public IChannelSession Open(Connection connection) => new MatrixSession(connection, http.Of(connection.Id), options.Value, time);

    /// <inheritdoc />
    public Task<ConnectionTest> TestAsync(SettingValues settings, CancellationToken cancellationToken) => new MatrixCheck(http, time).RunAsync(settings, cancellationToken);
}
