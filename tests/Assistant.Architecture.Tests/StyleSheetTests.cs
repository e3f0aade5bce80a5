using System.Globalization;
using System.Text.RegularExpressions;

namespace Assistant.Architecture.Tests;

/// <summary>The console's looks are set once, in the theme and its token sheet; the sheets of pages only use them.</summary>
public sealed partial class StyleSheetTests
{
    private const string Tokens = "Assistant.Web/wwwroot/css/console.css";
    private const int Grid = 4;

    // Between the lines of one thing, and what a hairline takes.
    private const int Hair = 2;

    [Fact]
    public void Pages_name_no_colour_and_no_size_of_type() => Repository.AssertNone(
        OwnLooks(Repository.Files.Where(file => file.IsIn("Assistant.Web/Components") && file.Has(".css"))), "Use a token of console.css:");

    [Fact]
    public void Everything_stands_on_the_grid() => Repository.AssertNone(
        OffGrid(Repository.Files.Where(file => file.Path == Tokens || (file.IsIn("Assistant.Web/Components") && file.Has(".css")))), "Spacing is a multiple of 4 px:");

    // MudBlazor styles the bar of a stopped page by its id, red and down to the window's end: what a class says is not heard beside it.
    [Fact]
    public void The_bar_of_a_stopped_page_is_styled_by_its_id() => Assert.All(
        Repository.Files.Single(file => file.Path.EndsWith("StoppedBar.razor.css", StringComparison.Ordinal)).Lines.Where(line => line.Text.Contains('{', StringComparison.Ordinal)),
        line => Assert.StartsWith("#blazor-error-ui", line.Text, StringComparison.Ordinal));

    [Fact]
    public void A_colour_a_size_and_a_space_of_its_own_are_seen()
    {
        SourceFile[] files =
        [
            new("a.css", ".a { color: var(--text); padding: var(--s2) 12px 2px 0; font-size: var(--meta); }"),
            new("b.css", ".b { color: #fff; box-shadow: 0 0 4px rgb(0 0 0 / 0.1); font-size: 13px; margin: -6px 0 10px; }"),
        ];

        Assert.Equal(["b.css:1: #fff", "b.css:1: rgb(", "b.css:1: font-size: 13px"], OwnLooks(files));
        Assert.Equal(["b.css:1: margin: -6px 0 10px"], OffGrid(files));
    }

    // The policy allows the attribute for MudBlazor alone, which places menus and dialogs with it.
    [Fact]
    public void Our_own_elements_carry_no_style_attribute() => Repository.AssertNone(
        StyleAttributes(Repository.Files.Where(file => file.IsIn("Assistant.Web") && file.Has(".razor", ".cs", ".ts", ".html"))), "Give it a class, and a rule in the style sheet beside it:");

    [Fact]
    public void A_style_attribute_is_seen() => Assert.Equal(
        ["a.razor:1", "a.razor:2", "a.razor:3", "a.ts:1", "a.ts:2"],
        StyleAttributes(
        [
            new("a.razor", "<p style=\"width: @(1)%\">\n<MudMenu Style=\"@x\" />\n<p class=\"a\" style='b'>\n<style>\n<p data-style=\"x\" class=\"style\" />\n<MudMenu ListStyle=\"@x\" />"),
            new("a.ts", "el('p', { style: 'width: 1px' })\nelement.setAttribute('style', x)\nnew Intl.DateTimeFormat(language, { timeStyle: 'short' })"),
        ]));

    private static IEnumerable<string> StyleAttributes(IEnumerable<SourceFile> files)
        => from file in files from line in file.Lines where StyleAttribute().IsMatch(line.Text) select $"{file.Path}:{line.Number}";

    private static IEnumerable<string> OwnLooks(IEnumerable<SourceFile> files)
        => from file in files from line in file.Lines from Match own in OwnLook().Matches(line.Text) select $"{file.Path}:{line.Number}: {own.Value}";

    private static IEnumerable<string> OffGrid(IEnumerable<SourceFile> files)
        => from file in files
           from line in file.Lines
           from Match space in Space().Matches(line.Text)
           where Pixels().Matches(space.Value).Any(size => !IsOnGrid(int.Parse(size.Groups[1].Value, CultureInfo.InvariantCulture)))
           select $"{file.Path}:{line.Number}: {space.Value}";

    private static bool IsOnGrid(int size) => size <= Hair || size % Grid == 0;

    // 16 px on a touched field keeps a phone from zooming in; everything else has a token.
    [GeneratedRegex(@"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|rgba|hsl)\(|font-size: ?(?!16px)\d[\d.]*(?:px|rem)")]
    private static partial Regex OwnLook();

    [GeneratedRegex(@"(?<![\w-])[Ss]tyle\s*=\s*\\?[""'@]|(?<![\w-])style:\s*['""`]|setAttribute\(['""]style")]
    private static partial Regex StyleAttribute();

    [GeneratedRegex(@"\b(?:padding|margin|gap|row-gap|column-gap)(?:-[a-z]+)*: ?[^;}]+")]
    private static partial Regex Space();

    [GeneratedRegex(@"(\d+)px")]
    private static partial Regex Pixels();
}
