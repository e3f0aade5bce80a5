namespace Assistant.Testing.Messaging;

/// <summary>The content of a file that takes its time: nothing comes before that.</summary>
public sealed class SlowFile(byte[] content, TimeSpan duration) : MemoryStream(content, writable: false)
{
    private bool _hasWaited;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_hasWaited)
        {
            _hasWaited = true;
            await Task.Delay(duration, TimeProvider.System, cancellationToken);
        }

        return await base.ReadAsync(buffer, cancellationToken);
    }
}
