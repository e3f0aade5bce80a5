using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Assistant.Architecture.Tests;

/// <summary>Folders are features, namespaces are folders, and names say a role.</summary>
public sealed partial class NamingTests
{
    private static readonly string[] TechnicalFolders = ["Models", "Services", "Interfaces", "Enums", "Helpers"];
    private static readonly string[] EmptySuffixes = ["Manager", "Helper", "Helpers", "Util", "Utils", "Base", "Data", "Info"];

    // Projects that are not the program itself stand in these.
    private static readonly string[] GroupFolders = ["tests/", "tools/"];

    [Fact]
    public void No_folder_is_named_after_a_kind_of_type() => Repository.AssertNone(MisnamedFolders(Repository.Files), "Folders are features:");

    [Fact]
    public void A_folder_of_models_is_seen() =>
        Assert.Single(MisnamedFolders([new("Assistant.Domain/Models/Person.cs", ""), new("Assistant.Domain/People/Models.cs", "")]));

    [Fact]
    public void A_namespace_is_its_folder() => Repository.AssertNone(MisplacedNamespaces(Repository.Code), "File and namespace differ:");

    [Fact]
    public void A_namespace_of_another_folder_is_seen() =>
        Assert.Equal(2, MisplacedNamespaces(
        [
            new("tests/Assistant.Testing/People/Some.cs", "namespace Assistant.Testing.People;"),
            new("Assistant.Domain/People/Person.cs", "namespace Assistant.Domain.Persons;"),
            new("tools/Assistant.Verifier/Tree.cs", "namespace Assistant.Verifier;"),
            new("Assistant.Domain/People/Standing.cs", "public enum Standing;"),
        ]).Count());

    [Fact]
    public void No_type_hides_behind_an_empty_suffix()
    {
        var names = new[] { "Assistant.Domain", "Assistant.Infrastructure", "Assistant.Web" }
            .SelectMany(name => Assembly.Load(name).GetTypes())
            .Where(type => !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) && type.Namespace?.StartsWith("Assistant.", StringComparison.Ordinal) == true)
            .Select(type => type.FullName!);
        Repository.AssertNone(EmptyNames(names), "A suffix carries a role; these say nothing:");
    }

    [Fact]
    public void A_manager_is_seen() =>
        Assert.Equal(["A.SessionManager", "A.PageBase`1"], EmptyNames(["A.SessionManager", "A.PageBase`1", "A.SqliteDatabase", "A.Managers"]));

    private static IEnumerable<string> MisnamedFolders(IEnumerable<SourceFile> files) =>
        files.Select(file => file.Folder).Distinct().Where(folder => folder.Split('/').Any(part => TechnicalFolders.Contains(part, StringComparer.OrdinalIgnoreCase)));

    [Fact]
    public void An_option_is_set_by_a_name_that_begins_with_the_programs() => Repository.AssertNone(
        OtherSections(Repository.Code.Where(file => file.IsIn("Assistant.Infrastructure") || file.IsIn("Assistant.Web"))),
        "docs/operations.md and help promise Assistant__… for every option:");

    [Fact]
    public void A_section_with_another_name_is_seen() =>
        Assert.Equal(
            ["B.cs: Channels:Irc"],
            OtherSections([new("A.cs", "public const string Section = \"Assistant:Outbox\";"), new("B.cs", "public const string Section = \"Channels:Irc\";")]));

    private static IEnumerable<string> OtherSections(IEnumerable<SourceFile> files) =>
        from file in files
        from Match section in Section().Matches(file.Text)
        where !section.Groups[1].Value.StartsWith("Assistant:", StringComparison.Ordinal)
        select $"{file.Path}: {section.Groups[1].Value}";

    private static IEnumerable<string> MisplacedNamespaces(IEnumerable<SourceFile> files)
    {
        // The compiler and the runtime look for these in no namespace.
        foreach (var file in files.Where(file => file.Name is not ("Program.cs" or "StartupHook.cs")))
        {
            var group = GroupFolders.FirstOrDefault(folder => file.Folder.StartsWith(folder, StringComparison.Ordinal)) ?? "";
            var folder = file.Folder[group.Length..];
            var expected = folder.Replace('/', '.');
            var match = Namespace().Match(file.Text);
            if (match.Success && match.Groups[1].Value != expected) yield return $"{file.Path} declares {match.Groups[1].Value}";
            if (!match.Success && Declaration().IsMatch(file.Text)) yield return $"{file.Path} declares types in no namespace";
        }
    }

    private static IEnumerable<string> EmptyNames(IEnumerable<string> typeNames) =>
        typeNames.Where(name => EmptySuffixes.Any(suffix => Regex.IsMatch(name, $@"(?<=[a-z0-9]){suffix}(`\d+)?$")));

    [GeneratedRegex(@"^namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex("const string Section = \"([^\"]*)\"")]
    private static partial Regex Section();

    [GeneratedRegex(@"^(public |internal |sealed |static |abstract |partial |readonly )*(class|record|interface|enum|struct) \w", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
