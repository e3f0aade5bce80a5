using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Assistant.Domain.Messaging.WebChat;
using Assistant.Domain.Settings;

namespace Assistant.Web.Endpoints.WebChat;

/// <summary>What the page's script needs to know.</summary>
/// <param name="IsSealed">Whether nothing is said but encrypted.</param>
/// <param name="Compare">The script that shows a key to be compared, loaded when somebody asks.</param>
/// <param name="Parent">The site that embeds the page, when it may; <see langword="null"/> otherwise.</param>
internal sealed record ChatPageConfig(string Connection, string Hub, int MaxText, IReadOnlyList<string> QuickReplies, bool IsSealed, string Compare, string? Parent);

/// <summary>The chat page: complete enough to be read before its script runs.</summary>
internal sealed class ChatPage(WebChatProfile profile, CultureInfo culture, string nonce, string pathBase, ChatAssets assets)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private static readonly LocalizedText Greeting = new("Hello. How can I help?", "您好，有什么可以帮您？");
    private static readonly LocalizedText NeedsScript = new("This chat needs JavaScript. Switch it on and reload the page.", "此聊天需要 JavaScript。请启用后重新加载页面。");
    private static readonly LocalizedText MissingTitle = new("This chat is not open", "此聊天未开放");
    private static readonly LocalizedText MissingText = new(
        "The address may be mistyped, or the chat was closed. Ask whoever gave you the link for a new one.",
        "地址可能有误，或者聊天已关闭。请向提供链接的人索取新的链接。");

    /// <summary>It speaks one language, so that nobody loads the words of the other one.</summary>
    private string Script => culture.TwoLetterISOLanguageName == "zh" ? "chat.zh.js" : "chat.js";

    public string Render(ChatPageConfig config) => $$"""
        <!doctype html>
        <html lang="{{culture.Name}}">
        <head>
        {{Head(profile.Title, pathBase, assets)}}
        <style nonce="{{nonce}}">:root{{{Theme()}}}</style>
        <script type="module" src="{{pathBase}}{{assets.AddressOf(Script)}}"></script>
        <script type="application/json" id="chat-config">{{JsonSerializer.Serialize(config, Json)}}</script>
        </head>
        <body>
        <div id="chat">
        <header class="bar"><div class="who"><h1>{{Encode(profile.Title)}}</h1><p id="chat-state"></p></div><div id="chat-tools"></div></header>
        <main id="chat-main"><div class="greeting"><p>{{Encode(profile.Greeting ?? Greeting.In(culture))}}</p></div></main>
        <noscript><p class="notice">{{Encode(NeedsScript.In(culture))}}</p></noscript>
        <div id="chat-foot"></div>
        </div>
        </body>
        </html>
        """;

    public static string NotFound(CultureInfo culture, string pathBase, ChatAssets assets) => $"""
        <!doctype html>
        <html lang="{culture.Name}">
        <head>
        {Head(MissingTitle.In(culture), pathBase, assets)}
        </head>
        <body>
        <main class="missing"><h1>{Encode(MissingTitle.In(culture))}</h1><p>{Encode(MissingText.In(culture))}</p></main>
        </body>
        </html>
        """;

    private static string Head(string title, string pathBase, ChatAssets assets) => $"""
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
        <meta name="color-scheme" content="light dark">
        <meta name="robots" content="noindex">
        <title>{Encode(title)}</title>
        <link rel="icon" href="data:,">
        <link rel="stylesheet" href="{pathBase}{assets.AddressOf("chat.css")}">
        """;

    // Every value was checked by the profile: colours are #rrggbb, the radius is a number.
    private string Theme() =>
        $"--chat-accent:{profile.Accent};--chat-on-accent:{profile.OnAccent};--chat-radius:{profile.Radius.ToString(CultureInfo.InvariantCulture)}px"
        + (profile.Page is { } page ? $";--chat-page:{page}" : "")
        + (profile.Ink is { } ink ? $";--chat-ink:{ink}" : "");

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
