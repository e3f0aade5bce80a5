using Assistant.Infrastructure.Persistence;

namespace Assistant.Infrastructure;

/// <summary>
/// Keeps two processes from serving out of one data folder: they would send each other's replies a second time. The system lets go of it
/// when the process ends, however it ends.
/// </summary>
internal sealed class ServingLock(DataFolder folder) : IDisposable
{
    private FileStream? _file;

    /// <exception cref="InstallationException">Another process holds it.</exception>
    public void Take()
    {
        try
        {
            _file ??= new FileStream(Path.Combine(folder.Path, "serving.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error)
        {
            throw new InstallationException(
                $"Another process is serving from {folder.Path}. Stop it first, or give this one a folder of its own with ASSISTANT_DATA.", error);
        }
    }

    /// <summary>Lets others serve. Nothing happens when this process does not hold it.</summary>
    public void Release()
    {
        _file?.Dispose();
        _file = null;
    }

    public void Dispose() => Release();
}
