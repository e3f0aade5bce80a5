using System.Text.RegularExpressions;

namespace Assistant.Mutation;

/// <summary>What is run and where.</summary>
/// <param name="Built">The folder with the built tests of the stores.</param>
/// <param name="Folder">Where the changed copy lies.</param>
/// <param name="Killed">The list that is kept.</param>
/// <param name="Starter">Words in front of each test process.</param>
/// <param name="All">Whether filters are tried again that are in the list.</param>
/// <param name="Only">A word that the names of the filters hold, or <see langword="null"/> for any.</param>
/// <param name="By">A word that the names of the test classes hold, or <see langword="null"/> for any.</param>
internal sealed record MutationOptions(string Built, string Folder, string Killed, string[] Starter, bool All, string? Only, string? By)
{
    /// <summary>File name of the assembly with the filters.</summary>
    public const string Library = "Assistant.Infrastructure.dll";

    /// <summary>The assembly with the filters.</summary>
    public string Assembly => Path.Combine(Built, Library);
}

/// <summary>Tries the filters: the classes that are most likely about one first, and then all that meet it.</summary>
internal sealed partial class MutationRun(MutationOptions options) : IDisposable
{
    private readonly StoreTests _tests = new(options.Folder, options.Starter);
    private readonly Dictionary<string, string[]?> _met = new(StringComparer.Ordinal);

    public void Dispose() => _tests.Dispose();

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

        var equivalent = KilledFilters.Read(Path.Combine(Path.GetDirectoryName(options.Killed)!, KilledFilters.EquivalentFileName)).Keys;
        var wanted = filters.Where(f => !equivalent.Contains(f) && (options.All || !killed.ContainsKey(f)) && (options.Only is null || f.Contains(options.Only, StringComparison.Ordinal))).ToList();
        var classes = wanted.Count > 0 ? await _tests.ClassesAsync() : [];
        classes.RemoveAll(name => options.By is { } by && !name.Contains(by, StringComparison.Ordinal));
        foreach (var filter in wanted.OrderBy(IsKept).ThenBy(filter => Likely(filter, classes).FirstOrDefault(), StringComparer.Ordinal))
        {
            killed.Remove(filter);
            if (await TryAsync(filter, Likely(filter, classes)) is { } test)
            {
                killed[filter] = test;
            }

            await WriteAsync(); // whatever moment it is stopped at, the lists are true
        }

        var open = await WriteAsync();
        var survived = open.Intersect(wanted).Count();
        Console.WriteLine($"{filters.Count} tenant filters, {killed.Count} killed, {equivalent.Count} equivalent, {survived} survived, {open.Count - survived} not tried");
        return open.Count == 0 ? 0 : 1;

        async Task<List<string>> WriteAsync()
        {
            var unproven = filters.Where(filter => !killed.ContainsKey(filter) && !equivalent.Contains(filter)).Order(StringComparer.Ordinal).ToList();
            KilledFilters.Write(options.Killed, killed);
            await File.WriteAllLinesAsync(Path.Combine(Path.GetDirectoryName(options.Killed)!, KilledFilters.OpenFileName), unproven);
            return unproven;
        }
    }

    private async Task<string?> TryAsync(string filter, IEnumerable<string> classes)
    {
        var meeting = 0;
        foreach (var testClass in classes)
        {
            if (!await MeetsAsync(testClass, filter))
            {
                continue;
            }

            meeting++;
            var answer = await _tests.AskAsync(new TestRequest(filter, [testClass], IsKept(filter)));
            if (answer.Failed is { } test)
            {
                Console.WriteLine($"killed    {filter}\n          by {test}");
                return test;
            }

            if (answer.Code != 0)
            {
                Console.WriteLine($"unclear   {filter}\n          ended with {answer.Code}: {answer.Output}");
            }
        }

        Console.WriteLine($"SURVIVED  {filter}\n          met by {meeting} classes");
        return null;
    }

    // Learnt when it is first asked, from a run with every filter in its place. What is kept is met only by the first class of a process.
    private async Task<bool> MeetsAsync(string testClass, string filter)
    {
        if (!_met.TryGetValue(testClass, out var met))
        {
            var answer = await _tests.AskAsync(new TestRequest(null, [testClass]));
            if (answer.Code != 0)
            {
                Console.WriteLine($"left out  {testClass}, which fails with every filter in its place:\n{answer.Output}");
            }

            _met.Add(testClass, met = answer.Code == 0 ? answer.Met : null);
        }

        return met is not null && (IsKept(filter) ? Likeness(filter, testClass) > 0 || met.Any(other => IsBeside(other, filter)) : met.Contains(filter));
    }

    // Of the same type of the stores: whoever meets one may have met the other, had it been first.
    private static bool IsBeside(string filter, string other) => !IsOfRows(other) && TypeOf(filter) == TypeOf(other);

    private static string TypeOf(string filter)
    {
        var member = filter[..filter.IndexOf(": ", StringComparison.Ordinal)];
        return member[..member.LastIndexOf('.')].TrimEnd('.'); // the name of a constructor has a dot of its own
    }

    private static IOrderedEnumerable<string> Likely(string filter, IEnumerable<string> classes)
        => classes.OrderByDescending(name => Likeness(filter, name)).ThenBy(name => name, StringComparer.Ordinal);

    private static int Likeness(string filter, string testClass)
        => IsOfRows(filter)
            ? testClass.EndsWith(".TenantQueryFilterTests", StringComparison.Ordinal) ? 1 : 0
            : Words(filter[..filter.IndexOf(": ", StringComparison.Ordinal)]).Intersect(Words(testClass)).Count();

    private static IEnumerable<string> Words(string name) => Word().Matches(name).Select(match => match.Value);

    private static bool IsOfRows(string filter) => filter.Contains(": rows of ", StringComparison.Ordinal);

    private static bool IsKept(string filter)
        => IsOfRows(filter) || filter.Contains("..cctor: ", StringComparison.Ordinal) || filter.Contains("..ctor: ", StringComparison.Ordinal);

    private void Copy()
    {
        foreach (var file in Directory.EnumerateFiles(options.Built, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(options.Folder, Path.GetRelativePath(options.Built, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }
    }

    [GeneratedRegex("[A-Z][a-z]+")]
    private static partial Regex Word();
}
