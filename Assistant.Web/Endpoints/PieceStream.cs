namespace Assistant.Web.Endpoints;

/// <summary>A file that is kept in pieces, read once from wherever reading begins. One piece is in memory at a time. Not safe for concurrent use.</summary>
/// <param name="length">Of the whole, in bytes.</param>
/// <param name="open">Opens it at its beginning.</param>
internal sealed class PieceStream(long length, Func<CancellationToken, IAsyncEnumerable<ReadOnlyMemory<byte>>> open) : Stream
{
    private IAsyncEnumerator<ReadOnlyMemory<byte>>? _pieces;
    private ReadOnlyMemory<byte> _piece;
    private long _position;

    public override bool CanRead => true;

    /// <summary>As long as nothing was read.</summary>
    public override bool CanSeek => _pieces is null;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        if (!CanSeek)
        {
            throw new NotSupportedException("Reading has begun.");
        }

        var target = offset + origin switch { SeekOrigin.Current => _position, SeekOrigin.End => length, _ => 0 };
        return _position = target >= 0 ? target : throw new IOException("There is nothing before the beginning.");
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_pieces is null)
        {
            _pieces = open(cancellationToken).GetAsyncEnumerator(cancellationToken);
            await SkipAsync(_position);
        }

        while (_piece.IsEmpty)
        {
            if (!await _pieces.MoveNextAsync())
            {
                return 0;
            }

            _piece = _pieces.Current;
        }

        var count = Math.Min(buffer.Length, _piece.Length);
        _piece[..count].CopyTo(buffer);
        _piece = _piece[count..];
        _position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("It is read asynchronously.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override async ValueTask DisposeAsync()
    {
        if (_pieces is not null)
        {
            await _pieces.DisposeAsync();
        }

        await base.DisposeAsync();
    }

    private async Task SkipAsync(long count)
    {
        while (count > 0 && await _pieces!.MoveNextAsync())
        {
            var piece = _pieces.Current;
            _piece = piece[(int)Math.Min(count, piece.Length)..];
            count -= piece.Length - _piece.Length;
        }
    }
}
