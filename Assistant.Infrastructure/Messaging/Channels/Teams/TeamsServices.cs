using Assistant.Domain.Messaging;
using Assistant.Infrastructure.Messaging.Calls;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Infrastructure.Messaging.Channels.Teams;

public static class TeamsServices
{
    /// <summary>Adds the Microsoft Teams channel.</summary>
    public static IServiceCollection AddTeams(this IServiceCollection services)
    {
        services.AddMessengerCalls();
        services.AddSingleton<IChannel, TeamsChannel>();
        return services;
    }
}
