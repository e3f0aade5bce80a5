using System.Text.RegularExpressions;

namespace Assistant.Architecture.Tests;

/// <summary>What a reviewer would say about single lines and single files.</summary>
public sealed partial class CodeTests
{
    private const int MaxLines = 400;

    // The guard itself, and the doctor, which asks this program's own health on an address of its settings.
    private static readonly string[] OwnAddress = ["OutgoingHttp.cs", "ListenDiagnostic.cs"];

    private static IEnumerable<SourceFile> Code => Repository.Judged.Where(file => file.Has(".cs") && !file.IsGenerated);

    [Fact]
    public void Nothing_is_async_void() => Repository.AssertNone(Matches(Code, AsyncVoid()), "An exception in async void ends the process:");

    [Fact]
    public void An_async_void_method_is_seen() => Assert.Single(Matches([new("A.cs", "private async void OnClick() { }")], AsyncVoid()));

    [Fact]
    public void Requests_go_out_through_the_guard() => Repository.AssertNone(
        Matches(Code.Where(file => file.IsIn("Assistant.Infrastructure") || file.IsIn("Assistant.Web")).Where(file => !OwnAddress.Contains(file.Name)), Unguarded()),
        "Take a handler from OutgoingHttp, which judges where it connects to:");

    [Fact]
    public void A_request_past_the_guard_is_seen() =>
        Assert.Equal(2, Matches([new("A.cs", "new SocketsHttpHandler()\nnew HttpClient { Timeout = x }\nnew HttpClient(handler)")], Unguarded()).Count());

    [Fact]
    public void What_a_person_types_is_never_written_back_over_it() => Repository.AssertNone(
        WrittenBack(Repository.Files.Where(file => file.Has(".razor"))),
        "Use @bind:get, @bind:set and @bind:event: with value and @oninput a late answer of the server undoes what was typed since:");

    [Fact]
    public void A_field_that_is_written_back_is_seen() => Assert.Single(WrittenBack(
        [new("A.razor", "<input value=\"@X\" class=\"a\"\n  @oninput=\"Y\" />\n<input @oninput=\"Y\" />\n<input @bind:get=\"X\" @bind:event=\"oninput\" />")]));

    [Fact]
    public void Stores_seal_through_the_writes_that_check_the_key() => Repository.AssertNone(
        Matches(Code.Where(file => file.IsIn("Assistant.Infrastructure") && !file.IsIn("Assistant.Infrastructure/Security/Sealing")), Sealing()),
        "A value sealed outside SealedWrites may be stored after its key is gone:");

    [Fact]
    public void A_store_that_seals_by_itself_is_seen() =>
        Assert.Single(Matches([new("A.cs", "var bytes = await sealer.SealAsync(tenant, place, secret, ct);")], Sealing()));

    [Fact]
    public void Settings_say_what_they_may_be() => Repository.AssertNone(
        Unbounded(Code.Where(file => file.Name.EndsWith("Options.cs", StringComparison.Ordinal))), "A wrong value must stop the start: say the [Range].");

    [Fact]
    public void A_setting_without_bounds_is_seen() => Assert.Equal(["AOptions.cs:3 public int B { get; set; }"], Unbounded(
        [new("AOptions.cs", "[Range(1, 2)]\npublic int A { get; set; }\npublic int B { get; set; }\npublic string C { get; set; }")]));

    [Fact]
    public void Work_left_for_later_names_its_issue() => Repository.AssertNone(Matches(Code, Later()), "Write the issue's number behind it, (#12), or do it now:");

    [Fact]
    public void A_note_for_later_without_an_issue_is_seen() =>
        Assert.Single(Matches([new("A.cs", "// TODO later\n// TODO (#12) later")], Later()));

    [Fact]
    public void No_warning_is_silenced_in_code() => Repository.AssertNone(
        Matches(Code, SilencedBan()).Concat(Matches(Repository.Files.Where(file => file.Has(".csproj", ".props")), SilencedProject())),
        "Banned symbols and errors stay on; scope a suppression to one rule and one place, with a reason:");

    [Fact]
    public void A_silenced_ban_is_seen()
    {
        Assert.Single(Matches([new("A.cs", "#pragma warning disable RS0030")], SilencedBan()));
        Assert.Single(Matches([new("A.csproj", "<TreatWarningsAsErrors>false</TreatWarningsAsErrors>")], SilencedProject()));
    }

    [Fact]
    public void No_file_is_longer_than_a_reader_holds_in_mind() =>
        Repository.AssertNone(TooLong(Repository.Files), $"Look for the missing noun: more than {MaxLines} lines.");

    [Fact]
    public void A_long_file_is_seen() =>
        Assert.Single(TooLong([new("A.cs", new string('\n', MaxLines + 1)), new("B.cs", "short"), new("Migrations/x.md", new string('\n', 9999))]));

