namespace Assistant.Mutation;

/// <summary>The list of filters whose loss a test was seen to find: a line each, with the test behind a tab.</summary>
public static class KilledFilters
{
    /// <summary>Name of the file, beside the project and beside the built program.</summary>
    public const string FileName = "killed.txt";

    /// <summary>Name of the file with the filters that survived or were not tried yet, a line each. It is to become empty.</summary>
    public const string OpenFileName = "open.txt";

    /// <summary>Name of the file with the filters whose loss nobody could notice, each with the reason behind a tab.</summary>
    public const string EquivalentFileName = "equivalent.txt";

    /// <summary>The test, or the reason, by filter.</summary>
    public static SortedDictionary<string, string> Read(string path)
    {
        var killed = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in File.Exists(path) ? File.ReadAllLines(path) : [])
        {
            var parts = line.Split('\t');
            killed.Add(parts[0], parts[1]);
        }

        return killed;
    }

    /// <summary>Writes the list in an order that does not depend on when a filter was tried.</summary>
    public static void Write(string path, SortedDictionary<string, string> killed)
        => File.WriteAllText(path, string.Concat(killed.Select(pair => $"{pair.Key}\t{pair.Value}\n")));
}
