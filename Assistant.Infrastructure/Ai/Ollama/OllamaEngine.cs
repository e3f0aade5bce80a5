using Assistant.Domain.Ai;
using Assistant.Domain.Settings;
using Assistant.Infrastructure.Ai.OpenAi;
using Microsoft.Extensions.AI;

namespace Assistant.Infrastructure.Ai.Ollama;

/// <summary>Ollama through its OpenAI-compatible API.</summary>
internal sealed class OllamaEngine(EngineHttp http) : IEngineType
{
    private const string ApiPath = "/v1";

    public EngineManifest Manifest { get; } = new(
        "ollama", "Ollama",
        new("Models on your own machine. Nothing leaves your network.", "在您自己的机器上运行模型，数据不出您的网络。"),
        new Uri("https://docs.ollama.com/quickstart"),
        [
            EngineFields.BaseUrl(
                new("Where Ollama listens. From a container, use the host's address instead of 127.0.0.1.",
                    "Ollama 监听的地址。在容器里请用宿主机地址代替 127.0.0.1。"), "http://127.0.0.1:11434/v1"),
            EngineFields.Model(new("A model you have pulled; “ollama list” shows them.", "已下载的模型，用 ollama list 查看。")),
            EngineFields.Temperature, EngineFields.MaxTokens,
        ]);

    public IChatClient Create(SettingValues settings) => OpenAiEngine.CreateClient(http, Address(settings.Require("baseUrl")), settings);

    /// <summary>Ollama's own documents name the address without the path of the compatible API.</summary>
    internal static Uri Address(string baseUrl)
    {
        var address = OpenAiEngine.Address(baseUrl);
        return address.AbsolutePath is "/" or "/api" ? new Uri(address, ApiPath) : address;
    }
}
