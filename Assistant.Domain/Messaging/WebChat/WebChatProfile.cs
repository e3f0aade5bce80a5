using System.Globalization;
using System.Text.RegularExpressions;
using Assistant.Domain.Settings;
using Assistant.Domain.Wording;

namespace Assistant.Domain.Messaging.WebChat;

/// <summary>How a web chat presents itself: the settings of its connection, read once and made safe to put on a page.</summary>
/// <param name="Greeting">First words before anything was said; <see langword="null"/> for the product's own, in the reader's language.</param>
/// <param name="Accent">Colour as <c>#rrggbb</c>.</param>
/// <param name="Page">Background colour, or <see langword="null"/> to follow the reader's light or dark preference.</param>
/// <param name="Ink">Text colour, or <see langword="null"/> to follow the preference.</param>
/// <param name="Radius">Corner radius of balloons in CSS pixels, 0–24.</param>
/// <param name="QuickReplies">Offered as chips while nothing was said.</param>
/// <param name="IsSealed">Nothing is said but end-to-end encrypted between browser and assistant.</param>
public sealed partial record WebChatProfile(
    string Title,
    string? Greeting,
    string Accent,
    string? Page,
    string? Ink,
    int Radius,
    AllowedOrigins Origins,
    IReadOnlyList<string> QuickReplies,
    bool IsSealed)
{
    /// <summary>The <see cref="ChannelManifest.Type"/> of web chat connections.</summary>
    public const string ChannelType = "webchat";

    private const string DefaultAccent = "#2563eb";
    private const int DefaultRadius = 16;
    private const int MaxRadius = 24;
    private const int MaxTitle = 60;
    private const int MaxGreeting = 500;
    private const int MaxQuickReplies = 8;
    private const int MaxQuickReply = 60;
    private const string Sealed = "required";
    private const string Open = "off";

    /// <summary>The settings a web chat connection takes.</summary>
    public static IReadOnlyList<SettingField> Fields { get; } =
    [
        new("title", new("Title", "标题"), new("Shown at the top of the chat. The connection's name when empty.", "显示在聊天窗口顶部。留空则使用连接名称。")),
        new("greeting", new("Greeting", "欢迎语"), new("Shown before the first message.", "在第一条消息之前显示。")),
        new("quickReplies", new("Quick replies", "快捷回复"),
            new("Up to 8 suggestions for a first message, separated by semicolons.", "最多 8 条首条消息建议，用分号分隔。")),
        new("allowedOrigins", new("Sites that may embed it", "允许嵌入的网站"),
            new("Like https://shop.example, separated by spaces. Empty: no other site.", "例如 https://shop.example，用空格分隔。留空则不允许其他网站。")),
        new("encryption", new("End-to-end encryption", "端到端加密"),
            new("Required: a proxy or network between browser and assistant sees only ciphertext.", "必需：浏览器与助手之间的代理或网络只能看到密文。"),
            SettingKind.Choice, Default: Sealed, Choices:
            [
                new(Sealed, new("Required", "必需")),
                new(Open, new("Off: whoever ends TLS can read along", "关闭：终止 TLS 的一方可以读取内容")),
            ], Protection: Sealed),
        new("accentColor", new("Accent colour", "主题色"), new("As #rrggbb.", "格式为 #rrggbb。"), Default: DefaultAccent),
        new("pageColor", new("Background colour", "背景色"),
            new("As #rrggbb. Empty: light or dark, as the reader prefers.", "格式为 #rrggbb。留空则跟随访客的浅色或深色偏好。")),
        new("inkColor", new("Text colour", "文字颜色"),
            new("As #rrggbb. Empty: light or dark, as the reader prefers.", "格式为 #rrggbb。留空则跟随访客的浅色或深色偏好。")),
        new("radius", new("Corner radius", "圆角"), new("0 to 24 pixels.", "0 到 24 像素。"), SettingKind.Number, Default: "16", Range: new(0, MaxRadius)),
    ];

    /// <summary>Reads a connection's settings; a value that cannot be used falls back to its default.</summary>
    public static WebChatProfile Of(Connection connection) => Of(connection.Settings, connection.DisplayName);

    /// <inheritdoc cref="Of(Connection)"/>
    public static WebChatProfile Of(SettingValues settings, string displayName) => new(
        Legible.Cut(settings.Find("title") ?? displayName, MaxTitle),
        settings.Find("greeting") is { } greeting ? Legible.Cut(greeting, MaxGreeting) : null,
        Colour(settings, "accentColor") ?? DefaultAccent,
        Colour(settings, "pageColor"),
        Colour(settings, "inkColor"),
        ReadRadius(settings),
        AllowedOrigins.Parse(settings.Find("allowedOrigins")),
        [.. (settings.Find("quickReplies") ?? "")
            .Split([';', '；', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Take(MaxQuickReplies)
            .Select(reply => Legible.Cut(reply, MaxQuickReply))],
        IsSealed: settings.Find("encryption") != Open);

    /// <summary>What is wrong with the settings beyond the form's own check, by setting.</summary>
    public static IReadOnlyList<(string Key, Phrase Problem)> Check(SettingValues settings)
    {
        var problems = new List<(string Key, Phrase Problem)>();
        foreach (var key in (string[])["accentColor", "pageColor", "inkColor"])
        {
            if (settings.Find(key) is { } value && Colour(settings, key) is null)
            {
                problems.Add((key, Phrase.Of("webchat.no-colour", ("value", value), ("example", DefaultAccent))));
            }
        }

        problems.AddRange(AllowedOrigins.Parse(settings.Find("allowedOrigins")).Problems.Select(problem => ("allowedOrigins", problem)));
        return problems;
    }

    /// <summary>White or near-black, whichever reads better on <see cref="Accent"/>.</summary>
    public string OnAccent => Luminance(Accent) > 0.36 ? "#101418" : "#ffffff";

    private static int ReadRadius(SettingValues settings) =>
        double.TryParse(settings.Find("radius"), NumberStyles.Float, CultureInfo.InvariantCulture, out var radius) && double.IsFinite(radius)
            ? (int)Math.Clamp(radius, 0, MaxRadius)
            : DefaultRadius;

    private static string? Colour(SettingValues settings, string key) =>
        settings.Find(key)?.Trim() is { } value && ColourForm().IsMatch(value) ? value.ToLowerInvariant() : null;

    // Relative luminance, WCAG 2.2 "contrast ratio".
    private static double Luminance(string colour)
    {
        static double Channel(string hex)
        {
            var value = int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }

        return (0.2126 * Channel(colour[1..3])) + (0.7152 * Channel(colour[3..5])) + (0.0722 * Channel(colour[5..7]));
    }

    [GeneratedRegex("^#[0-9a-fA-F]{6}$", RegexOptions.CultureInvariant)]
    private static partial Regex ColourForm();
}
