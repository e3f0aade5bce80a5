using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Assistant.Infrastructure.Messaging.Channels.Irc;

/// <summary>Lines over a stream. One reader; many writers.</summary>
internal sealed class IrcWire(Stream stream) : IAsyncDisposable
{
    /// <summary>Tags and the rest, as the specification bounds them, with room to spare. What is longer is passed over.</summary>
    private const int MaxLine = 16 * 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly PipeReader _reader = PipeReader.Create(stream);
    private readonly SemaphoreSlim _writing = new(1);
    private bool _passesOver;

    /// <summary>The next line; <see langword="null"/> at the end.</summary>
    public async Task<string?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await _reader.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end);
                var text = _passesOver || line.Length > MaxLine ? "" : TextOf(line.ToArray());
                _passesOver = false;
                _reader.AdvanceTo(buffer.GetPosition(1, end));
                return text;
            }

            if (result.IsCompleted)
            {
                return null;
            }

            // A line without end would fill the memory: all of it is thrown away.
            _passesOver |= buffer.Length > MaxLine;
            _reader.AdvanceTo(_passesOver ? buffer.End : buffer.Start, buffer.End);
        }
    }

    /// <summary>Writes a line.</summary>
    /// <exception cref="ArgumentException">It would be two.</exception>
    public async Task WriteAsync(IrcMessage message, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(message.Write() + "\r\n");
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await stream.WriteAsync(bytes, cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Ends the line at once; who reads meets its end.</summary>
    public void Abort() => stream.Dispose();

    public async ValueTask DisposeAsync()
    {
        await _reader.CompleteAsync();
        await stream.DisposeAsync();
    }

    /// <summary>UTF-8, or what old clients write.</summary>
    private static string TextOf(byte[] line)
    {
        try
        {
            return Strict.GetString(line);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(line);
        }
    }
}
