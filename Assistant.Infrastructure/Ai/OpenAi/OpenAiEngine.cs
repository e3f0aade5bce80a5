using System.ClientModel;
using System.ClientModel.Primitives;
using Assistant.Domain.Ai;
using Assistant.Domain.Settings;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;

namespace Assistant.Infrastructure.Ai.OpenAi;

/// <summary>OpenAI and every server that speaks its chat completions API (vLLM, llama.cpp, LM Studio, gateways).</summary>
internal sealed class OpenAiEngine(EngineHttp http) : IEngineType
{
    public const string Type = "openai";

    /// <summary>OpenAI and Azure: their newer models refuse the old name of the longest answer.</summary>
    private static readonly string[] HostsWithNewName = [".openai.com", ".openai.azure.com", ".services.ai.azure.com", ".cognitiveservices.azure.com"];

    public EngineManifest Manifest { get; } = new(
        Type, "OpenAI",
        new("OpenAI, or any server with a compatible API.", "OpenAI 或任何兼容其接口的服务。"),
        new Uri("https://platform.openai.com/docs/quickstart"),
        [
            EngineFields.BaseUrl(
                new("Address of the API up to and including /v1.", "接口地址，写到 /v1 为止。"), "https://api.openai.com/v1"),
            EngineFields.ApiKey(
                new("From the provider's console. A local server may need none.", "在服务商的控制台获取。本地服务可能不需要。"), isRequired: false),
            EngineFields.Model(new("Name of the model as the server knows it.", "服务上的模型名称。")),
            EngineFields.Temperature, EngineFields.MaxTokens, EngineFields.InputPrice, EngineFields.OutputPrice,
        ]);

    public IChatClient Create(SettingValues settings) => CreateClient(http, Address(settings.Require("baseUrl")), settings);

    /// <summary>A client of the vendor's SDK with everything off that the pipeline does itself.</summary>
    public static IChatClient CreateClient(EngineHttp http, Uri address, SettingValues settings)
    {
        var options = new OpenAIClientOptions
        {
            Endpoint = address,
            Transport = new HttpClientPipelineTransport(http.CreateClient(static handler => new ChunkHandler(handler))),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
            EnableDistributedTracing = false,
            ClientLoggingOptions = new ClientLoggingOptions { EnableLogging = false },
        };
        var client = new OpenAIClient(new ApiKeyCredential(settings.Find("apiKey") ?? "none"), options);
        return client.GetChatClient(settings.Require("model")).AsIChatClient()
            .AsBuilder().UseDeltas().Build()
            .WithSampling(settings, KnowsNewName(address.Host) ? LimitTokens : LimitTokensOldName);
    }

    /// <summary>People paste addresses with a slash or the whole path at the end; Azure shows them with a query behind it, which belongs to every call.</summary>
    internal static Uri Address(string baseUrl)
    {
        const string path = "/chat/completions";
        var address = new UriBuilder(new Uri(baseUrl.Trim()));
        address.Path = address.Path.TrimEnd('/');
        if (address.Path.EndsWith(path, StringComparison.OrdinalIgnoreCase))
        {
            address.Path = address.Path[..^path.Length];
        }

        return address.Uri;
    }

    private static bool KnowsNewName(string host) => HostsWithNewName.Any(end => host.EndsWith(end, StringComparison.OrdinalIgnoreCase));

    private static void LimitTokens(ChatOptions options, int tokens) => options.MaxOutputTokens = tokens;

    /// <summary>OpenAI renamed <c>max_tokens</c> to <c>max_completion_tokens</c>; compatible servers know the old name for certain.</summary>
    private static void LimitTokensOldName(ChatOptions options, int tokens) => options.RawRepresentationFactory = _ =>
    {
        var raw = new ChatCompletionOptions();
#pragma warning disable SCME0001 // The only way to send a field the SDK has no property for; tests hold it to the wire.
        raw.Patch.Set("$.max_tokens"u8, tokens);
#pragma warning restore SCME0001
        return raw;
    };
}
