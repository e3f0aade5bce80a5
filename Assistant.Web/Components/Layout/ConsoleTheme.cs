using MudBlazor;

namespace Assistant.Web.Components.Layout;

/// <summary>Colours, type and measures of the console, set once. Pages use the tokens of <c>wwwroot/css/console.css</c>, which read these.</summary>
/// <remarks>
/// Surfaces go page, panel, raised. Light: the further back, the greyer. Dark is designed, not inverted: the page is darkest,
/// what is raised is lighter, and text is white at 87 and 60 %. Every text colour has a contrast of 4.5 or more on all three.
/// </remarks>
internal static class ConsoleTheme
{
    private static readonly string[] Fonts =
        ["Inter var", "Inter", "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", "system-ui", "sans-serif"];

    public static MudTheme Theme { get; } = new()
    {
        PaletteLight = new PaletteLight
        {
            Background = "#f4f5f7",
            Surface = "#fbfbfc",
            BackgroundGray = "#ffffff",
            DrawerBackground = "#f4f5f7",
            AppbarBackground = "#fbfbfc",
            AppbarText = "#1b1f24",
            TextPrimary = "#1b1f24",
            TextSecondary = "#59616b",
            TextDisabled = "#8a929b",
            ActionDefault = "#59616b",
            ActionDisabled = "#8a929b",
            ActionDisabledBackground = "#e8eaed",
            Primary = "#3b4fcf",
            PrimaryDarken = "#3142b5",
            PrimaryLighten = "#e9ecfb",
            PrimaryContrastText = "#ffffff",
            Success = "#18794a",
            Warning = "#8f5a00",
            Error = "#c0321f",
            Info = "#1f63a8",
            LinesDefault = "#e1e4e8",
            LinesInputs = "#868e98",
            TableLines = "#e1e4e8",
            TableHover = "#f0f1f4",
            Divider = "#e1e4e8",
            Skeleton = "#e6e8ec",
            OverlayDark = "rgba(20,24,30,0.36)",
        },
        PaletteDark = new PaletteDark
        {
            Background = "#0f1114",
            Surface = "#16191d",
            BackgroundGray = "#1e2227",
            DrawerBackground = "#0f1114",
            AppbarBackground = "#16191d",
            AppbarText = "rgba(255,255,255,0.87)",
            TextPrimary = "rgba(255,255,255,0.87)",
            TextSecondary = "rgba(255,255,255,0.60)",
            TextDisabled = "rgba(255,255,255,0.38)",
            ActionDefault = "rgba(255,255,255,0.60)",
            ActionDisabled = "rgba(255,255,255,0.38)",
            ActionDisabledBackground = "#262b31",
            Primary = "#9fb0ff",
            PrimaryDarken = "#b7c4ff",
            PrimaryLighten = "#222a4a",
            PrimaryContrastText = "#10142b",
            Success = "#5ac893",
            Warning = "#e2b04a",
            Error = "#ff8f80",
            Info = "#7dbbf5",
            LinesDefault = "#2a2f36",
            LinesInputs = "#6d757f",
            TableLines = "#2a2f36",
            TableHover = "#1b1f24",
            Divider = "#2a2f36",
            Skeleton = "#262b31",
            OverlayDark = "rgba(0,0,0,0.56)",
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "8px", AppbarHeight = "48px" },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = Fonts, FontSize = "0.875rem", FontWeight = "400", LineHeight = "1.5", LetterSpacing = "normal" },
            H1 = new H1Typography { FontFamily = Fonts, FontSize = "1.25rem", FontWeight = "600", LineHeight = "1.4", LetterSpacing = "-0.01em" },
            H2 = new H2Typography { FontFamily = Fonts, FontSize = "1rem", FontWeight = "600", LineHeight = "1.5", LetterSpacing = "normal" },
            H3 = new H3Typography { FontFamily = Fonts, FontSize = "0.875rem", FontWeight = "600", LineHeight = "1.5", LetterSpacing = "normal" },
            Body1 = new Body1Typography { FontFamily = Fonts, FontSize = "0.875rem", FontWeight = "400", LineHeight = "1.5", LetterSpacing = "normal" },
            Body2 = new Body2Typography { FontFamily = Fonts, FontSize = "0.875rem", FontWeight = "400", LineHeight = "1.5", LetterSpacing = "normal" },
            Button = new ButtonTypography { FontFamily = Fonts, FontSize = "0.875rem", FontWeight = "600", LineHeight = "1.5", LetterSpacing = "normal", TextTransform = "none" },
            Caption = new CaptionTypography { FontFamily = Fonts, FontSize = "0.75rem", FontWeight = "400", LineHeight = "1.5", LetterSpacing = "normal" },
        },
    };
}