    [Fact]
    public void Public_types_of_the_domain_are_documented() =>
        Repository.AssertNone(Undocumented(Code.Where(file => file.IsIn("Assistant.Domain"))), "Say what a caller may rely on:");

    [Fact]
    public void An_undocumented_public_type_is_seen()
    {
        const string Text = """
            /// <summary>Fine.</summary>
            [Flags]
            public enum Fine { }

            public sealed record Bare(int X);
            internal sealed class Ours;
            """;

        Assert.Equal(["Assistant.Domain/A.cs:5 public sealed record Bare(int X);"], Undocumented([new("Assistant.Domain/A.cs", Text)]));
    }

    [Fact]
    public void Banned_symbols_are_wired_into_every_project()
    {
        var properties = Repository.Read("Directory.Build.props");
        Assert.Contains("Microsoft.CodeAnalysis.BannedApiAnalyzers", properties, StringComparison.Ordinal);
        Assert.Contains("BannedSymbols.txt", properties, StringComparison.Ordinal);
        Assert.Contains("<TreatWarningsAsErrors>true</TreatWarningsAsErrors>", properties, StringComparison.Ordinal);

        var banned = Repository.Read("BannedSymbols.txt");
        string[] expected = ["P:System.DateTime.UtcNow", "P:System.DateTimeOffset.UtcNow", "M:System.Guid.NewGuid", "P:System.Threading.Tasks.Task`1.Result", "M:System.Threading.Tasks.Task.Wait"];
        Assert.All(expected, symbol => Assert.Contains(symbol, banned, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Matches(IEnumerable<SourceFile> files, Regex pattern) =>
        from file in files from line in file.Lines where pattern.IsMatch(line.Text) select $"{file.Path}:{line.Number} {line.Text.Trim()}";

    private static IEnumerable<string> Unbounded(IEnumerable<SourceFile> files)
    {
        foreach (var file in files)
        {
            var before = "";
            foreach (var line in file.Lines)
            {
                if (Measure().IsMatch(line.Text) && !before.Contains("[Range(", StringComparison.Ordinal)) yield return $"{file.Path}:{line.Number} {line.Text.Trim()}";
                before = line.Text;
            }
        }
    }

    private static IEnumerable<string> WrittenBack(IEnumerable<SourceFile> files) =>
        from file in files from Match field in Field().Matches(file.Text)
        where WritesValue().IsMatch(field.Value) && field.Value.Contains("@oninput", StringComparison.Ordinal)
        select $"{file.Path} {field.Value.ReplaceLineEndings(" ")}";

    private static IEnumerable<string> TooLong(IEnumerable<SourceFile> files) =>
        from file in files
        where file.Has(".cs", ".razor") && !file.IsGenerated
        let count = file.Lines.Count()
        where count > MaxLines
        select $"{file.Path} has {count} lines";

    private static IEnumerable<string> Undocumented(IEnumerable<SourceFile> files)
    {
        foreach (var file in files)
        {
            var before = "";
            foreach (var line in file.Lines)
            {
                if (PublicType().IsMatch(line.Text) && !before.StartsWith("///", StringComparison.Ordinal)) yield return $"{file.Path}:{line.Number} {line.Text}";
                // Attributes stand between a type and its documentation.
                if (!line.Text.StartsWith('[')) before = line.Text;
            }
        }
    }

    [GeneratedRegex(@"\basync\s+void\b")]
    private static partial Regex AsyncVoid();

    [GeneratedRegex(@"\bpublic\s+(?:TimeSpan|int|long|double)\s+\w+\s*\{\s*get;\s*set;\s*\}")]
    private static partial Regex Measure();

    // `new() { … }` of a handler has its type on the same line; a client over a given handler is as safe as the handler.
    [GeneratedRegex(@"\bnew\s+(SocketsHttpHandler|HttpClientHandler|WebProxy|TcpClient)\b|\bnew\s+HttpClient\s*(\(\s*\)|\{)|\bSocketsHttpHandler\s+\w+\([^)]*\)\s*=>\s*new\(")]
    private static partial Regex Unguarded();

    [GeneratedRegex(@"<(input|textarea)\s.*?/?>\r?$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Field();

    [GeneratedRegex(@"\svalue=""@")]
    private static partial Regex WritesValue();

    [GeneratedRegex(@"\.SealAsync\(")]
    private static partial Regex Sealing();

    [GeneratedRegex(@"//.*\b(TODO|FIXME|HACK)\b(?!.*#\d+)")]
    private static partial Regex Later();

    [GeneratedRegex(@"#pragma warning disable\s+(RS0030|$)")]
    private static partial Regex SilencedBan();

    [GeneratedRegex(@"RS0030|TreatWarningsAsErrors>\s*false|<WarningsNotAsErrors>")]
    private static partial Regex SilencedProject();

    [GeneratedRegex(@"^public (sealed |static |abstract |partial |readonly )*(class|record|interface|enum|struct|delegate) ")]
    private static partial Regex PublicType();
}
