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

    public string FullPath => path;

    public async Task<ProvisioningReading> ReadAsync(CancellationToken cancellationToken)
    {
        string text;
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxBytes })
            {
                return Broken("The file is larger than 1 MB.");
            }

            text = await File.ReadAllTextAsync(path, cancellationToken);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return isNamed ? Broken("The file does not exist.") : new(false, ProvisioningPlan.Empty, [], Stamp([]));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Broken($"The file cannot be read: {error.Message}");
        }

        var known = (await tenants.ListAsync(cancellationToken)).Select(t => t.Id).ToHashSet();
        var references = new References(Path.GetDirectoryName(path)!, Environment.GetEnvironmentVariable);
        var (plan, problems) = reader.Read(text, Path.GetFileName(path), references, known);
        return new(true, plan, problems, Stamp(references.Files));
    }

    /// <summary>Changes when the file or one of <paramref name="others"/> does; costs a look at the directory.</summary>
    public string Stamp(IEnumerable<string> others) => string.Join('|', others.Prepend(path).Select(Stamp));

    private static string Stamp(string file)
        => new FileInfo(file) is { Exists: true } info ? $"{info.Length}:{info.LastWriteTimeUtc.Ticks}" : "absent";

    private ProvisioningReading Broken(string message)
        => new(File.Exists(path), ProvisioningPlan.Empty, [new(Path.GetFileName(path), 1, 1, message)], Stamp([]));
}
