using Assistant.Infrastructure.Audit.Witnesses;
using Assistant.Infrastructure.Persistence;
using Assistant.Infrastructure.Security.Sealing;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Backups;

/// <summary>What of the data folder belongs to a backup beside the database. The master key does not, and <c>assistant.yaml</c> is the operator's.</summary>
internal sealed class InstallationFiles(DataFolder folder, IOptions<WitnessOptions> witness)
{
    public const string SessionKeys = "session-keys";
    public const string Witness = "audit-witness";
    public const string Name = "installation-id";

    /// <summary>Paths below the data folder, of what is there now. Checkpoints only where they are kept there.</summary>
    public IEnumerable<string> List()
    {
        IEnumerable<string> found = [.. new[] { Name, PassphraseKey.FileName }.Where(name => File.Exists(PathOf(name))), .. In(SessionKeys, "*.xml")];
        return string.IsNullOrEmpty(witness.Value.Folder) ? found.Concat(In(Witness, "*.checkpoints")) : found;
    }

    /// <summary>The name of the installation whose files these are; empty when it has none.</summary>
    public string ReadName() => File.Exists(PathOf(Name)) ? File.ReadAllText(PathOf(Name)).Trim() : "";

    public string PathOf(string name) => Path.Combine(folder.Path, name);

    /// <summary>What a restore sets aside.</summary>
    /// <remarks>
    /// Checkpoints of this same installation stay: they remember how far its log had come, which an older backup cannot know. Those of another
    /// one go with it.
    /// </remarks>
    public IEnumerable<string> Outgoing(string installation, IReadOnlyCollection<string> incoming)
    {
        foreach (var name in new[] { Name, PassphraseKey.FileName }.Where(incoming.Contains))
        {
            yield return name;
        }

        yield return SessionKeys;
        if (IsForeign(installation))
        {
            yield return Witness;
        }
    }

    /// <summary>Whether a file of a backup is to be put there.</summary>
    public bool Takes(string installation, string name)
        => !name.StartsWith($"{Witness}/", StringComparison.Ordinal) || IsForeign(installation) || !File.Exists(PathOf(name));

    private bool IsForeign(string installation) => ReadName() is { Length: > 0 } own && own != installation;

    private IEnumerable<string> In(string name, string pattern)
        => Directory.Exists(PathOf(name)) ? Directory.EnumerateFiles(PathOf(name), pattern).Select(path => $"{name}/{Path.GetFileName(path)}").Order(StringComparer.Ordinal) : [];
}
