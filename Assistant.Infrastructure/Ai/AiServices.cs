using Assistant.Domain.Ai;
using Assistant.Infrastructure.Ai.Anthropic;
using Assistant.Infrastructure.Ai.Embedded;
using Assistant.Infrastructure.Ai.Ollama;
using Assistant.Infrastructure.Ai.OpenAi;
using Assistant.Infrastructure.Outgoing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Assistant.Infrastructure.Ai;

/// <summary>Registers the engines.</summary>
public static class AiServices
{
    /// <summary>Replies through the engines of an <see cref="IEngineStore"/>, which is registered elsewhere.</summary>
    public static IServiceCollection AddEngines(this IServiceCollection services)
    {
        services.AddOptions<EngineOptions>().BindConfigurationOrFormer(EngineOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddOutgoing();
        services.AddSingleton<EngineHttp>();
        services.AddSingleton<IEngineType, OpenAiEngine>();
        services.AddSingleton<IEngineType, AnthropicEngine>();
        services.AddSingleton<IEngineType, OllamaEngine>();
        services.AddSingleton<IEngineType, EmbeddedEngine>();
        services.AddSingleton<EnginePipeline>();
        services.AddSingleton<EngineChanges>();
        services.AddSingleton<EngineHealthBoard>();
        services.AddSingleton<IEngineHealth>(provider => provider.GetRequiredService<EngineHealthBoard>());
        services.AddSingleton<IEngineCatalog, EngineCatalog>();
        services.AddSingleton<EngineDirectory>();
        services.AddSingleton<IReplyGenerator, ChatReplyGenerator>();
        return services;
    }
}
