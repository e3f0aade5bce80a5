using System.Text;

namespace Assistant.Infrastructure.Messaging.Channels.Signal;

/// <summary>One event of the daemon.</summary>
/// <param name="Id">By which listening goes on behind it; older daemons give none.</param>
internal sealed record SignalHappened(string? Id, byte[] Data);

/// <summary>Takes server-sent events apart (the HTML standard, 9.2), bounded. One reader, one thread.</summary>
internal sealed class SignalStream(Stream stream, int maxBytes = 4 << 20)
{
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    /// <summary>The next event, or something that only says the line lives; <see langword="null"/> at the end.</summary>
    /// <exception cref="IOException">It broke, or is larger than anything the daemon says.</exception>
    public async Task<SignalHappened?> ReadAsync(CancellationToken cancellationToken)
    {
        string? id = null;
        using var data = new MemoryStream();
        while (await ReadLineAsync(cancellationToken) is { } line)
        {
            var isRemark = line is [(byte)':', ..];
            if (line.Length == 0 || (isRemark && id is null && data.Length == 0))
            {
                return new SignalHappened(id, data.ToArray());
            }

            if (isRemark)
            {
                continue;
            }

            var colon = Array.IndexOf(line, (byte)':');
            var value = colon < 0 ? default : line.AsMemory(colon + 1 + (colon + 1 < line.Length && line[colon + 1] == ' ' ? 1 : 0));
            switch (Encoding.UTF8.GetString(line.AsSpan(0, colon < 0 ? line.Length : colon)))
            {
                case "data" when data.Length + value.Length <= maxBytes:
                    data.Write(data.Length > 0 ? "\n"u8 : []);
                    data.Write(value.Span);
                    break;
                case "data":
                    throw new IOException("The event is too large.");
                case "id":
                    id = Encoding.UTF8.GetString(value.Span);
                    break;
                default:
                    break;
            }
        }

        return null;
    }

    private async Task<byte[]?> ReadLineAsync(CancellationToken cancellationToken)
    {
        using var line = new MemoryStream();
        while (true)
        {
            var found = Array.IndexOf(_buffer, (byte)'\n', _start, _end - _start);
            var until = found < 0 ? _end : found;
            line.Write(_buffer, _start, until - _start);
            if (found >= 0)
            {
                _start = found + 1;
                var whole = line.ToArray();
                return whole is [.., (byte)'\r'] ? whole[..^1] : whole;
            }

            if (line.Length > maxBytes)
            {
                throw new IOException("The line is too long.");
            }

            (_start, _end) = (0, await stream.ReadAsync(_buffer, cancellationToken));
            if (_end == 0)
            {
                return null;
            }
        }
    }
}
