using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.Security.EndToEnd;

namespace Assistant.Web.Hubs;

/// <summary>Begins encrypted lines: answers a device's first message with the identity key of its web chat. Safe for concurrent use.</summary>
internal sealed partial class SealedLines(IConnectionStore connections, ChatIdentities identities, IKeyAgreement agreement, ILogger<SealedLines> logger)
{
    /// <summary>What both sides put into the handshake: a line made for one web chat is of no use at another.</summary>
    public static byte[] Prologue(string connection) => Encoding.UTF8.GetBytes($"assistant-chat/1/{connection}");

    /// <returns>The second message and a line that waits for the third; no line unless the status is <c>ok</c>.</returns>
    public async Task<(Greeting Greeting, SealedLine? Line)> GreetAsync(string name, byte[] first, CancellationToken cancellationToken)
    {
        if (await ChatArrivals.FindOpenAsync(connections, name, cancellationToken) is not { } connection)
        {
            return (Greeting.Not("closed"), null);
        }

        var handshake = new NoiseHandshake(agreement, await identities.OfAsync(connection, cancellationToken), begins: false, Prologue(name));
        try
        {
            handshake.Read(first);
            return (new Greeting("ok", handshake.Write([])), new SealedLine(handshake, name, reason => LogBroken(name, reason)));
        }
        catch (LineBrokenException e)
        {
            handshake.Dispose();
            LogBroken(name, e.Message);
            return (Greeting.Not("bad"), null);
        }
    }

    [LoggerMessage(LogLevel.Warning, "An encrypted line to web chat {ConnectionId} broke: {Reason} Somebody on the way may have changed what was sent.")]
    private partial void LogBroken(string connectionId, string reason);
}
