using Assistant.Domain.Provisioning;
using Assistant.Domain.Tenancy;

namespace Assistant.Infrastructure.Provisioning;

/// <summary>What one reading of the file gave.</summary>
/// <param name="Stamp">Changes with the content of the file and of every file it references.</param>
internal sealed record ProvisioningReading(
    bool Exists, ProvisioningPlan Plan, IReadOnlyList<ProvisioningProblem> Problems, string Stamp);

/// <summary><c>assistant.yaml</c> on disk.</summary>
/// <param name="path">Absolute.</param>
/// <param name="isNamed">Somebody named the file, so it must exist.</param>
internal sealed class ProvisioningFile(string path, bool isNamed, ProvisioningReader reader, ITenantDirectory tenants)
{
    private const long MaxBytes = 1 << 20;
    private const int MaxLinks = 40; // as many as Linux follows

    public string FullPath => path;

    public Task<ProvisioningReading> ReadAsync(CancellationToken cancellationToken)
        => ReadAsync(async () => (await tenants.ListAsync(cancellationToken)).Select(t => t.Id).ToHashSet(), cancellationToken);

    /// <summary>The same without asking the database: any tenant that is named is taken for one that is stored.</summary>
    public Task<ProvisioningReading> ReadAloneAsync(CancellationToken cancellationToken)
        => ReadAsync(() => Task.FromResult<HashSet<TenantId>?>(null), cancellationToken);

    private async Task<ProvisioningReading> ReadAsync(Func<Task<HashSet<TenantId>?>> findTenants, CancellationToken cancellationToken)
    {
        // Before it is read, as of each file it references: what changes meanwhile has another stamp and is read next.
        var stamp = StampOf(path);
        string text;
        if (Directory.Exists(path))
        {
            return Broken("This is a folder, as Docker makes one where a file to mount is missing. Remove it and put the file in its place.", stamp);
        }

        try
        {
            if (Behind(path) is { Exists: true, Length: > MaxBytes })
            {
                return Broken("The file is larger than 1 MB.", stamp);
            }

            text = await File.ReadAllTextAsync(path, cancellationToken);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return isNamed ? Broken("The file does not exist.", stamp) : new(false, ProvisioningPlan.Empty, [], stamp);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Broken($"The file cannot be read: {error.Message}", stamp);
        }

        var known = await findTenants();
        var references = new References(Path.GetDirectoryName(path)!, Environment.GetEnvironmentVariable);
        var (plan, problems) = reader.Read(text, Path.GetFileName(path), references, known);
        return new(true, plan, problems, Join(references.Stamps.Prepend(stamp)));
    }

    /// <summary>Changes when the file or one of <paramref name="others"/> does; costs a look at the directory.</summary>
    public string Stamp(IEnumerable<string> others) => Join(others.Prepend(path).Select(StampOf));

    /// <summary>Changes when the file does, or when a link on the way to it leads elsewhere.</summary>
    internal static string StampOf(string file)
        => Behind(file) is { Exists: true } info ? $"{info.FullName}:{info.Length}:{info.LastWriteTimeUtc.Ticks}" : "absent";

    // A link has a length and a time of its own, which stay as they are. Kubernetes swaps the link of a folder on the way, and in some
    // stores every file has the same time: the path without any links tells those apart.
    private static FileInfo? Behind(string file)
    {
        try
        {
            var links = 0;
            return new FileInfo(WithoutLinks(file, ref links));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // a link leads nowhere, or in a circle
        }
    }

    private static string WithoutLinks(string file, ref int links)
    {
        if (Path.GetDirectoryName(file) is not { } folder)
        {
            return file;
        }

        var here = Path.Combine(WithoutLinks(folder, ref links), Path.GetFileName(file));
        return File.ResolveLinkTarget(here, returnFinalTarget: false) is not { } target ? here
            : ++links <= MaxLinks ? WithoutLinks(target.FullName, ref links)
            : throw new IOException("The links lead in a circle.");
    }

    private static string Join(IEnumerable<string> stamps) => string.Join('|', stamps);

    private ProvisioningReading Broken(string message, string stamp)
        => new(File.Exists(path), ProvisioningPlan.Empty, [new(Path.GetFileName(path), 1, 1, message)], stamp);
}
