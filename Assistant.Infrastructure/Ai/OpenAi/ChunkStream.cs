using Assistant.Infrastructure.Ai.Pipeline;
using Assistant.Infrastructure.Outgoing;

namespace Assistant.Infrastructure.Ai.OpenAi;

/// <summary>
/// An answer on its way to the SDK, handed on line by line as <see cref="ChunkReader"/> has it. A run of ordinary lines is copied as it is;
/// the part of a line waits for its rest, of which nobody could make anything before. Lines are bounded by the <see cref="EndlessGuard"/> behind it,
/// a document that is no stream is held to the same length. The buffer is nobody else's afterwards: a read that was given up may still fill it.
/// </summary>
internal sealed class ChunkStream(Stream inner, ChunkReader reader) : ForwardStream(inner)
{
    private byte[] _buffer = new byte[4096];
    private int _start;
    private int _searched;
    private int _end;
    private ReadOnlyMemory<byte> _ready;
    private bool? _isDocument;
    private bool _isOver;

    public override int Read(Span<byte> buffer)
    {
        while (!HasNext())
        {
            Took(Inner.Read(Room().Span));
        }

        return Hand(buffer);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!HasNext())
        {
            Took(await Inner.ReadAsync(Room(), cancellationToken));
        }

        return Hand(buffer.Span);
    }

    private int Hand(Span<byte> buffer)
    {
        var length = Math.Min(buffer.Length, _ready.Length);
        _ready.Span[..length].CopyTo(buffer);
        _ready = _ready[length..];
        return length;
    }

    /// <summary>Whether there is something to hand on, or never will be.</summary>
    private bool HasNext()
    {
        if (_ready.IsEmpty)
        {
            _isDocument ??= ChunkReader.IsDocument(_buffer.AsSpan(_start, _end - _start));
            _ready = _isDocument == true ? NextDocument() : NextLines();
        }

        return !_ready.IsEmpty || (_isOver && _start == _end);
    }

    private ReadOnlyMemory<byte> NextDocument()
    {
        if (_end - _start > EndlessGuard.MaxLineBytes)
        {
            throw new EngineFaultException(FaultWords.Endless);
        }

        if (!_isOver || _start == _end)
        {
            return default;
        }

        var document = _buffer.AsMemory(_start, _end - _start);
        _start = _end;
        return reader.MendDocument(document);
    }

    /// <summary>As many ordinary lines as have come, or one that is mended.</summary>
    private ReadOnlyMemory<byte> NextLines()
    {
        var first = _start;
        for (var length = LineLength(); length > 0; length = LineLength())
        {
            var line = _buffer.AsMemory(_start, length);
            if (!reader.IsOrdinary(line.Span))
            {
                if (_start > first)
                {
                    break;
                }

                _start += length;
                return reader.Mend(line);
            }

            _start += length;
        }

        return _buffer.AsMemory(first, _start - first);
    }

    /// <summary>Length of the next line with its end, 0 when its end has not come. Nothing is searched twice.</summary>
    private int LineLength()
    {
        var from = Math.Max(_start, _searched);
        var end = _buffer.AsSpan(from, _end - from).IndexOfAny((byte)'\n', (byte)'\r');
        if (end >= 0)
        {
            return from + end + 1 - _start;
        }

        _searched = _end;
        return _isOver ? _end - _start : 0;
    }

    private Memory<byte> Room()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_searched, _end, _start) = (Math.Max(0, _searched - _start), _end - _start, 0);
        if (_end > _buffer.Length / 2)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        return _buffer.AsMemory(_end);
    }

    private void Took(int read)
    {
        _end += read;
        _isOver = read == 0;
    }
}
