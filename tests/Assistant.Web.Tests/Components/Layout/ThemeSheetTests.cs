using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Assistant.Web.Components.Layout;
using Bunit;
using MudBlazor;
using MudBlazor.Services;
using Xunit;

namespace Assistant.Web.Tests.Components.Layout;

/// <summary>The style sheet of the theme is written by MudBlazor from <see cref="ConsoleTheme"/>, once, and not into each page.</summary>
public sealed partial class ThemeSheetTests : BunitContext
{
    private const string Path = "Assistant.Web/wwwroot/css/theme.css";

    [Fact]
    public async Task The_sheet_says_what_the_theme_says()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices();
        var sheet = $"/* Made from ConsoleTheme.cs by ThemeSheetTests: ASSISTANT_WRITE_DOCS=1 writes it anew. */\n{Rule(":root", Light())}{Rule("html.dark", Dark().Except(Light()))}";
        var file = System.IO.Path.Combine(Root(), Path);
        if (Environment.GetEnvironmentVariable("ASSISTANT_WRITE_DOCS") == "1")
        {
            await File.WriteAllTextAsync(file, sheet, Xunit.TestContext.Current.CancellationToken);
        }

        Assert.True(sheet == await File.ReadAllTextAsync(file, Xunit.TestContext.Current.CancellationToken), $"{Path} is not what the theme says: write it anew with ASSISTANT_WRITE_DOCS=1.");
    }

    private List<string> Light() => Declarations(isDark: false);

    private List<string> Dark() => Declarations(isDark: true);

    /// <summary>What MudBlazor says of the theme, a declaration each. What it says of scrollbars is in console.css; of charts there are none.</summary>
    private List<string> Declarations(bool isDark)
    {
        var markup = Render<MudThemeProvider>(theme => theme
            .Add(provider => provider.Theme, ConsoleTheme.Theme).Add(provider => provider.IsDarkMode, isDark).Add(provider => provider.ObserveSystemDarkModeChange, false)).Markup;
        var rule = Assert.Single(Rules().Matches(markup));
        return [.. rule.Groups[1].Value.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
    }

    private static string Rule(string selector, IEnumerable<string> declarations)
        => declarations.Aggregate(new StringBuilder($"{selector} {{\n"), (text, one) => text.Append("  ").Append(one).Append(";\n")).Append("}\n").ToString();

    private static string Root([CallerFilePath] string here = "")
    {
        var folder = new FileInfo(here).Directory!;
        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "Assistant.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }

    [GeneratedRegex(""":root\s*\{([^{}]*)\}""")]
    private static partial Regex Rules();
}
