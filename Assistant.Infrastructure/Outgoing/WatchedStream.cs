namespace Assistant.Infrastructure.Outgoing;

/// <summary>A stream of which every piece is looked at as it is read.</summary>
internal abstract class WatchedStream(Stream inner) : ForwardStream(inner)
{
    public override int Read(Span<byte> buffer)
    {
        var read = Inner.Read(buffer);
        Watch(buffer[..read]);
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await Inner.ReadAsync(buffer, cancellationToken);
        Watch(buffer.Span[..read]);
        return read;
    }

    /// <summary>Looks at the next bytes, and throws when they are enough.</summary>
    protected abstract void Watch(ReadOnlySpan<byte> read);
}

/// <summary>Puts streams around answers.</summary>
internal static class WatchedAnswers
{
    /// <summary>From here on the body is read through the stream that <paramref name="watch"/> puts around it; its headers stay.</summary>
    public static async Task WatchAsync(this HttpResponseMessage response, Func<Stream, ForwardStream> watch, CancellationToken cancellationToken)
    {
        var content = new StreamContent(watch(await response.Content.ReadAsStreamAsync(cancellationToken)));
        foreach (var (name, values) in response.Content.Headers)
        {
            content.Headers.TryAddWithoutValidation(name, values);
        }

        response.Content = content;
    }
}
