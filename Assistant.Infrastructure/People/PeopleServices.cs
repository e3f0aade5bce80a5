using Assistant.Domain.People.Accounts;
using Assistant.Domain.People.Acts;
using Assistant.Domain.People.Links;
using Assistant.Domain.People.Reach;
using Assistant.Domain.Security.Sessions;
using Assistant.Infrastructure.Messaging;
using Assistant.Infrastructure.People.Accounts;
using Assistant.Infrastructure.People.Acts;
using Assistant.Infrastructure.People.Links;
using Assistant.Infrastructure.People.Reach;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Assistant.Infrastructure.People;

public static class PeopleServices
{
    /// <summary>Accounts of people, and what people ask for and prove themselves; the worker comes with <see cref="AddPersonActWorker"/>.</summary>
    internal static IServiceCollection AddPersonActs(this IServiceCollection services)
    {
        services.AddSingleton(provider => new PublicAddress(provider.GetRequiredService<IOptions<PublicAddressOptions>>().Value.BaseUrl));
        services.AddSingleton<IPersonAccountStore, SqlPersonAccountStore>();
        services.AddSingleton<IPersonActStore, SqlPersonActStore>();
        services.AddSingleton<IPersonNotices, SqlPersonNotices>();
        services.AddSingleton<IPersonLinkStore, SqlPersonLinkStore>();
        services.AddSingleton<IDirectChats, SqlDirectChats>();
        services.AddSingleton<PersonAccountDesk>();
        services.AddSingleton<PersonLinkDesk>();
        services.AddSingleton<PersonActDesk>();
        services.AddSingleton<ReachDesk>();
        services.AddSingleton<ContinuedHistory>();
        services.AddSingleton<ContinuationDesk>();
        services.AddSingleton<PersonCommands>();
        services.AddSingleton<DeviceNotices>();
        return services;
    }

    /// <summary>Ends what is not proven in time while the program serves.</summary>
    public static IServiceCollection AddPersonActWorker(this IServiceCollection services) => services.AddHostedService<PersonActWorker>();
}
