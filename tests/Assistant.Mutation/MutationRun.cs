using System.Text.Json;

namespace Assistant.Mutation;

/// <summary>What is run and where.</summary>
/// <param name="Built">The folder with the built tests of the stores.</param>
/// <param name="Folder">Where the changed copy lies.</param>
/// <param name="Killed">The list that is kept.</param>
/// <param name="Starter">Words in front of each test process.</param>
/// <param name="All">Whether filters are tried again that are in the list.</param>
/// <param name="Only">A word that the names of the filters hold, or <see langword="null"/> for any.</param>
internal sealed record MutationOptions(string Built, string Folder, string Killed, string[] Starter, bool All, string? Only)
{
    /// <summary>The assembly with the filters.</summary>
    public string Assembly => Path.Combine(Built, Library);

    /// <summary>File name of the assembly with the filters.</summary>
    public const string Library = "Assistant.Infrastructure.dll";
}

/// <summary>Tries the filters: the class that meets the fewest filters and this one first, in the end all that meet it in one process.</summary>
internal sealed class MutationRun(MutationOptions options)
{
    // One class after the other costs a start each; whatever these do not see, one process of all the others has to.
    private const int Alone = 3;

    private readonly StoreTests _tests = new(options.Folder, options.Starter);

    public async Task<int> RunAsync()
    {
        Console.WriteLine("PostgreSQL is left out: its row-level security answers where a filter is gone, so only SQLite shows that a test would notice.");
        Copy();
        var filters = TenantFilters.Switch(options.Assembly, Path.Combine(options.Folder, MutationOptions.Library));
        var killed = KilledFilters.Read(options.Killed);
        foreach (var gone in killed.Keys.Except(filters).ToList())
        {
            killed.Remove(gone);
        }

        var wanted = filters.Where(f => (options.All || !killed.ContainsKey(f)) && (options.Only is null || f.Contains(options.Only, StringComparison.Ordinal))).ToList();
        var met = wanted.Count > 0 ? await MetAsync() : [];
        foreach (var filter in wanted)
        {
            killed.Remove(filter);
            if (await TryAsync(filter, met) is { } test)
            {
                killed[filter] = test;
            }

            KilledFilters.Write(options.Killed, killed);
        }

        var survivors = filters.Where(filter => !killed.ContainsKey(filter)).ToList();
        Console.WriteLine($"{filters.Count} tenant filters, {filters.Count - survivors.Count} killed, {survivors.Count} survived");
        return survivors.Count == 0 ? 0 : 1;
    }

    private async Task<string?> TryAsync(string filter, Dictionary<string, string[]> met)
    {
        // A class that meets little is about this filter.
        var classes = met.Where(pair => pair.Value.Contains(filter)).OrderBy(pair => pair.Value.Length).Select(pair => pair.Key).ToList();
        string[][] turns = [.. classes.Take(Alone).Select(name => new[] { name }), [.. classes.Skip(Alone)]];
        foreach (var turn in turns.Where(turn => turn.Length > 0))
        {
            var run = await _tests.WithoutAsync(filter, turn);
            if (run.Failed is { } test)
            {
                Console.WriteLine($"killed    {filter}\n          by {test}");
                return test;
            }

            if (run.Problem is { } problem)
            {
                Console.WriteLine($"unclear   {filter}\n          {problem}");
            }
        }

        Console.WriteLine($"SURVIVED  {filter}\n          met by {classes.Count} classes");
        return null;
    }

    // Which classes meet which filters takes a run of each class, so it is kept for as long as the built tests are the same.
    private async Task<Dictionary<string, string[]>> MetAsync()
    {
        var kept = Path.Combine(options.Folder, "met.json");
        var built = File.GetLastWriteTimeUtc(Path.Combine(options.Built, "Assistant.Infrastructure.Tests.dll"));
        if (File.Exists(kept) && File.GetLastWriteTimeUtc(kept) > built)
        {
            return JsonSerializer.Deserialize<Dictionary<string, string[]>>(await File.ReadAllTextAsync(kept))!;
        }

        var met = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var testClass in await _tests.ClassesAsync())
        {
            met[testClass] = [.. await _tests.MetByAsync(testClass)];
            Console.WriteLine($"{met[testClass].Length,5} filters met by {testClass}");
        }

        await File.WriteAllTextAsync(kept, JsonSerializer.Serialize(met));
        return met;
    }

    private void Copy()
    {
        foreach (var file in Directory.EnumerateFiles(options.Built, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(options.Folder, Path.GetRelativePath(options.Built, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }
    }
}
