using System.Threading.Channels;

namespace Assistant.Infrastructure.Messaging.Channels.Xmpp;

/// <summary>How far an archive is read.</summary>
/// <param name="Id">Of the last message, in that archive.</param>
/// <param name="At">When that came, for an archive that no longer has it; <see langword="null"/> when it is not known.</param>
internal sealed record XmppMark(string Archive, string Id, DateTimeOffset? At);

/// <summary>Something did not get stored: what was not acknowledged comes again.</summary>
internal sealed class XmppNotStoredException(Exception inner) : Exception(inner.Message, inner);

/// <summary>What was received, in its order, until it is dealt with. One thread adds, one commits.</summary>
internal sealed class XmppReceived
{
    private const int SavedTogether = 50;

    private Channel<Task<XmppMark?>> _arrived = NewQueue();
    private uint _handled;

    /// <summary>How many stanzas of the stream are dealt with. The count goes round.</summary>
    public uint Handled => Volatile.Read(ref _handled);

    /// <summary>How many wait.</summary>
    public int Waiting => _arrived.Reader.Count;

    /// <summary>A new line: what was not dealt with on the old one comes again.</summary>
    public void BeginLine() => _arrived = NewQueue();

    /// <summary>A new stream is counted from its beginning.</summary>
    public void BeginStream() => Volatile.Write(ref _handled, 0);

    public void Add(Task<XmppMark?> work) => _arrived.Writer.TryWrite(work);

    /// <summary>The one place where anything counts as dealt with: in order, and nothing behind what failed.</summary>
    /// <param name="save">Keeps how far archives are read.</param>
    /// <param name="announce">Says that everything received is dealt with.</param>
    /// <exception cref="XmppNotStoredException">Dealing with one failed, or <paramref name="save"/> did.</exception>
    public async Task CommitAsync(Func<IReadOnlyCollection<XmppMark>, Task> save, Func<Task> announce, CancellationToken cancellationToken)
    {
        Dictionary<string, XmppMark> marks = [];
        var arrived = _arrived.Reader;
        await foreach (var work in arrived.ReadAllAsync(cancellationToken))
        {
            try
            {
                if (await work.WaitAsync(cancellationToken) is { } mark)
                {
                    marks[mark.Archive] = mark;
                }

                if (marks.Count > 0 && (arrived.Count == 0 || _handled % SavedTogether == 0))
                {
                    await save(marks.Values);
                    marks.Clear();
                }
            }
            catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
            {
                throw new XmppNotStoredException(fault);
            }

            Interlocked.Increment(ref _handled);
            if (arrived.Count == 0)
            {
                await announce();
            }
        }
    }

    private static Channel<Task<XmppMark?>> NewQueue() => Channel.CreateUnbounded<Task<XmppMark?>>();
}
