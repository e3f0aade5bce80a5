using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Assistant.Architecture.Tests;

/// <summary>One file of the tree.</summary>
/// <param name="Path">From the root, with forward slashes.</param>
internal sealed record SourceFile(string Path, string Text)
{
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    public string Folder => Path.Contains('/', StringComparison.Ordinal) ? Path[..Path.LastIndexOf('/')] : "";

    public IEnumerable<(int Number, string Text)> Lines => Text.Split('\n').Select((line, index) => (index + 1, line.TrimEnd('\r')));

    public bool Has(params ReadOnlySpan<string> endings)
    {
        foreach (var ending in endings)
        {
            if (Path.EndsWith(ending, StringComparison.Ordinal)) return true;
        }

        return false;
    }

    public bool IsIn(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    /// <summary>Written by a tool: neither its names nor its length are ours.</summary>
    public bool IsGenerated => Path.Contains("/Migrations/", StringComparison.Ordinal) || Name == "package-lock.json";
}

/// <summary>The files that are, or are about to be, in the repository.</summary>
internal static class Repository
{
    private static readonly string[] BinaryEndings = [".png", ".onnx", ".ico", ".jpg", ".webp"];

    public static string Root { get; } = FindRoot();

    /// <summary>Paths of all tracked files and of new ones that are not ignored.</summary>
    public static IReadOnlyList<string> Paths { get; } =
        [.. Git("ls-files", "--cached", "--others", "--exclude-standard").Where(path => File.Exists(System.IO.Path.Combine(Root, path))).Distinct()];

    /// <summary>All text files.</summary>
    public static IReadOnlyList<SourceFile> Files { get; } =
        [.. Paths.Where(path => !BinaryEndings.Any(ending => path.EndsWith(ending, StringComparison.Ordinal))).Select(path => new SourceFile(path, Read(path)))];

    /// <summary>Hand-written C# of the product and its tests.</summary>
    public static IReadOnlyList<SourceFile> Code { get; } = [.. Files.Where(file => file.Has(".cs") && !file.IsGenerated)];

    /// <summary>All text files but these tests, which quote what they forbid.</summary>
    public static IReadOnlyList<SourceFile> Judged { get; } = [.. Files.Where(file => !file.IsIn("tests/Assistant.Architecture.Tests"))];

    public static string Read(string path) => File.ReadAllText(System.IO.Path.Combine(Root, path));

    /// <summary>Fails with every violation on a line of its own.</summary>
    public static void AssertNone(IEnumerable<string> violations, string rule)
    {
        var found = violations.ToList();
        Assert.True(found.Count == 0, $"{rule}\n  {string.Join("\n  ", found)}");
    }

    private static string FindRoot([CallerFilePath] string here = "")
    {
        for (var folder = new FileInfo(here).Directory; folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Assistant.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException("The tests run from a checkout: no Assistant.sln was found above them.");
    }

    private static string[] Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-c", "safe.directory=*", "-c", "core.quotepath=off", .. arguments]) { WorkingDirectory = Root, RedirectStandardOutput = true };
        using var git = Process.Start(start) ?? throw new InvalidOperationException("git did not start.");
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return git.ExitCode == 0 ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries) : throw new InvalidOperationException($"git {arguments[0]} failed.");
    }
}
