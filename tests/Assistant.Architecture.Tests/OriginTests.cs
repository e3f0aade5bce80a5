using System.Text.RegularExpressions;

namespace Assistant.Architecture.Tests;

/// <summary>Where things come from: nothing third-party is committed, nothing is loaded from elsewhere at run time, and no file is bound to one machine.</summary>
public sealed partial class OriginTests
{
    private const int MaxTextBytes = 400_000;

    [Fact]
    public void No_third_party_asset_is_committed() => Repository.AssertNone(
        ForeignAssets(Repository.Paths), "Front-end packages come from npm at build time, models and binaries from their own place:");

    [Fact]
    public void A_committed_library_is_seen() =>
        Assert.Equal(4, ForeignAssets(["Assistant.Web/wwwroot/lib/x.js", "a/chart.min.js", "a/Inter.woff2", "node_modules/x/index.js", "Assistant.Web/Client/chat.js"]).Count());

    [Fact]
    public void No_file_is_large_enough_to_be_a_bundle_or_a_dump() =>
        Repository.AssertNone(Repository.Files.Where(file => file.Text.Length > MaxTextBytes).Select(file => file.Path), $"More than {MaxTextBytes} characters:");

    [Fact]
    public void A_page_loads_nothing_from_elsewhere() => Repository.AssertNone(
        ForeignLoads(Repository.Files.Where(file => file.IsIn("Assistant.Web"))), "The console and the chat are served whole from their own origin:");

    [Fact]
    public void A_font_from_a_content_network_is_seen()
    {
        SourceFile[] files =
        [
            new("Assistant.Web/a.css", "@import \"https://fonts.example/x.css\";\n.a { background: url(https://img.example/x.png) }"),
            new("Assistant.Web/a.razor", "<script src=\"https://cdn.example/x.js\"></script>\n<link rel=\"stylesheet\" href=\"//cdn.example/x.css\" />\n<a href=\"https://core.telegram.org\">setup</a>"),
            new("Assistant.Web/a.ts", "import x from 'https://esm.example/x';\nimport y from './y';"),
        ];

        Assert.Equal(5, ForeignLoads(files).Count());
    }

    [Fact]
    public void No_file_names_a_package_host_or_a_path_of_one_machine() =>
        Repository.AssertNone(MachineTraces(Repository.Judged), "Package sources and folders belong to the machine's configuration:");

    [Fact]
    public void A_path_of_one_machine_is_seen() =>
        Assert.Single(MachineTraces([new("a.md", "see /home/someone/project"), new("b.md", "app/home/page and /data/work/x")]));

    [Fact]
    public void A_lock_file_with_download_addresses_is_seen() => Assert.Single(MachineTraces(
        [new("package-lock.json", "\"resolved\": \"https://host.example/x/-/x-1.0.0.tgz\",\n\"integrity\": \"sha512-x\",\n\"link\": \"https://example.org\"")]));

    private static IEnumerable<string> ForeignAssets(IEnumerable<string> paths) => paths.Where(path => ForeignAsset().IsMatch(path));

    private static IEnumerable<string> ForeignLoads(IEnumerable<SourceFile> files) =>
        from file in files
        where file.Has(".razor", ".cs", ".css", ".html", ".js", ".ts", ".mjs")
        from line in file.Lines
        where ForeignLoad().IsMatch(line.Text)
        select $"{file.Path}:{line.Number} {line.Text.Trim()}";

    private static IEnumerable<string> MachineTraces(IEnumerable<SourceFile> files) =>
        from file in files
        from line in file.Lines
        where PackageHost().IsMatch(line.Text) || MachinePath().IsMatch(line.Text)
        select $"{file.Path}:{line.Number} {line.Text.Trim()[..Math.Min(160, line.Text.Trim().Length)]}";

    [GeneratedRegex(@"(^|/)(node_modules|wwwroot/lib|bower_components|vendor)/|\.min\.(js|css)$|\.(woff2?|ttf|otf|eot|dll|exe|nupkg|onnx|gguf|so|jar|tgz|zip)$")]
    private static partial Regex ForeignAsset();

    [GeneratedRegex("""(<script[^>]*\ssrc=|<link[^>]*\shref=|<img[^>]*\ssrc=|\burl\(|@import\s+|\bfrom\s+|\bimport\(?\s*)["']?(https?:)?//[a-z0-9]""")]
    private static partial Regex ForeignLoad();

    // By shape, not by name: an archive's address in a lock file, a registry's or a mirror's host anywhere.
    [GeneratedRegex(@"""resolved"":\s*""https?:|https?://(registry|api|deb|security|snapshot|archive|mirrors?|packages?|pypi|index|files)\.[\w.-]*(npm|nuget|yarn|debian|ubuntu|pypi|python|crates)[\w.-]*|(?<!\w)proxy\.golang")]
    private static partial Regex PackageHost();

    [GeneratedRegex(@"(?<![\w.\-}/~])/(home/\w+|root|work)/[\w.]")]
    private static partial Regex MachinePath();
}
