using MailKit;

namespace Assistant.Infrastructure.Messaging.Channels.Email;

/// <summary>A token that ends when the caller gives up, or when it has taken too long: since the start, or since bytes came, where somebody reports them.</summary>
internal sealed class Patience : IDisposable, ITransferProgress
{
    private readonly TimeSpan _limit;
    private readonly CancellationTokenSource _time;
    private readonly CancellationTokenSource _either;

    public Patience(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        _limit = limit;
        _time = new CancellationTokenSource(limit, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_time.Token, cancellationToken);
    }

    public CancellationToken Token => _either.Token;

    /// <inheritdoc />
    public void Report(long bytesTransferred, long totalSize) => Report(bytesTransferred);

    /// <inheritdoc />
    public void Report(long bytesTransferred) => _time.CancelAfter(_limit);

    public void Dispose()
    {
        _either.Dispose();
        _time.Dispose();
    }
}
