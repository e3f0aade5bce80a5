using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Assistant.Domain.Audit.Checkpoints;

namespace Assistant.Infrastructure.Audit.Witnesses;

/// <summary>Sends checkpoints to a collector of system logs: one RFC 5424 message each.</summary>
internal sealed class SyslogWitness(SyslogWitnessOptions options) : IWitness
{
    private const int LogAudit = 13;
    private const int Notice = 5;

    public string Name => "syslog";

    public TimeSpan Every => TimeSpan.Zero;

    public async Task DeliverAsync(SignedCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        var message = Encoding.UTF8.GetBytes(Format(checkpoint));
        try
        {
            using var socket = options.Tcp
                ? new Socket(SocketType.Stream, ProtocolType.Tcp)
                : new Socket(SocketType.Dgram, ProtocolType.Udp);
            await socket.ConnectAsync(options.Host!, options.Port, cancellationToken);
            byte[] sent = options.Tcp ? [.. Encoding.ASCII.GetBytes($"{message.Length} "), .. message] : message;
            await socket.SendAsync(sent, cancellationToken);
        }
        catch (SocketException error)
        {
            throw new WitnessException($"The collector {options.Host}:{options.Port} does not answer: {error.SocketErrorCode}.", error);
        }
    }

    /// <summary>The note stands in base64, because collectors cut messages at line breaks.</summary>
    internal static string Format(SignedCheckpoint checkpoint)
    {
        var (head, at) = (checkpoint.Head, checkpoint.At.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        var note = Convert.ToBase64String(Encoding.UTF8.GetBytes(checkpoint.Note));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"<{(LogAudit * 8) + Notice}>1 {at} - assistant - checkpoint [checkpoint@32473 origin=\"{head.Origin}\" size=\"{head.Size}\" note=\"{note}\"] audit checkpoint of {head.Size} events");
    }
}
