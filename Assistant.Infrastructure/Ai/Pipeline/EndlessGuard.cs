using Assistant.Infrastructure.Outgoing;

namespace Assistant.Infrastructure.Ai.Pipeline;

/// <summary>
/// Ends an answer that would fill the memory before the pipeline sees anything of it: what is asked of engines is streams of events, and whoever
/// reads one keeps each line until it ends. Bytes count as read, after decompression.
/// </summary>
internal sealed class EndlessGuard(Stream inner) : WatchedStream(inner)
{
    /// <summary>An event is a word or a few; some servers send a whole answer in one.</summary>
    public const int MaxLineBytes = 1 << 20;

    /// <summary>With an event of some 300 bytes for each token that is more than fifty thousand tokens.</summary>
    public const int MaxBytes = 16 << 20;

    private int _total;
    private int _line;

    protected override void Watch(ReadOnlySpan<byte> read)
    {
        _total += read.Length;
        var end = read.LastIndexOfAny((byte)'\n', (byte)'\r');
        _line = end < 0 ? _line + read.Length : read.Length - end - 1;
        if (_total > MaxBytes || _line > MaxLineBytes)
        {
            throw new EngineFaultException(FaultWords.Endless);
        }
    }
}
