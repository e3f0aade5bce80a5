using Assistant.Testing.Ai;
using Assistant.Testing.Line;
using Assistant.Testing.Telegram;

namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>Contents of <c>assistant.yaml</c>.</summary>
internal static class Config
{
    /// <summary>Telegram, open to everybody. The built-in engine answers unless another one is given.</summary>
    public static string Telegram(TelegramEmulator telegram, EngineEmulator? engine = null)
    {
        var channel = $$"""
            tenants:
              - name: default
            channels:
              - name: tg
                type: telegram
                tenant: default
                access: open
                settings: { token: "{{telegram.Token}}", apiBaseUrl: "{{telegram.BaseUrl}}", mode: polling }

            """;
        return engine is null ? channel : channel + $$"""
            engines:
              - name: scripted
                type: openai
                settings: { baseUrl: "{{engine.Address}}/v1", apiKey: "none", model: "m-1" }
                default: true

            """;
    }

    /// <summary>LINE, open to everybody; the built-in engine answers.</summary>
    public static string Line(LineEmulator line) => $$"""
        tenants:
          - name: default
        channels:
          - name: line
            type: line
            tenant: default
            access: open
            settings: { channelSecret: "{{LineEmulator.Secret}}", accessToken: "{{LineEmulator.Token}}", apiBaseUrl: "{{line.Address}}", dataBaseUrl: "{{line.Address}}" }

        """;

    /// <summary>A page anybody may write on; the built-in engine answers.</summary>
    public const string OpenWebChat = """
        tenants:
          - name: default
        channels:
          - name: desk
            type: webchat
            tenant: default
            access: open

        """;

    /// <summary>A page anybody may write on, answered by the given engine.</summary>
    public static string WebChat(EngineEmulator engine, string encryption = "required") => $$"""
        tenants:
          - name: default
        channels:
          - name: desk
            type: webchat
            tenant: default
            access: open
            settings: { encryption: "{{encryption}}" }
        engines:
          - name: scripted
            type: openai
            settings: { baseUrl: "{{engine.Address}}/v1", apiKey: "none", model: "m-1" }
            default: true

        """;
}
