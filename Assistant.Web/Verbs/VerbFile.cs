namespace Assistant.Web.Verbs;

/// <summary>A file a verb writes: opened before anything is done that cannot be taken back, its owner's alone, and under its name only when it is whole.</summary>
internal sealed class VerbFile : IAsyncDisposable
{
    // A move would put a file in the place of a device; '/dev/stdout' is written to as it is.
    private static readonly string[] Devices = ["/dev/", "/proc/"];

    private readonly FileStream _content;
    private readonly string _target;
    private readonly string? _aside;

    private VerbFile(string name, string target, FileStream content, string? aside) => (Name, _target, _content, _aside) = (name, target, content, aside);

    public FileStream Content => _content;

    /// <summary>As whoever asked for it wrote it.</summary>
    public string Name { get; }

    /// <summary>What is there stays as it is until <see cref="KeepAsync"/>.</summary>
    /// <exception cref="IOException">Nothing can be written there.</exception>
    /// <exception cref="UnauthorizedAccessException">Nothing may be written there.</exception>
    public static VerbFile Open(string path)
    {
        var target = Path.GetFullPath(path);
        if (Directory.Exists(target))
        {
            throw new IOException($"'{path}' is a folder.");
        }

        // Without a buffer, closing it has nothing left to write, and so nothing to fail at.
        if (!OperatingSystem.IsWindows() && Array.Exists(Devices, folder => target.StartsWith(folder, StringComparison.Ordinal)))
        {
            return new VerbFile(path, target, new FileStream(target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0), aside: null);
        }

        var mine = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            mine.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var aside = $"{target}.{Guid.CreateVersion7():N}.part";
        return new VerbFile(path, target, new FileStream(aside, mine), aside);
    }

    /// <summary>Gives the file its name, in the place of what was there. Write nothing after it.</summary>
    /// <exception cref="IOException">It could not be written to its end, or not be given its name.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be given its name.</exception>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_aside is not null)
        {
            _content.Flush(flushToDisk: true); // before it takes the place of what was there
        }

        await _content.DisposeAsync();
        if (_aside is not null)
        {
            File.Move(_aside, _target, overwrite: true);
        }
    }

    /// <summary>Leaves nothing behind of a file that was not kept.</summary>
    public async ValueTask DisposeAsync()
    {
        await _content.DisposeAsync();
        if (_aside is not null)
        {
            File.Delete(_aside);
        }
    }
}
