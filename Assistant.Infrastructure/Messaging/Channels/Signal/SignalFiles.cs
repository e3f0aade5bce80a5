using System.Buffers.Text;
using System.Net.Mime;
using System.Text;
using Assistant.Domain.Messaging;
using Assistant.Domain.Wording;

namespace Assistant.Infrastructure.Messaging.Channels.Signal;

/// <summary>Files travel within commands, in base64.</summary>
internal static class SignalFiles
{
    public const long Largest = 20_000_000;

    /// <summary>A file as a command takes it (RFC 2397).</summary>
    public static async Task<string> WriteAsync(OutboundFile file, CancellationToken cancellationToken)
    {
        await using var content = await file.OpenAsync(cancellationToken);
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, cancellationToken);
        var type = MediaTypeHeader(file.MediaType);
        return $"data:{type};filename={Uri.EscapeDataString(file.Name)};base64,{Convert.ToBase64String(bytes.GetBuffer(), 0, (int)bytes.Length)}";
    }

    /// <summary>The file in the answer to a command, while it comes.</summary>
    /// <exception cref="AttachmentUnavailableException">There is none in it.</exception>
    public static async Task<Stream> ReadAsync(Stream answer, CancellationToken cancellationToken)
    {
        var file = new Base64Value(answer);
        if (await file.FindAsync(cancellationToken))
        {
            return file;
        }

        await answer.DisposeAsync();
        throw new AttachmentUnavailableException(Phrase.Of("channel.file-gone", ("name", SignalClient.Messenger)), AttachmentFault.Final);
    }

    private static string MediaTypeHeader(string mediaType)
    {
        var type = mediaType.Split(';')[0].Trim();
        return type.Contains('/', StringComparison.Ordinal) && !type.Contains(',', StringComparison.Ordinal) ? type : MediaTypeNames.Application.Octet;
    }

    /// <summary>The value of "data" in an answer, decoded as it is read.</summary>
    private sealed class Base64Value(Stream answer) : Stream
    {
        private const int MaxHead = 4 * 1024;

        private readonly byte[] _coded = new byte[32 * 1024];
        private readonly byte[] _decoded = new byte[24 * 1024];
        private int _codedCount;
        private int _start;
        private int _end;
        private bool _isOver;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        /// <summary>Reads up to the value.</summary>
        public async Task<bool> FindAsync(CancellationToken cancellationToken)
        {
            while (_codedCount < MaxHead)
            {
                var read = await answer.ReadAsync(_coded.AsMemory(_codedCount), cancellationToken);
                _codedCount += read;
                if (ValueIn(_coded.AsSpan(0, _codedCount)) is { } at)
                {
                    _coded.AsSpan(at, _codedCount - at).CopyTo(_coded);
                    _codedCount -= at;
                    return true;
                }

                if (read == 0)
                {
                    return false;
                }
            }

            return false;
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (_start == _end)
            {
                if (_isOver)
                {
                    return 0;
                }

                await DecodeAsync(cancellationToken);
            }

            var count = Math.Min(buffer.Length, _end - _start);
            _decoded.AsMemory(_start, count).CopyTo(buffer);
            _start += count;
            return count;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
            => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            answer.Dispose();
            base.Dispose(disposing);
        }

        private static int? ValueIn(ReadOnlySpan<byte> head)
        {
            var key = head.IndexOf("\"data\""u8);
            var value = key < 0 ? -1 : head[(key + 6)..].IndexOf((byte)'"');
            return value < 0 || !Encoding.ASCII.GetString(head.Slice(key + 6, value)).Trim().Equals(":", StringComparison.Ordinal) ? null : key + 6 + value + 1;
        }

        private async Task DecodeAsync(CancellationToken cancellationToken)
        {
            var end = Array.IndexOf(_coded, (byte)'"', 0, _codedCount);
            if (end < 0 && _codedCount < _coded.Length)
            {
                var read = await answer.ReadAsync(_coded.AsMemory(_codedCount), cancellationToken);
                if (read == 0)
                {
                    throw new IOException("The file ended before its end.");
                }

                _codedCount += read;
                end = Array.IndexOf(_coded, (byte)'"', 0, _codedCount);
            }

            var usable = end >= 0 ? end : _codedCount - _codedCount % 4;
            _isOver = end >= 0;
            if (Base64.DecodeFromUtf8(_coded.AsSpan(0, usable), _decoded, out var consumed, out var written, _isOver) != System.Buffers.OperationStatus.Done)
            {
                throw new IOException("The file is not what it should be.");
            }

            (_start, _end) = (0, written);
            _coded.AsSpan(consumed, _codedCount - consumed).CopyTo(_coded);
            _codedCount -= consumed;
        }
    }
}
