using Anthropic;
using Assistant.Domain.Ai;
using Assistant.Domain.Settings;
using Microsoft.Extensions.AI;

namespace Assistant.Infrastructure.Ai.Anthropic;

/// <summary>Anthropic's messages API through its own SDK.</summary>
internal sealed class AnthropicEngine(EngineHttp http) : IEngineType
{
    /// <summary>The API requires a limit; this one fits a messenger's reply several times over.</summary>
    private const int DefaultMaxTokens = 4096;

    public EngineManifest Manifest { get; } = new(
        "anthropic", "Anthropic",
        new("Claude models by Anthropic.", "Anthropic 的 Claude 模型。"),
        new Uri("https://docs.claude.com/en/docs/get-started"),
        [
            EngineFields.ApiKey(new("From the Claude console.", "在 Claude 控制台获取。"), isRequired: true),
            EngineFields.Model(new("Name of the model as listed in the documentation.", "文档中列出的模型名称。")),
            EngineFields.BaseUrl(new("Change it only for a gateway of your own.", "仅在使用自己的网关时修改。"), "https://api.anthropic.com"),
            EngineFields.Temperature, EngineFields.MaxTokens, EngineFields.InputPrice, EngineFields.OutputPrice,
        ]);

    public IChatClient Create(SettingValues settings)
    {
        var key = settings.Require("apiKey");
        // Naming a key keeps the SDK from reading another one from the environment of this process.
        var client = new AnthropicClient
        {
            ApiKey = key,
            BaseUrl = Address(settings.Require("baseUrl")),
            HttpClient = http.CreateClient(),
            MaxRetries = 0,
            Timeout = TimeSpan.FromHours(2),
        };
        return new ReportedFaultChatClient(client.AsIChatClient(settings.Require("model"), DefaultMaxTokens), key)
            .WithSampling(settings, static (options, tokens) => options.MaxOutputTokens = tokens);
    }

    /// <summary>The SDK puts the path behind it; people paste addresses with a part of it, or all.</summary>
    private static string Address(string baseUrl)
    {
        var address = baseUrl.Trim().TrimEnd('/');
        foreach (var part in new[] { "/v1/messages", "/v1" })
        {
            address = address.EndsWith(part, StringComparison.OrdinalIgnoreCase) ? address[..^part.Length] : address;
        }

        return address;
    }
}
