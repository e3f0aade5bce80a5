using Assistant.Domain.Conversations;
using Assistant.Domain.Memory;
using Assistant.Domain.People.Links;
using Assistant.Infrastructure.Ai;
using Assistant.Infrastructure.Conversations.Local;
using Assistant.Infrastructure.Memory.Search;
using Assistant.Infrastructure.Security.Sealing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.Conversations;

/// <summary>Registers conversations and what they remember.</summary>
public static class ConversationServices
{
    /// <summary>Stores, queries and use cases; the workers come with <see cref="AddConversationWorkers"/>.</summary>
    public static IServiceCollection AddConversations(this IServiceCollection services)
    {
        services.AddOptions<ExecutorOptions>().BindConfiguration(ExecutorOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => TurnLimits.Default with { HistoryTokens = provider.GetRequiredService<IOptions<EngineOptions>>().Value.HistoryBudgetTokens });
        services.AddSingleton<ITurnStore, SqlTurnStore>();
        services.AddSingleton<IConversationStore, SqlConversationStore>();
        services.AddSingleton<IConversationQueries, EfConversationQueries>();
        services.AddSingleton<RecentEntries>();
        services.AddSingleton<SearchIndex>();
        services.AddSingleton<IRecall>(provider => new LinkedRecall(provider.GetRequiredService<SearchIndex>(), provider.GetRequiredService<IPersonLinkStore>()));
        services.AddSingleton<ConversationSearch>();
        services.AddSingleton<IIndexingStore, SqlIndexingStore>();
        services.AddSingleton<IndexingDesk>();
        services.AddSingleton<TurnProcessor>();
        services.AddSingleton<LocalConversationExecutor>();
        services.AddSingleton<IConversationExecutor>(provider => provider.GetRequiredService<LocalConversationExecutor>());
        services.AddSingleton<ConversationHolders>();
        services.AddSingleton<ConversationDesk>();
        services.AddSingleton<IPlainRows, PlainBodies>();
        return services;
    }

    /// <summary>The executor and the search projection: only in a process that serves.</summary>
    public static IServiceCollection AddConversationWorkers(this IServiceCollection services)
    {
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<LocalConversationExecutor>());
        services.AddHostedService<SearchProjector>();
        return services;
    }
}
